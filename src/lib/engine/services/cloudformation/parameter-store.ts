import { stacksIn } from './lookup.ts';
import { type CloudFormationState, isThere, type Stack } from './state.ts';

/** The type of the resources that stand for Systems Manager's parameters. */
export const PARAMETER_TYPE = 'AWS::SSM::Parameter';

/** What the CDK asks of an account before anything else: whether `cdk bootstrap` was there, and which version of it. */
const CDK_BOOTSTRAP = /^\/cdk-bootstrap\/[a-z0-9]+\/version$/;
/** Newer than what any synthesized template asks for. */
const CDK_BOOTSTRAP_VERSION = '30';

/** The value of a parameter of Systems Manager that a stack has; undefined where none has it. */
export function storedParameter(
  state: CloudFormationState,
  place: Pick<Stack, 'account' | 'region'>,
  name: string,
): string | undefined {
  for (const { resources } of stacksIn(state, place)) {
    for (const resource of Object.values(resources)) {
      if (resource.type !== PARAMETER_TYPE || resource.physicalId !== name) continue;
      if (isThere(resource)) return resource.attributes.Value;
    }
  }
  return CDK_BOOTSTRAP.test(name) ? CDK_BOOTSTRAP_VERSION : undefined;
}
