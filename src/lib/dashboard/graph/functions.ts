import type { Topology } from '../../definition/topology.ts';
import type { ListedFunction } from '../../functions/list-functions.ts';
import type { GraphNode } from '../api/overview.ts';

/** The topology's functions as they stand. */
export type FoundFunctions = readonly ListedFunction[];

/** The functions that there are, or should be. */
export function functionsOf(functions: FoundFunctions, topology: Topology): GraphNode[] {
  return functions.map(({ key, name, arn }) => ({
    id: arn ?? `function:${name}`,
    kind: 'function',
    name,
    arn,
    fifo: false,
    subscriber: handledBy(topology, key),
    missing: arn === null,
    owner: { kind: 'pubsub', words: topology.name },
    figures: null,
  }));
}

function handledBy({ subscribers }: Topology, key: string): string | null {
  const found = subscribers.find(
    ({ handler }) => handler !== undefined && 'function' in handler && handler.function === key,
  );
  return found?.name ?? null;
}
