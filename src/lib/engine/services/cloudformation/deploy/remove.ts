import { resourceType } from '../resources/index.ts';
import { isThere, type StackResource } from '../state.ts';
import { inOrder } from '../template/order.ts';
import type { DeletionPolicy } from '../template/template.ts';
import { reasonOf } from './reason.ts';
import { type StackRun, throwIfInterrupted } from './stack-run.ts';

/** Resources in an order in which nothing is removed that another needs. */
export function removalOrder(resources: readonly StackResource[]): StackResource[] {
  const byId = new Map(resources.map((resource) => [resource.logicalId, resource]));
  const ids = inOrder([...byId.keys()], (id) => byId.get(id)?.dependsOn ?? []);
  return ids.reverse().flatMap((id) => byId.get(id) ?? []);
}

/**
 * Removes what a resource stands for, unless its policy keeps it. The caller writes what `tell` is given.
 *
 * @param tell writes its new status. @returns false where it could not be removed.
 * @throws Interrupted
 */
export async function remove(
  run: StackRun,
  resource: StackResource,
  policy: DeletionPolicy,
  tell: (status: string, reason: string) => void,
): Promise<boolean> {
  if (policy === 'Retain') {
    tell('DELETE_SKIPPED', '');
    return true;
  }
  tell('DELETE_IN_PROGRESS', '');
  await run.checkpoint();
  try {
    if (isThere(resource)) {
      await resourceType(resource.type).remove(resource, run.context(resource));
    }
  } catch (error) {
    throwIfInterrupted(run, error);
    tell('DELETE_FAILED', reasonOf(error, resource.type));
    return false;
  }
  tell('DELETE_COMPLETE', '');
  return true;
}

/**
 * Removes all resources of a stack, the last first.
 *
 * @param policyOf what is kept. @returns why that failed, as the stack's status tells it; undefined where it didn't.
 * @throws Interrupted
 */
export async function removeAll(
  run: StackRun,
  policyOf: (resource: StackResource) => DeletionPolicy,
): Promise<string | undefined> {
  const failed: string[] = [];
  for (const resource of removalOrder(Object.values(run.stack.resources))) {
    if (resource.status === 'DELETE_COMPLETE' || resource.status === 'DELETE_SKIPPED') continue;
    const isDone = await remove(run, resource, policyOf(resource), (status, reason) =>
      run.put({ ...resource, status, reason }),
    );
    if (!isDone) failed.push(resource.logicalId);
  }
  if (failed.length === 0) return undefined;
  return `The following resource(s) failed to delete: [${failed.join(', ')}]. `;
}

/** The stack is no longer there, and exports nothing. */
export function endDeleted(run: StackRun): void {
  run.change({ deletedAt: run.state.parts.clock.timestamp(), outputs: [], imports: [] });
  run.end('DELETE_COMPLETE');
}
