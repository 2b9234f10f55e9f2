import type { Stack } from '../aws/stacks.ts';
import type { Style } from '../definition/styles.ts';
import type { Topology } from '../definition/topology.ts';
import { AppError } from '../rules/errors.ts';
import { isOurStack } from './style.ts';

/** Whether something is being done to a stack. A stack that only has a change set waits for its user. */
export function isUnderWay(status: string): boolean {
  return status.endsWith('_IN_PROGRESS') && status !== 'REVIEW_IN_PROGRESS';
}

/** Whether a stack is what a failed first deployment or a failed deletion left: nothing can be changed of it any more. */
export function isLeftover(status: string): boolean {
  return ['ROLLBACK_COMPLETE', 'ROLLBACK_FAILED', 'CREATE_FAILED', 'DELETE_FAILED'].includes(
    status,
  );
}

/** @throws AppError `NotOurs` for a stack that somebody else made under the name of ours. */
export function assertOurStack(
  topology: Pick<Topology, 'name'>,
  style: Style,
  { StackName = '', Tags = [] }: Stack,
): void {
  if (isOurStack(topology, style, Tags)) return;
  throw new AppError({
    code: 'NotOurs',
    message: `The stack "${StackName}" exists and isn't tagged as one of the topology "${topology.name}". Nothing was changed.`,
    hint: 'Use a prefix: --prefix dev',
  });
}
