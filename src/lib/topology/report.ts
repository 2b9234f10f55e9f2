import type { Topology } from '../definition/topology.ts';
import type { Observed } from './inspect.ts';
import { findSubscription, observedTopic } from './observed.ts';

/** Where everything of a topology is, as far as it was seen; null for what isn't there. */
export interface TopologyReport {
  /** The first of the topics. */
  readonly topic: TopicReport;
  readonly topics: readonly TopicReport[];
  readonly subscribers: readonly SubscriberReport[];
  /** Left out where the topology has none, or they are made elsewhere. */
  readonly tables?: readonly TopicReport[];
  readonly functions?: readonly TopicReport[];
}

/** Where a topic, table or function is. */
export interface TopicReport {
  readonly key: string;
  readonly name: string;
  readonly arn: string | null;
}

/** Where a subscriber's queues and subscriptions are. */
export interface SubscriberReport {
  readonly name: string;
  readonly queueUrl: string | null;
  readonly queueArn: string | null;
  readonly dlqUrl: string | null;
  readonly dlqArn: string | null;
  /** The first of the subscriptions. */
  readonly subscriptionArn: string | null;
  readonly subscriptions: readonly { readonly topic: string; readonly arn: string | null }[];
}

/** Sums up what was observed. */
export function reportOf(topology: Topology, observed: Observed): TopologyReport {
  const topics = topology.topics.map(({ key, name }) => {
    const { exists, arn } = observedTopic(observed, key);
    return { key, name, arn: (exists ? arn : undefined) ?? null };
  });
  const [topic = { key: '', name: '', arn: null }] = topics;
  const { functions: found } = observed;
  const placed = (
    specs: readonly { readonly key: string; readonly name: string }[],
    there: ReadonlyMap<string, { readonly arn: string }>,
  ): TopicReport[] =>
    specs.map(({ key, name }) => ({ key, name, arn: there.get(name)?.arn ?? null }));
  return {
    ...(found && {
      tables: placed(topology.tables, found.tables),
      functions: placed(topology.functions, found.functions),
    }),
    topic,
    topics,
    subscribers: topology.subscribers.map((spec) => {
      const queue = observed.queues.get(spec.queue);
      const dlq = spec.dlq === undefined ? undefined : observed.queues.get(spec.dlq);
      const subscriptions = spec.subscriptions.map(({ topic: key }) => ({
        topic: key,
        arn: findSubscription(observed, spec.queue, key)?.arn ?? null,
      }));
      return {
        name: spec.name,
        queueUrl: queue?.url ?? null,
        queueArn: queue?.arn ?? null,
        dlqUrl: dlq?.url ?? null,
        dlqArn: dlq?.arn ?? null,
        subscriptionArn: subscriptions[0]?.arn ?? null,
        subscriptions,
      };
    }),
  };
}
