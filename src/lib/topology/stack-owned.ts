import type { Topology } from '../definition/topology.ts';
import type { Observed } from './inspect.ts';
import { observedTopic } from './observed.ts';
import { stackOf } from './ownership.ts';

/** The topics, queues, tables and functions of a topology that a CloudFormation stack made: stacks by resource name. */
export function stackOwned({ topics }: Topology, observed: Observed): ReadonlyMap<string, string> {
  const { tables = new Map(), functions = new Map() } = observed.functions ?? {};
  const found = [
    ...topics.map(({ key, name }) => ({ name, tags: observedTopic(observed, key).tags })),
    ...observed.queues.values(),
    ...tables.values(),
    ...functions.values(),
  ];
  return new Map(
    found.flatMap(({ name, tags }) => {
      const stack = stackOf(tags);
      return stack === undefined ? [] : [[name, stack] as const];
    }),
  );
}
