import { ServiceError } from '../../../errors.ts';
import { defaultPolicy } from '../../sns/topic-policy.ts';
import type { Properties } from './check-properties.ts';
import type { ResourceContext, ResourceType } from './resource-type.ts';
import { attributesOf, texts } from './values.ts';

const MAX_NAME = 256;

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sns-topicpolicy.html */
export const snsTopicPolicy = policyOf('Topics', {
  set: (arn, policy, context) =>
    context.call('sns', 'SetTopicAttributes', {
      TopicArn: arn,
      AttributeName: 'Policy',
      AttributeValue: policy,
    }),
  // AWS puts the policy back that a topic is made with.
  clear: (arn, context) =>
    context.call('sns', 'SetTopicAttributes', {
      TopicArn: arn,
      AttributeName: 'Policy',
      AttributeValue: defaultTopicPolicy(arn),
    }),
});

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sqs-queuepolicy.html */
export const sqsQueuePolicy = policyOf('Queues', {
  set: (url, policy, context) =>
    context.call('sqs', 'SetQueueAttributes', { QueueUrl: url, Attributes: { Policy: policy } }),
  clear: (url, context) =>
    context.call('sqs', 'SetQueueAttributes', { QueueUrl: url, Attributes: { Policy: '' } }),
});

/** How a policy gets to what it is for. */
interface PolicyCalls {
  set(target: string, policy: string, context: ResourceContext): Promise<unknown>;
  clear(target: string, context: ResourceContext): Promise<unknown>;
}

function policyOf(targets: 'Topics' | 'Queues', { set, clear }: PolicyCalls): ResourceType {
  const put = async (properties: Properties, context: ResourceContext): Promise<void> => {
    const { PolicyDocument = '' } = attributesOf(properties, ['PolicyDocument']);
    for (const target of texts(properties, targets)) await set(target, PolicyDocument, context);
  };
  const drop = async (target: string, context: ResourceContext): Promise<void> => {
    try {
      await clear(target, context);
    } catch (error) {
      // What it was for may have gone before.
      if (!(error instanceof ServiceError) || !/NotFound|NonExist|DoesNotExist/.test(error.code)) {
        throw error;
      }
    }
  };
  return {
    table: {
      properties: { PolicyDocument: 'json', [targets]: ['string'] },
      required: ['PolicyDocument', targets],
      replacing: [],
    },
    attributes: ['Id'],
    async create(properties, context) {
      const physicalId = context.generatedName(MAX_NAME);
      await put(properties, context);
      return { physicalId, attributes: { Id: physicalId } };
    },
    async update(properties, current, context) {
      const now = new Set(texts(properties, targets));
      const gone = texts(current.properties, targets).filter((each) => !now.has(each));
      await put(properties, context);
      for (const target of new Set(gone)) await drop(target, context);
      return current;
    },
    async remove({ properties }, context) {
      for (const target of texts(properties, targets)) await drop(target, context);
    },
  };
}

function defaultTopicPolicy(arn: string): string {
  const account = arn.split(':')[4] ?? '';
  return JSON.stringify(defaultPolicy({ arn, account }));
}
