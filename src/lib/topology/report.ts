import type { Topology } from '../definition/topology.ts';
import type { Observed } from './inspect.ts';
import { findSubscription } from './observed.ts';

/** Where everything of a topology is, as far as it was seen; null for what isn't there. */
export interface TopologyReport {
  readonly topic: { readonly name: string; readonly arn: string | null };
  readonly subscribers: readonly SubscriberReport[];
}

export interface SubscriberReport {
  readonly name: string;
  readonly queueUrl: string | null;
  readonly queueArn: string | null;
  readonly dlqUrl: string | null;
  readonly dlqArn: string | null;
  readonly subscriptionArn: string | null;
}

/** Sums up what was observed. */
export function reportOf(topology: Topology, observed: Observed): TopologyReport {
  return {
    topic: { name: topology.topic, arn: observed.topic?.arn ?? null },
    subscribers: topology.subscribers.map((spec) => {
      const queue = observed.queues.get(spec.queue);
      const dlq = observed.queues.get(spec.dlq);
      return {
        name: spec.name,
        queueUrl: queue?.url ?? null,
        queueArn: queue?.arn ?? null,
        dlqUrl: dlq?.url ?? null,
        dlqArn: dlq?.arn ?? null,
        subscriptionArn: findSubscription(observed, spec)?.arn ?? null,
      };
    }),
  };
}
