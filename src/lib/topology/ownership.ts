import type { Attributes } from '../aws/topics.ts';
import { MANAGED_TAG, TOPOLOGY_TAG_KEY, type Topology } from '../definition/topology.ts';
import { AppError, usageError } from '../rules/errors.ts';
import type { Change } from './change.ts';

/**
 * Whether what carries these tags belongs to somebody else: it isn't tagged as ours, or as another topology's. One that
 * only lost the name of its topology is still ours.
 */
export function isForeign({ name }: Pick<Topology, 'name'>, tags: Attributes): boolean {
  const topology = tags[TOPOLOGY_TAG_KEY];
  return (
    tags[MANAGED_TAG.key] !== MANAGED_TAG.value || (topology !== undefined && topology !== name)
  );
}

/** Resources that exist and belong to somebody else: setup takes them over, and cleanup will then delete them. */
export function takenOver(changes: readonly Change[]): Change[] {
  return changes.filter((change) => change.isForeign);
}

/** @throws AppError `NotOurs` where a plan takes over what belongs to somebody else. */
export function assertOwn(topology: Topology, changes: readonly Change[]): void {
  const foreign = takenOver(changes);
  const [first] = foreign;
  if (first === undefined) return;
  const more = foreign.length > 1 ? `, and ${foreign.length - 1} more,` : '';
  throw new AppError({
    code: 'NotOurs',
    message: `The ${first.type} "${first.name}"${more} exists and isn't tagged as one of the topology "${topology.name}". Nothing was changed.`,
    hint: 'Use other names or a prefix; or take it over with { adopt: true }: tearDownTopology then deletes it.',
  });
}

/** @throws AppError `NotManaged` (exit 2) where a topology only describes what others made. @param act such as `cleanup`. */
export function assertManaged(topology: Topology, act: string): void {
  if (topology.managed) return;
  throw usageError(
    `The topology "${topology.name}" says "managed: false": it describes what others made, and ${act} changes nothing of it.`,
    `Make it yours with: pubsub adopt --manage`,
    'NotManaged',
  );
}
