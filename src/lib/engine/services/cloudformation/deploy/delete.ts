import { endDeleted, removeAll } from './remove.ts';
import type { StackRun } from './stack-run.ts';

/** Removes a stack and its resources. @throws Interrupted */
export async function deleteStack(run: StackRun): Promise<void> {
  const { retained } = run.operation;
  const failure = await removeAll(run, ({ logicalId, deletionPolicy }) =>
    retained.includes(logicalId) || deletionPolicy !== 'Delete' ? 'Retain' : 'Delete',
  );
  if (failure === undefined) endDeleted(run);
  else run.end('DELETE_FAILED', failure);
}
