import type { Topology } from '../../definition/topology.ts';
import type { WiredQueue, WiredSubscription, Wiring } from '../../diagnose/wiring/wiring.ts';
import type { GraphNode } from '../api/overview.ts';

/** The topics, queues and endpoints that there are. */
export function nodesOf(wiring: Wiring, topology: Topology): GraphNode[] {
  const owners = queueOwners(topology);
  const topics = wiring.topics.map(
    ({ arn, name, fifo, owner }): GraphNode => ({
      ...BARE,
      id: arn,
      kind: 'topic',
      name,
      arn,
      fifo,
      owner,
    }),
  );
  const queues = wiring.queues.map((queue) => queueNode(queue, owners));
  const known = new Set(queues.map(({ id }) => id));
  return [...topics, ...queues, ...elsewhereNodes(wiring, known)];
}

const BARE = { subscriber: null, missing: false, figures: null } as const;

/** Names of subscribers by the names of their queues and dead-letter queues. */
export function queueOwners({ subscribers }: Topology): ReadonlyMap<string, string> {
  return new Map(
    subscribers.flatMap(({ name, queue, dlq }): [string, string][] =>
      dlq === undefined
        ? [[queue, name]]
        : [
            [queue, name],
            [dlq, name],
          ],
    ),
  );
}

function queueNode(queue: WiredQueue, owners: ReadonlyMap<string, string>): GraphNode {
  const { name, arn, url, fifo, owner, deadLettersOf, topics } = queue;
  // A queue that a topic delivers to is one, even if another's dead letters come there.
  const isDead = deadLettersOf.length > 0 && topics.length === 0;
  return {
    ...BARE,
    id: arn || url,
    kind: isDead ? 'dead-letter-queue' : 'queue',
    name,
    arn: arn || null,
    fifo,
    subscriber: owners.get(name) ?? null,
    owner,
  };
}

/** Where subscriptions lead that isn't a queue of this account and region. */
function elsewhereNodes({ topics, orphans }: Wiring, known: ReadonlySet<string>): GraphNode[] {
  const found = new Map<string, GraphNode>();
  for (const subscription of [
    ...topics.flatMap(({ subscriptions }) => subscriptions),
    ...orphans,
  ]) {
    const id = endpointId(subscription);
    if (known.has(id) || found.has(id)) continue;
    const { endpoint, protocol, queue, state } = subscription;
    found.set(id, {
      ...BARE,
      id,
      kind: state === 'no-queue' ? 'queue' : 'elsewhere',
      name: queue ?? `${protocol}:${endpoint}`,
      arn: endpoint.startsWith('arn:') ? endpoint : null,
      fifo: false,
      missing: state === 'no-queue',
      owner: { kind: 'unknown', words: 'not looked at' },
    });
  }
  return [...found.values()];
}

/** The id of what a subscription leads to. */
export function endpointId({ protocol, endpoint }: WiredSubscription): string {
  return endpoint.startsWith('arn:') ? endpoint : `${protocol}:${endpoint}`;
}
