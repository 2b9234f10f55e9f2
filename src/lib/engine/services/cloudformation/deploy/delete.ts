import { removeAll } from './remove.ts';
import type { StackRun } from './stack-run.ts';

/** Removes a stack and its resources. @throws Interrupted */
export async function deleteStack(run: StackRun): Promise<void> {
  const { retained } = run.operation;
  const failed = await removeAll(run, ({ logicalId, deletionPolicy }) =>
    retained.includes(logicalId) || deletionPolicy !== 'Delete' ? 'Retain' : 'Delete',
  );
  if (failed.length > 0) {
    const reason = `The following resource(s) failed to delete: [${failed.join(', ')}]. `;
    run.status('DELETE_FAILED', reason);
  } else {
    run.change({ deletedAt: run.state.parts.clock.timestamp(), outputs: [], imports: [] });
    run.status('DELETE_COMPLETE');
  }
  run.change({ operation: null });
}
