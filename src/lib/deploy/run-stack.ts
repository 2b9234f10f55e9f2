import type { Aws } from '../aws/clients.ts';
import { executeChangeSet, type Stack } from '../aws/stacks.ts';
import { AppError } from '../rules/errors.ts';
import { failureWords, firstFailure, followStack, lastEvent, type Watch } from './follow-stack.ts';
import type { StackPlan } from './plan-stack.ts';
import { isGone, removeStack } from './settle-stack.ts';
import { isLeftover } from './stack-status.ts';

/**
 * Carries out a plan and follows it.
 * @param again the command line that deploys again, for the hint.
 * @returns the stack as it then is.
 * @throws AppError `DeployFailed` with the first failure's reason: an update was taken back, and of a first deployment
 * nothing is left. `ChangeSetNotFoundException` where another run replaced the plan; `Interrupted`.
 */
export async function runPlan(
  aws: Aws,
  plan: StackPlan,
  watch: Watch,
  again: string,
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
    hint: hintOn(failure?.ResourceStatusReason ?? '', again),
  });
}

/** What mends a failure. CloudFormation says by its reason's words alone that a name is taken, or not free yet. */
function hintOn(reason: string, again: string): string {
  if (/already exists/i.test(reason)) {
    return 'A stack takes over nothing that is there: delete that, or use a prefix: --prefix dev';
  }
  if (/wait 60 seconds/.test(reason)) {
    return `A queue of that name was deleted less than a minute ago. In a minute: ${again}`;
  }
  return `Fix the cause, then: ${again}`;
}
