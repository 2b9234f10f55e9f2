import type { ContinueUpdateRollbackInput } from '@aws-sdk/client-cloudformation';
import type { CloudFormationContext } from '../context.ts';
import { continueRollback } from '../deploy/start.ts';
import { invalid } from '../errors.ts';
import { stackFor } from '../lookup.ts';
import { asCaller } from './stacks.ts';

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ContinueUpdateRollback.html */
export async function continueUpdateRollback(
  { StackName, ResourcesToSkip: skipped = [], RoleARN }: ContinueUpdateRollbackInput,
  ctx: CloudFormationContext,
): Promise<object> {
  const stack = stackFor(ctx, StackName);
  const { id, status, operation, failedUpdate, resources } = stack;
  if (operation !== null || status !== 'UPDATE_ROLLBACK_FAILED' || failedUpdate === null) {
    throw invalid(`Stack:${id} is in ${status} state and can not be rolled back.`);
  }
  const wrong = skipped.find((each) => resources[each]?.status !== 'UPDATE_FAILED');
  if (wrong !== undefined) {
    throw invalid(`ResourcesToSkip: ${wrong} is not in state UPDATE_FAILED in stack ${id}.`);
  }
  const { input } = failedUpdate;
  const role = { ...input, roleArn: RoleARN ?? input.roleArn };
  const { sessionPolicy: _, ...caller } = asCaller(ctx, role);
  await continueRollback(ctx.state, stack, { ...failedUpdate, caller }, skipped);
  return {};
}
