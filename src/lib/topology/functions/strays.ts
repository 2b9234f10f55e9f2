import type { Aws } from '../../aws/clients.ts';
import { type EngineMapping, readEngineMappings } from '../../aws/engine-mappings.ts';
import type { FoundMapping } from '../../aws/mappings.ts';
import type { Topology } from '../../definition/topology.ts';
import { AppError } from '../../rules/errors.ts';
import { nameOfArn } from '../../rules/names.ts';
import type { Change, Resource } from '../change.ts';
import { isForeign, stackOf } from '../ownership.ts';
import { functionNameOf, isOff } from './find-mapping.ts';
import { functionSubscribers, mappingName } from './settings.ts';

/** A mapping that takes from a queue of the topology, or for a function of it, and that the topology doesn't say. */
export interface StrayMapping {
  readonly uuid: string;
  readonly queueArn: string;
  /** The queue's name. */
  readonly queue: string;
  readonly functionName: string;
  readonly enabled: boolean;
  /** Whether setup removes it: it takes from a queue of the topology for a function of it, or for one that is gone. */
  readonly isOurs: boolean;
  /** The CloudFormation stack that made its function for this topology: it stays with that. */
  readonly stack?: string | undefined;
}

/**
 * Finds mappings that the topology doesn't say: left by a function that was taken out of the file, or made by others.
 * @param queueArns of the subscribers' queues that exist, by name.
 * @param known mappings where no engine tells all of them.
 */
export async function findStrays(
  { aws, topology }: { readonly aws: Aws; readonly topology: Topology },
  queueArns: ReadonlyMap<string, string>,
  known: readonly FoundMapping[],
): Promise<StrayMapping[]> {
  const all = (await readEngineMappings(aws)) ?? known.flatMap(listed);
  const arns = new Set(topology.subscribers.flatMap(({ queue }) => queueArns.get(queue) ?? []));
  const wanted = new Set(
    functionSubscribers(topology).map(({ subscriber, target }) =>
      pairOf(queueArns.get(subscriber.queue) ?? '', target.name),
    ),
  );
  const names = new Set(topology.functions.map(({ name }) => name));
  const strays = all.filter(({ queueArn, functionArn }) => {
    const name = functionNameOf(functionArn);
    const isNear = arns.has(queueArn) || (names.has(name) && isBeside(queueArn, arns));
    return isNear && !wanted.has(pairOf(queueArn, name));
  });
  return Promise.all(
    strays.map(async ({ uuid, queueArn, functionArn, enabled }) => {
      const functionName = functionNameOf(functionArn);
      const mayBeOurs = topology.managed && arns.has(queueArn);
      const owner = mayBeOurs ? await ownerOf(aws, topology, functionName) : { isOurs: false };
      return { uuid, queueArn, queue: nameOfArn(queueArn), functionName, enabled, ...owner };
    }),
  );
}

function listed(mapping: FoundMapping): EngineMapping[] {
  const { uuid, queueArn, functionArn, state } = mapping;
  if (state === 'Deleting') return [];
  return [{ uuid, queueArn, functionArn, enabled: !isOff(mapping) }];
}

function pairOf(queueArn: string, functionName: string): string {
  return `${queueArn} ${functionName}`;
}

/** Whether a queue is in the account and region of others. */
function isBeside(queueArn: string, arns: ReadonlySet<string>): boolean {
  const placeOf = (arn: string): string => arn.split(':').slice(0, 5).join(':');
  return [...arns].some((arn) => placeOf(arn) === placeOf(queueArn));
}

/**
 * A function that is gone counts as ours: its mapping can only lose messages. One that may not be read doesn't, nor
 * one that a stack made.
 */
async function ownerOf(
  aws: Aws,
  topology: Topology,
  name: string,
): Promise<Pick<StrayMapping, 'isOurs' | 'stack'>> {
  const { getFunction } = await import('../../aws/functions.ts');
  try {
    const found = await getFunction(aws, name);
    if (found === undefined) return { isOurs: true };
    if (isForeign(topology, found.tags)) return { isOurs: false };
    const stack = stackOf(found.tags);
    return { isOurs: stack === undefined, stack };
  } catch (error) {
    if (error instanceof AppError) return { isOurs: false };
    throw error;
  }
}

/** What setup has to do about them. */
export function strayChanges(strays: readonly StrayMapping[]): Change[] {
  return strays
    .filter(({ isOurs }) => isOurs)
    .map((stray) => ({ action: 'delete', ...resourceOf(stray), differences: [] }));
}

/** A stray mapping as plans and results name it. */
export function resourceOf({ queue, functionName }: StrayMapping): Resource {
  return { type: 'mapping', name: mappingName(queue, functionName) };
}
