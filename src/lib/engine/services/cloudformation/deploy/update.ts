import { ServiceError } from '../../../errors.ts';
import { resourceType } from '../resources/index.ts';
import { isThere, type Operation, type StackResource } from '../state.ts';
import type { Compiled } from '../template/compile.ts';
import { sameData } from '../template/data.ts';
import { complete } from './create.ts';
import { goForward, oldResource } from './forward.ts';
import { reasonOf } from './reason.ts';
import { removalOrder, remove } from './remove.ts';
import { type StackRun, throwIfInterrupted } from './stack-run.ts';

/** Changes a stack, or makes it again what it was. @throws Interrupted */
export async function updateStack(run: StackRun, compiled: Compiled): Promise<void> {
  if (run.operation.phase === 'forward') {
    const failure = (await goForward(run, compiled)) ?? complete(run, compiled);
    if (failure === undefined) {
      succeed(run, compiled);
    } else if (run.operation.onFailure === 'DO_NOTHING') {
      run.end('UPDATE_FAILED', failure.trim());
      return;
    } else {
      run.changeOperation({ phase: 'rollback', failure, replaced: [] });
      run.status('UPDATE_ROLLBACK_IN_PROGRESS', failure.trim());
    }
  }
  if (run.operation.phase === 'rollback') {
    const failed = await restoreAll(run);
    if (failed.length > 0) {
      const reason = `The following resource(s) failed to update: [${failed.join(', ')}]. `;
      run.change({ failedUpdate: leftToRestore(run, failed) });
      run.end('UPDATE_ROLLBACK_FAILED', reason);
      return;
    }
    run.changeOperation({ phase: 'cleanup' });
    run.status('UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS');
  }
  await cleanUp(run);
  run.end(run.operation.failure === '' ? 'UPDATE_COMPLETE' : 'UPDATE_ROLLBACK_COMPLETE');
}

/** The stack is what it was to be; what it no longer has is removed next. */
function succeed(run: StackRun, { order, template }: Compiled): void {
  const { operation, stack } = run;
  const before = Object.values(operation.before?.resources ?? {});
  const gone = removalOrder(before.filter(({ logicalId }) => !order.includes(logicalId)));
  const resources = Object.entries(stack.resources).filter(([id]) => order.includes(id));
  run.change({
    input: operation.input,
    description: template.description ?? '',
    resources: Object.fromEntries(resources),
  });
  // The last replaced was the last that others needed.
  const replaced = [...operation.replaced].reverse();
  run.changeOperation({ phase: 'cleanup', replaced: [...gone, ...replaced] });
  run.status('UPDATE_COMPLETE_CLEANUP_IN_PROGRESS');
}

/** What there is still to do of a rollback that failed. @param failed logical ids of what could not be restored. */
function leftToRestore({ operation, stack }: StackRun, failed: readonly string[]): Operation {
  const { before } = operation;
  if (before === null) return operation;
  const resources = Object.entries(before.resources).map(([id, old]) => [
    id,
    failed.includes(id) ? old : (stack.resources[id] ?? old),
  ]);
  return { ...operation, before: { ...before, resources: Object.fromEntries(resources) } };
}

/** Makes every resource again what it was. @returns logical ids of those where that failed. */
async function restoreAll(run: StackRun): Promise<string[]> {
  const { before, retained } = run.operation;
  const touched = Object.values(run.stack.resources);
  // A rollback that goes on has found some already.
  const surplus = [...run.operation.replaced];
  const failed: string[] = [];
  for (const resource of removalOrder(touched)) {
    const { logicalId } = resource;
    const old = oldResource(run, logicalId);
    if (old === undefined) {
      surplus.push(resource);
    } else if (old.physicalId !== resource.physicalId) {
      surplus.push(resource);
      run.put({ ...old, status: 'UPDATE_COMPLETE', reason: '' });
    } else if (retained.includes(logicalId)) {
      run.put({ ...old, status: 'UPDATE_COMPLETE', reason: '' });
    } else if (!(await restore(run, resource, old))) {
      failed.push(logicalId);
    }
  }
  if (failed.length > 0) {
    const replaced = surplus.filter(({ logicalId }) => oldResource(run, logicalId) !== undefined);
    run.changeOperation({ replaced });
    return failed;
  }
  for (const { logicalId } of surplus) {
    if (oldResource(run, logicalId) === undefined) run.drop(logicalId);
  }
  if (before !== null) {
    const { input, outputs, description } = before;
    run.change({ input, outputs, description });
  }
  run.changeOperation({ replaced: surplus });
  return [];
}

/** @returns whether the resource is what it was. */
async function restore(run: StackRun, resource: StackResource, old: StackResource) {
  const isChanged = resource.status === 'UPDATE_FAILED' || resource.status === 'UPDATE_COMPLETE';
  const isSame = resource.status === old.status && sameData(resource.properties, old.properties);
  if (isSame || !isChanged) {
    run.store(old);
    return true;
  }
  if (resource.suffix !== old.suffix) {
    // It was to be replaced, and the new one could not be made.
    run.put({ ...old, status: 'UPDATE_COMPLETE', reason: '' });
    return true;
  }
  run.put({ ...resource, status: 'UPDATE_IN_PROGRESS', reason: '' });
  await run.checkpoint();
  try {
    await resourceType(old.type).update(old.properties, resource, run.context(old));
  } catch (error) {
    throwIfInterrupted(run, error);
    // What the engine doesn't do it hasn't done before either.
    if (!(error instanceof ServiceError && error.code === 'UnsupportedOperation')) {
      run.put({ ...resource, status: 'UPDATE_FAILED', reason: reasonOf(error, old.type) });
      return false;
    }
  }
  run.put({ ...old, status: 'UPDATE_COMPLETE', reason: '' });
  return true;
}

/** Removes what the stack no longer has; what can't be removed is left, as CloudFormation leaves it. */
async function cleanUp(run: StackRun): Promise<void> {
  const { replaced, failure } = run.operation;
  for (const resource of replaced) {
    const isReplaced = run.stack.resources[resource.logicalId] !== undefined;
    const { updateReplacePolicy, deletionPolicy } = resource;
    const policy = failure !== '' ? 'Delete' : isReplaced ? updateReplacePolicy : deletionPolicy;
    if (!isThere(resource)) continue;
    await remove(run, resource, policy, (status, reason) => run.tell(resource, status, reason));
  }
}
