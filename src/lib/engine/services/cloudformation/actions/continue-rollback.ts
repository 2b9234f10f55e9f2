import type { ContinueUpdateRollbackInput } from '@aws-sdk/client-cloudformation';
import type { CloudFormationContext } from '../context.ts';
import { continueRollback } from '../deploy/start.ts';
import { invalid } from '../errors.ts';
import { stackFor } from '../lookup.ts';
import { asCaller, isRepeated, tokenOf } from './stacks.ts';

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ContinueUpdateRollback.html */
export async function continueUpdateRollback(
  input: ContinueUpdateRollbackInput,
  ctx: CloudFormationContext,
): Promise<object> {
  const { StackName, ResourcesToSkip: skipped = [], RoleARN } = input;
  const stack = stackFor(ctx, StackName);
  const requestToken = tokenOf('continue', input);
  if (isRepeated(stack, requestToken)) return {};
  const { id, status, operation, failedUpdate, resources } = stack;
  if (operation !== null || status !== 'UPDATE_ROLLBACK_FAILED' || failedUpdate === null) {
    throw invalid(`Stack:${id} is in ${status} state and can not be rolled back.`);
  }
  const wrong = skipped.find((each) => resources[each]?.status !== 'UPDATE_FAILED');
  if (wrong !== undefined) {
    throw invalid(`ResourcesToSkip: ${wrong} is not in state UPDATE_FAILED in stack ${id}.`);
  }
  const { input: asked } = failedUpdate;
  const role = { ...asked, roleArn: RoleARN ?? asked.roleArn };
  const { sessionPolicy: _, ...caller } = asCaller(ctx, role);
  const begun = { ...stack, requestToken };
  await continueRollback(ctx.state, begun, { ...failedUpdate, caller }, skipped);
  return {};
}
