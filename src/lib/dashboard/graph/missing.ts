import { topicByKey } from '../../definition/find.ts';
import type { Topology } from '../../definition/topology.ts';
import { topicArn } from '../../rules/names.ts';
import type { Place } from '../../topology/inspect.ts';
import type { GraphEdge, GraphNode, NodeKind } from '../api/overview.ts';
import { edgeId } from '../node-ids.ts';
import type { CommandLines } from '../target.ts';

interface Found {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
}

/** What the topology has and the target hasn't: topics, queues, dead-letter queues, and the ways between them. */
export function missingOf({
  nodes,
  edges,
  place,
  commands,
}: Found & { readonly place: Place; readonly commands: CommandLines }): Found {
  const { topology, identity } = place;
  const account = identity.account ?? '000000000000';
  const queueId = (name: string): string => `arn:aws:sqs:${identity.region}:${account}:${name}`;
  const have = new Map(
    nodes
      .filter(({ kind }) => kind !== 'function')
      .map((node) => [`${node.kind === 'topic'} ${node.name}`, node]),
  );
  const lost: GraphNode[] = [];
  const idOf = (kind: NodeKind, name: string, subscriber: string | null): string => {
    const key = `${kind === 'topic'} ${name}`;
    const known = have.get(key);
    if (known !== undefined) return known.id;
    const id = kind === 'topic' ? topicArn({ ...identity, account }, name) : queueId(name);
    const node = missingNode({ id, kind, name, subscriber, topology });
    have.set(key, node);
    lost.push(node);
    return id;
  };
  const ways: GraphEdge[] = [];
  const way = (kind: GraphEdge['kind'], from: string, to: string, max: number | null): void => {
    if (edges.some((edge) => edge.from === from && edge.to === to)) return;
    ways.push(missingEdge(kind, from, to, max, topology.managed ? commands.pubsub('setup') : null));
  };
  for (const { name, queue, dlq, subscriptions, maxReceiveCount } of topology.subscribers) {
    const queueNode = idOf('queue', queue, name);
    for (const { topic } of subscriptions) {
      const spec = topicByKey(topology, topic);
      way('subscription', spec.arn ?? idOf('topic', spec.name, null), queueNode, null);
    }
    if (dlq !== undefined)
      way('redrive', queueNode, idOf('dead-letter-queue', dlq, name), maxReceiveCount);
  }
  return { nodes: lost, edges: ways };
}

function missingNode({
  topology,
  ...node
}: Pick<GraphNode, 'id' | 'kind' | 'name' | 'subscriber'> & {
  readonly topology: Topology;
}): GraphNode {
  const { id, name } = node;
  const owner = { kind: 'pubsub', words: topology.name } as const;
  return { ...node, arn: id, fifo: name.endsWith('.fifo'), missing: true, owner, figures: null };
}

function missingEdge(
  kind: GraphEdge['kind'],
  from: string,
  to: string,
  maxReceiveCount: number | null,
  fix: string | null,
): GraphEdge {
  return {
    id: edgeId(from, to),
    kind,
    from,
    to,
    state: 'missing',
    reason: `The topology has this ${kind === 'redrive' ? 'redrive policy' : kind}, and the target hasn't.`,
    fix,
    filter: null,
    rawDelivery: false,
    maxReceiveCount,
  };
}
