import type { Aws } from '../aws/clients.ts';
import { continueRollback, deleteStack, getStack, type Stack } from '../aws/stacks.ts';
import type { Style } from '../definition/styles.ts';
import type { Topology } from '../definition/topology.ts';
import { AppError } from '../rules/errors.ts';
import {
  type Ended,
  failureWords,
  firstFailure,
  followStack,
  lastEvent,
  type Watch,
} from './follow-stack.ts';
import { assertOurStack, isLeftover, isUnderWay } from './stack-status.ts';

/** What has to happen to a stack before it can be planned, said to whoever waits. */
export type Settling = 'waiting' | 'removing' | 'continuing';

/** A stack that is at rest. */
export interface SettledStack {
  /** It, with its resources; undefined where there is none. */
  readonly stack: Stack | undefined;
  /** What has to be put right before it can be planned, which nothing was done about. */
  readonly unsettled?: Stack;
}

/**
 * Brings a stack into a state that it can be planned from: waits for what an earlier run began, removes what a failed
 * first deployment left, and lets a rollback that failed go on.
 * @param onStep told what is done, and why the stack is as it is.
 * @param onlyWait whether nothing is to be changed.
 * @throws AppError `NotOurs`, `Interrupted`, or of a call that is refused.
 */
export async function settleStack(
  aws: Aws,
  { topology, style, name }: { topology: Topology; style: Style; name: string },
  watch: Watch & { readonly onStep: (step: Settling, stack: Stack) => void },
  { onlyWait }: { readonly onlyWait: boolean },
): Promise<SettledStack> {
  for (;;) {
    const stack = await getStack(aws, name);
    if (stack === undefined) return { stack };
    assertOurStack(topology, style, stack);
    const { StackId: id = name, StackStatus: status = '' } = stack;
    if (status === 'REVIEW_IN_PROGRESS') return { stack: undefined };
    if (isUnderWay(status)) {
      watch.onStep('waiting', stack);
      await followStack(aws, id, watch, { after: await lastEvent(aws, id) });
    } else if (isLeftover(status)) {
      if (onlyWait) return { stack: undefined, unsettled: stack };
      watch.onStep('removing', stack);
      await removeLeftover(aws, stack, watch);
    } else if (status === 'UPDATE_ROLLBACK_FAILED') {
      if (onlyWait) return { stack, unsettled: stack };
      watch.onStep('continuing', stack);
      await goOnWithRollback(aws, id, watch);
    } else {
      return { stack };
    }
  }
}

/** @throws AppError `RollbackFailed` where it fails again. */
async function goOnWithRollback(aws: Aws, id: string, watch: Watch): Promise<void> {
  const after = await lastEvent(aws, id);
  const ended = await followStack(aws, id, watch, { after, begun: continueRollback(aws, id) });
  const { StackName: name, StackStatus: status } = ended.stack ?? {};
  if (status !== 'UPDATE_ROLLBACK_FAILED') return;
  const failure = firstFailure(ended.events);
  throw new AppError({
    code: 'RollbackFailed',
    message: `The rollback of the stack "${name}" fails again. ${failureWords(failure)}`,
    hint: `Put right what it says, and run this again. Or leave the resource as it is: aws cloudformation continue-update-rollback --stack-name ${name} --resources-to-skip ${failure?.LogicalResourceId ?? 'RESOURCE'}`,
  });
}

/** @throws AppError `StackNotRemoved` where something of it can't be deleted. */
async function removeLeftover(aws: Aws, stack: Stack, watch: Watch): Promise<void> {
  const { StackId: id = '', StackName: name } = stack;
  const ended = await removeStack(aws, id, watch);
  if (isGone(ended)) return;
  throw new AppError({
    code: 'StackNotRemoved',
    message: `The stack "${name}", which a failed deployment left, can't be removed. ${failureWords(firstFailure(ended.events))}`,
    hint: 'Fix the cause, and run this again.',
  });
}

/**
 * Deletes a stack and follows it.
 * @returns the events of the deletion, and the stack where it is still there.
 */
export async function removeStack(aws: Aws, id: string, watch: Watch): Promise<Ended> {
  const after = await lastEvent(aws, id);
  return followStack(aws, id, watch, { after, begun: deleteStack(aws, id) });
}

/** Whether nothing of a stack is left, once it was deleted. */
export function isGone({ stack }: Ended): boolean {
  return stack === undefined || stack.StackStatus === 'DELETE_COMPLETE';
}
