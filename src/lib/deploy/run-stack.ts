import type { Aws } from '../aws/clients.ts';
import { executeChangeSet, type Stack } from '../aws/stacks.ts';
import { AppError } from '../rules/errors.ts';
import { failureWords, firstFailure, followStack, lastEvent, type Watch } from './follow-stack.ts';
import type { StackPlan } from './plan-stack.ts';
import { isGone, removeStack } from './settle-stack.ts';
import { isLeftover } from './stack-status.ts';

/**
 * Carries out a plan and follows it.
 * @param cleanup the command line that deletes what was made without a stack, for the hint.
 * @returns the stack as it then is.
 * @throws AppError `DeployFailed` with the first failure's reason: an update was taken back, and of a first deployment
 * nothing is left. `ChangeSetNotFoundException` where another run replaced the plan; `Interrupted`.
 */
export async function runPlan(
  aws: Aws,
  plan: StackPlan,
  watch: Watch,
  cleanup: string,
): Promise<Stack> {
  const { stackId, stackName, changeSetId } = plan;
  const after = await lastEvent(aws, stackId);
  const begun = executeChangeSet(aws, changeSetId);
  const { stack, events } = await followStack(aws, stackId, watch, { after, begun });
  const { StackStatus: status = '' } = stack ?? {};
  if (stack !== undefined && ['CREATE_COMPLETE', 'UPDATE_COMPLETE'].includes(status)) return stack;
  const failure = firstFailure(events);
  const isRemoved = isLeftover(status) && isGone(await removeStack(aws, stackId, watch));
  const then = isRemoved
    ? 'What was made by then is removed again.'
    : status === 'UPDATE_ROLLBACK_COMPLETE'
      ? 'The stack is what it was before.'
      : `The stack "${stackName}" is left in ${status || 'an unknown state'}.`;
  throw new AppError({
    code: 'DeployFailed',
    message: `${failureWords(failure)} ${then}`,
    ...(isRemoved && {
      hint: `A stack takes over nothing that is there already. What setup made goes with: ${cleanup}. Or use a prefix: --prefix dev`,
    }),
  });
}
