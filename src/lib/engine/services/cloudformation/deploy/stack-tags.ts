import type { Made, ResourceContext } from '../resources/resource-type.ts';
import { tagList } from '../resources/tags.ts';
import { unless } from '../resources/values.ts';
import type { StackResource } from '../state.ts';
import type { StackRun } from './stack-run.ts';

/**
 * Marks what a stack has made as the stack's, as CloudFormation does.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-resource-tags.html
 */
export async function markAsStacks(
  { stack, state }: StackRun,
  { type, logicalId }: Pick<StackResource, 'type' | 'logicalId'>,
  { attributes }: Made,
  context: ResourceContext,
): Promise<void> {
  const arn = attributes.TopicArn ?? attributes.Arn;
  if (arn === undefined) return;
  const tags = {
    'aws:cloudformation:stack-name': stack.name,
    'aws:cloudformation:stack-id': stack.id,
    'aws:cloudformation:logical-id': logicalId,
  };
  if (type === 'AWS::DynamoDB::Table') {
    const input = { ResourceArn: arn, Tags: tagList(tags) };
    // Nobody needs to be allowed that on AWS.
    await unless(context.call('dynamodb', 'TagResource', input), 'AccessDeniedException');
  } else {
    state.services.addSystemTags(arn, tags);
  }
}
