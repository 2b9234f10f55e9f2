import { invalid } from '../errors.ts';
import { checkProperties, type Properties } from '../resources/check-properties.ts';
import { resourceType } from '../resources/index.ts';
import type { Made } from '../resources/resource-type.ts';
import { isThere, type StackResource } from '../state.ts';
import { type Compiled, evaluatedProperties } from '../template/compile.ts';
import { sameData } from '../template/data.ts';
import { changedProperties, isReplaced } from './differences.ts';
import { reasonOf } from './reason.ts';
import { newResource, type StackRun, throwIfInterrupted } from './stack-run.ts';
import { markAsStacks } from './stack-tags.ts';
import { valuesOf } from './values.ts';

const REPLACED =
  'Requested update requires the creation of a new physical resource; hence creating one.';

/**
 * Makes and changes resources until the stack has what its template says. What takes long is waited for beside the
 * others, until one needs it.
 *
 * @returns why it failed, as the stack's status tells it; undefined where it didn't.
 * @throws Interrupted
 */
export async function goForward(run: StackRun, compiled: Compiled): Promise<string | undefined> {
  const underWay = new Map<string, Promise<boolean>>();
  let isGood = true;
  for (const logicalId of compiled.order) {
    if (run.operation.done.includes(logicalId)) continue;
    const needed = compiled.dependencies(logicalId).map((each) => underWay.get(each) ?? true);
    isGood = (await Promise.all(needed)).every(Boolean);
    if (!isGood) break;
    await run.checkpoint();
    const work = goOn(run, compiled, logicalId);
    const { type = '' } = compiled.template.resources[logicalId] ?? {};
    if (resourceType(type).isSlow === true) {
      // It is awaited below, whatever happens until then.
      work.catch(() => undefined);
      underWay.set(logicalId, work);
    } else {
      isGood = await work;
    }
    if (!isGood) break;
  }
  const all = await Promise.all(underWay.values());
  return isGood && all.every(Boolean) ? undefined : failureOf(run, compiled);
}

/** Makes or changes one resource. @returns false where that failed, which its status then says. @throws Interrupted */
async function goOn(run: StackRun, compiled: Compiled, logicalId: string): Promise<boolean> {
  try {
    if (oldResource(run, logicalId) === undefined) await create(run, compiled, logicalId);
    else await change(run, compiled, logicalId);
  } catch (error) {
    throwIfInterrupted(run, error);
    fail(run, compiled, logicalId, error);
    return false;
  }
  run.changeOperation({ done: [...run.operation.done, logicalId] });
  return true;
}

function failureOf(run: StackRun, { order }: Compiled): string {
  const having = (status: string) =>
    order.filter((logicalId) => run.stack.resources[logicalId]?.status === status);
  const [created, updated] = [having('CREATE_FAILED'), having('UPDATE_FAILED')];
  return [
    ...(created.length > 0 ? [`failed to create: [${created.join(', ')}]. `] : []),
    ...(updated.length > 0 ? [`failed to update: [${updated.join(', ')}]. `] : []),
  ]
    .map((each) => `The following resource(s) ${each}`)
    .join('');
}

/** A resource as it was before the operation. */
export function oldResource(run: StackRun, logicalId: string): StackResource | undefined {
  return run.operation.before?.resources[logicalId];
}

async function create(run: StackRun, compiled: Compiled, logicalId: string): Promise<void> {
  const properties = desired(run, compiled, logicalId);
  // One that was begun before the engine ended has its name already.
  const begun = run.resumed ? run.stack.resources[logicalId] : undefined;
  const { suffix = '' } = begun ?? {};
  const fresh = newResource(compiled, logicalId, properties);
  const resource = suffix === '' ? fresh : { ...fresh, suffix };
  run.put(resource);
  const made = await make(run, resource);
  run.put({ ...resource, ...made, status: 'CREATE_COMPLETE' });
}

/** Makes what a resource stands for; what there is of it when that fails is in the stack. */
async function make(run: StackRun, resource: StackResource): Promise<Made> {
  await run.checkpoint();
  const { type, properties } = resource;
  const context = run.context(resource, (made) => run.store({ ...resource, ...made }));
  const { physicalId, attributes } = await resourceType(type).create(properties, context);
  await markAsStacks(run, resource, { physicalId, attributes }, context);
  return { physicalId, attributes };
}

async function change(run: StackRun, compiled: Compiled, logicalId: string): Promise<void> {
  const old = oldResource(run, logicalId);
  if (old === undefined) return;
  const { table } = resourceType(old.type);
  const properties = desired(run, compiled, logicalId);
  const changed = changedProperties(old.properties, properties);
  const declared = newResource(compiled, logicalId, properties);
  const { dependsOn, deletionPolicy, updateReplacePolicy } = declared;
  const policies = { dependsOn, deletionPolicy, updateReplacePolicy };
  const tagsChanged = hasNewTags(run) && 'Tags' in table.properties;
  if (changed.length === 0 && !tagsChanged) {
    run.store({ ...old, ...policies });
    return;
  }
  if (isReplaced(table, changed)) {
    await replace(run, old, { ...declared, status: 'UPDATE_IN_PROGRESS', reason: REPLACED });
    return;
  }
  const begun = { ...old, ...policies, properties, status: 'UPDATE_IN_PROGRESS', reason: '' };
  run.put(begun);
  await run.checkpoint();
  const type = resourceType(old.type);
  const { physicalId, attributes } = await type.update(properties, old, run.context(old));
  run.put({ ...begun, physicalId, attributes, status: 'UPDATE_COMPLETE' });
}

async function replace(run: StackRun, old: StackResource, declared: StackResource): Promise<void> {
  const { table } = resourceType(old.type);
  const name = table.name === undefined ? undefined : declared.properties[table.name];
  if (name !== undefined && name === old.properties[table.name ?? '']) {
    throw invalid(
      `CloudFormation cannot update a stack when a custom-named resource requires replacing. Rename ${String(name)} and update the stack again.`,
    );
  }
  const begun = run.resumed ? run.stack.resources[old.logicalId] : undefined;
  const suffix =
    begun === undefined || begun.suffix === old.suffix ? declared.suffix : begun.suffix;
  const resource = { ...declared, suffix };
  run.put({ ...resource, physicalId: old.physicalId, attributes: old.attributes });
  const made = await make(run, resource);
  run.changeOperation({ replaced: [...run.operation.replaced, old] });
  run.put({ ...resource, ...made, status: 'UPDATE_COMPLETE', reason: '' });
}

/** Whether the stack's tags change, which its resources have too. */
function hasNewTags({ operation: { before, input } }: StackRun): boolean {
  return !sameData(before?.input.tags ?? {}, input.tags);
}

function desired(run: StackRun, compiled: Compiled, logicalId: string): Properties {
  const scope = compiled.scope(valuesOf(run));
  const type = compiled.template.resources[logicalId]?.type ?? '';
  const properties = evaluatedProperties(compiled, scope, logicalId);
  return checkProperties(logicalId, resourceType(type).table, properties);
}

function fail(run: StackRun, compiled: Compiled, logicalId: string, error: unknown): void {
  const old = oldResource(run, logicalId);
  const now = run.stack.resources[logicalId];
  const resource = now ?? newResource(compiled, logicalId, {});
  const reason = reasonOf(error, resource.type);
  const status = old === undefined ? 'CREATE_FAILED' : 'UPDATE_FAILED';
  run.put({ ...resource, status, reason });
  // What a replacement has made by then is removed with the rollback.
  if (old !== undefined && isThere(resource) && resource.physicalId !== old.physicalId) {
    run.changeOperation({ replaced: [...run.operation.replaced, old] });
  }
}
