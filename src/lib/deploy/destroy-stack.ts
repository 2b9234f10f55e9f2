import type { Aws } from '../aws/clients.ts';
import { emptyBucket } from '../aws/objects.ts';
import { deleteTable } from '../aws/tables.ts';
import type { Style } from '../definition/styles.ts';
import type { Topology } from '../definition/topology.ts';
import {
  failureWords,
  firstFailure,
  followStack,
  interrupted,
  lastEvent,
  type Watch,
} from './follow-stack.ts';
import { type Deployed, type FoundStack, readDeployed } from './read-deployed.ts';
import { findRemains, type Remain } from './remains.ts';
import { isGone, removeStack } from './settle-stack.ts';
import { isUnderWay } from './stack-status.ts';

/** What became of a deployment that was to go. */
export interface Destroyed {
  readonly deleted: readonly string[];
  /** What is still there at a second reading. */
  readonly left: readonly string[];
  /** What failed first, in words; undefined where nothing did. */
  readonly failure: string | undefined;
  /** What stays where the stacks are gone. */
  readonly remains: readonly Remain[];
}

/**
 * Deletes a stack, then the tables that it keeps, then the stack that it was made from with all code and images, and reads
 * again what is left.
 * @throws AppError `Interrupted`, or of a call that is refused.
 */
export async function destroyDeployed(
  aws: Aws,
  { topology, style }: { readonly topology: Topology; readonly style: Style },
  before: Deployed,
  watch: Watch,
): Promise<Destroyed> {
  let failure = await deleteFound(aws, before, watch);
  // What an earlier run began was waited for: it may have made more since `before` was read.
  const rest = await readDeployed(aws, topology, style);
  if (failure === undefined && rest.stack === undefined) {
    failure = await deleteRest(aws, rest, watch);
  }
  const after = await readDeployed(aws, topology, style);
  const left = [...namesOf(after), ...after.tables.map((each) => each.name)];
  const gone = [...before.resources, ...rest.tables, ...rest.artifacts.resources].map(
    (each) => each.name,
  );
  const isDone = failure === undefined && left.length === 0;
  return {
    deleted: gone.filter((each) => !left.includes(each)),
    left,
    failure,
    remains: isDone && aws.kind !== 'local' ? await findRemains(aws, before) : [],
  };
}

/** Deletes what the stack kept, and what it was made from. @returns what failed, in words. */
async function deleteRest(
  aws: Aws,
  { tables, artifacts }: Deployed,
  watch: Watch,
): Promise<string | undefined> {
  for (const { name } of tables) {
    assertNotStopped(watch);
    await deleteTable(aws, name);
  }
  for (const { type, id } of artifacts.resources) {
    if (type !== 'AWS::S3::Bucket' || id === '') continue;
    assertNotStopped(watch);
    await emptyBucket(aws, id);
  }
  return deleteFound(aws, artifacts, watch);
}

/** @throws AppError `Interrupted`: what was not begun by then stays. */
function assertNotStopped({ stop }: Watch): void {
  if (stop.aborted) throw interrupted('Interrupted; not everything is deleted.');
}

function namesOf({ artifacts, ...own }: Deployed): string[] {
  return [own, artifacts].flatMap(({ name, stack, resources }) => [
    ...resources.map((each) => each.name),
    ...(stack === undefined ? [] : [name]),
  ]);
}

/** Deletes a stack, if it is there. @returns what failed, in words. */
async function deleteFound(
  aws: Aws,
  { stack }: FoundStack,
  watch: Watch,
): Promise<string | undefined> {
  const { StackId: id, StackStatus: status = '' } = stack ?? {};
  if (id === undefined) return undefined;
  assertNotStopped(watch);
  if (isUnderWay(status)) await followStack(aws, id, watch, { after: await lastEvent(aws, id) });
  const ended = await removeStack(aws, id, watch);
  if (isGone(ended)) return undefined;
  // CloudFormation tries again what it could not delete at first: only what is left at the end has failed.
  const failed = firstFailure(ended.events);
  return failed ? failureWords(failed) : `The stack is ${ended.stack?.StackStatus}.`;
}
