import type { Broker } from '../config/target.ts';
import type { Topology } from '../definition/topology.ts';
import type { TopologyReport } from '../topology/report.ts';
import type { Observed } from './observed.ts';

/** A queue's address, as programs and people tell queues apart. */
export function queueUrl({ url }: Broker, name: string): string {
  return `${url}/${name}`;
}

/** Where everything of a topology is; a broker has no ARNs. */
export function reportOf(broker: Broker, topology: Topology, { queues }: Observed): TopologyReport {
  const topics = topology.topics.map(({ key, name }) => ({ key, name, arn: null }));
  const [topic = { key: '', name: '', arn: null }] = topics;
  const urlOf = (name: string | undefined): string | null =>
    name !== undefined && queues.has(name) ? queueUrl(broker, name) : null;
  return {
    topic,
    topics,
    subscribers: topology.subscribers.map(({ name, queue, dlq, subscriptions }) => ({
      name,
      queueUrl: urlOf(queue),
      queueArn: null,
      dlqUrl: urlOf(dlq),
      dlqArn: null,
      subscriptionArn: null,
      subscriptions: subscriptions.map(({ topic: key }) => ({ topic: key, arn: null })),
    })),
  };
}
