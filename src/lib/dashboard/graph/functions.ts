import type { Aws } from '../../aws/clients.ts';
import { listMappings } from '../../aws/mappings.ts';
import type { Topology } from '../../definition/topology.ts';
import { type ListedFunction, listFunctions } from '../../functions/list-functions.ts';
import { nameOfArn, parseArn } from '../../rules/names.ts';
import { functionNameOf } from '../../topology/functions/find-mapping.ts';
import type { Place } from '../../topology/inspect.ts';
import type { GraphNode } from '../api/overview.ts';
import { unlessRefused } from '../unless-refused.ts';

/** A function that takes from queues, or should. */
export interface FoundFunction extends Pick<ListedFunction, 'name' | 'arn' | 'mappings'> {
  /** Of the topology; undefined where it is somebody else's. */
  readonly key?: string;
}

/**
 * The topology's functions as they stand, and others that take from queues of the target; none where nobody may look,
 * or there is no Lambda: the queues are still worth a look.
 * @throws AppError `EndpointUnreachable`
 */
export async function readFunctions({ aws, topology }: Place): Promise<FoundFunction[]> {
  const [own, others] = await Promise.all([
    topology.functions.length === 0 ? [] : unlessRefused(listFunctions(aws, topology)),
    unlessRefused(mappedFunctions(aws)),
  ]);
  const known = new Set(own.map(({ arn }) => arn));
  return [...own, ...others.filter(({ arn }) => !known.has(arn))];
}

async function mappedFunctions(aws: Aws): Promise<FoundFunction[]> {
  const mappings = await listMappings(aws, {});
  const ours = mappings.filter(
    ({ queueArn, functionArn }) => parseArn(queueArn)?.account === parseArn(functionArn)?.account,
  );
  // With a version or alias behind it, it is the same function.
  const arns = new Set(ours.map(({ functionArn }) => unqualified(functionArn)));
  return [...arns].map((arn) => ({
    name: functionNameOf(arn),
    arn,
    mappings: ours
      .filter(({ functionArn }) => unqualified(functionArn) === arn)
      .map(({ queueArn, state, batchSize }) => ({ queue: nameOfArn(queueArn), state, batchSize })),
  }));
}

function unqualified(functionArn: string): string {
  return functionArn.split(':', 7).join(':');
}

/** The functions that there are, or should be. */
export function functionsOf(functions: readonly FoundFunction[], topology: Topology): GraphNode[] {
  return functions.map(({ key, name, arn }) => ({
    id: arn ?? `function:${name}`,
    kind: 'function',
    name,
    arn,
    fifo: false,
    subscriber: key === undefined ? null : handledBy(topology, key),
    missing: arn === null,
    owner:
      key === undefined
        ? { kind: 'unknown', words: 'not looked at' }
        : { kind: 'pubsub', words: topology.name },
    figures: null,
  }));
}

function handledBy({ subscribers }: Topology, key: string): string | null {
  const found = subscribers.find(
    ({ handler }) => handler !== undefined && 'function' in handler && handler.function === key,
  );
  return found?.name ?? null;
}
