import type { Attributes } from '../aws/topics.ts';
import { MANAGED_TAG, TOPOLOGY_TAG_KEY, type Topology } from '../definition/topology.ts';
import { AppError, usageError } from '../rules/errors.ts';
import type { Change } from './change.ts';

/**
 * Tag by which CloudFormation marks what a stack made; nobody else can set it.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-resource-tags.html
 */
export const STACK_TAG_KEY = 'aws:cloudformation:stack-name';

/** The name of the CloudFormation stack that made what carries these tags; undefined where none did. */
export function stackOf(tags: Attributes): string | undefined {
  return tags[STACK_TAG_KEY];
}

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

/** Kinds of things that are never taken over: their code and their data are somebody's. */
const NEVER_TAKEN: readonly Change['type'][] = ['table', 'function'];

/** Resources that exist and belong to somebody else: setup takes them over, and cleanup will then delete them. */
export function takenOver(changes: readonly Change[]): Change[] {
  return changes.filter(({ isForeign: others, type }) => others && !NEVER_TAKEN.includes(type));
}

/** Tables and functions that exist and belong to somebody else: setup makes no change while they have these names. */
export function untouchable(changes: readonly Change[]): Change[] {
  return changes.filter(({ isForeign: others, type }) => others && NEVER_TAKEN.includes(type));
}

/** @throws AppError `NotOurs` where a plan would change a table or function of somebody else's. */
export function assertNoneUntouchable(topology: Topology, changes: readonly Change[]): void {
  const [first] = untouchable(changes);
  if (first === undefined) return;
  throw new AppError({
    code: 'NotOurs',
    message: `The ${first.type} "${first.name}" exists and isn't tagged as one of the topology "${topology.name}": setup never changes somebody else's. Nothing was changed.`,
    hint: 'Give it another name in the topology, or use a prefix: --prefix dev',
  });
}

/** @throws AppError `NotOurs` where a plan takes over what belongs to somebody else. */
export function assertOwn(topology: Topology, changes: readonly Change[]): void {
  assertNoneUntouchable(topology, changes);
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
