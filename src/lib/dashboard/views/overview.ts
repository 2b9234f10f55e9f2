import type { Overview, TargetView } from '../api/overview.ts';
import type { Dashboard } from '../dashboard.ts';

/** `GET overview` */
export async function overview(dashboard: Dashboard): Promise<Overview> {
  const [graph, target] = await Promise.all([dashboard.live.graph(), targetView(dashboard)]);
  const { commands } = dashboard;
  const { topology, nodes, edges, unread, remarks, figures } = graph;
  return {
    target,
    topology: { name: topology.name, managed: topology.managed },
    time: Date.now(),
    nodes: nodes.map((node) => ({ ...node, figures: figures.get(node.id) ?? null })),
    edges,
    unread,
    remarks,
    commands: {
      setup: commands.pubsub('setup'),
      publish: commands.pubsub('publish'),
      tap: commands.pubsub('tap'),
    },
  };
}

/** What is not known where no engine keeps it. */
const LIMITS = [
  'What was published, and the way of a message that was handled, can not be known here: nobody keeps it. What lies in queues and dead-letter queues can be seen.',
  'The age of the oldest message is not told by SQS: CloudWatch has it. Rates are what the counts grow or shrink by, at the least.',
  'Who receives from a queue can not be known here.',
  'A look into a queue receives its messages and gives them back: that raises the receive count of each, which counts towards maxReceiveCount.',
] as const;

/** What the page talks to, and what can be known there. */
async function targetView({ identity, live }: Dashboard): Promise<TargetView> {
  const { target, account, region, endpoint, arn } = identity;
  const engine = await live.hasEngine();
  return {
    kind: target,
    account: account ?? null,
    region,
    endpoint: endpoint ?? null,
    arn: arn ?? null,
    knows: { history: engine, age: engine, receivers: engine, peek: engine },
    limits: engine ? [] : LIMITS,
  };
}
