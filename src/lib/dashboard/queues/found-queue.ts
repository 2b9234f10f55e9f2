import type { Topology } from '../../definition/topology.ts';
import type { Dashboard } from '../dashboard.ts';
import type { WiredGraph } from '../graph/read-graph.ts';
import { notFound } from '../http/failure.ts';

/** A queue that a request is about. */
export interface FoundQueue {
  readonly queue: WiredGraph['queues'][number];
  /** The queues whose dead letters come there, those of the topology's subscribers first. */
  readonly sources: readonly WiredGraph['queues'][number][];
  readonly topology: Topology;
}

/** The queue of this name. @throws HttpFailure 404 */
export async function findQueue({ live }: Dashboard, name: string): Promise<FoundQueue> {
  const { queues, topology } = await live.graph();
  const queue = queues.find((each) => each.name === name);
  if (queue === undefined) throw notFound(`queue ${name.slice(0, 100)}`);
  const own = new Set(topology.subscribers.map((subscriber) => subscriber.queue));
  const sources = queues
    .filter((each) => queue.deadLettersOf.includes(each.name))
    .sort((a, b) => Number(own.has(b.name)) - Number(own.has(a.name)));
  return { queue, sources, topology };
}

/** How the command line calls the queue that dead letters come from: by its subscriber, or as a queue of no file. */
export function sourceWords({ sources, topology }: FoundQueue): readonly string[] | undefined {
  const [source] = sources;
  if (source === undefined) return undefined;
  const subscriber = topology.subscribers.find(({ queue }) => queue === source.name);
  return subscriber === undefined ? ['--queue', source.name] : [subscriber.name];
}
