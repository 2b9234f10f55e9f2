import { usageError } from './errors.ts';
import { assertQueueName, assertTopicName } from './names.ts';
import { nearest } from './nearest.ts';

/** One subscriber: a queue behind the topic and the dead-letter queue behind that. */
export interface SubscriberSpec {
  readonly name: string;
  readonly queue: string;
  readonly dlq: string;
  /** Seconds a received message stays hidden (0 to 43,200). */
  readonly visibilityTimeout: number;
  /** Seconds a receive waits for messages by default (0 to 20). */
  readonly receiveWait: number;
  /** Receives before a message goes to the dead-letter queue (1 to 1,000). */
  readonly maxReceiveCount: number;
  /** Seconds the dead-letter queue keeps a message (60 to 1,209,600). */
  readonly dlqRetention: number;
  readonly rawDelivery: boolean;
}

/** A topic and its subscribers, names prefixed and checked. */
export interface Topology {
  readonly name: string;
  /** What stands with a dash before every resource name; empty for nothing. */
  readonly prefix: string;
  readonly topic: string;
  readonly subscribers: readonly SubscriberSpec[];
}

/** Tag that every resource of ours carries; only what carries it is ever deleted. */
export const MANAGED_TAG = { key: 'managed-by', value: 'pubsub' } as const;
/** Tag that says which topology a resource belongs to. */
export const TOPOLOGY_TAG_KEY = 'pubsub:topology';

/** The tags of every resource of a topology. */
export function topologyTags(topology: Topology): Record<string, string> {
  return { [MANAGED_TAG.key]: MANAGED_TAG.value, [TOPOLOGY_TAG_KEY]: topology.name };
}

/** Topologies that can be chosen with `--topology`. */
export const TOPOLOGY_NAMES = ['orders'] as const;
/** Subscribers of the orders topology, in the order in which they are shown. */
export const SUBSCRIBER_NAMES = ['email', 'inventory', 'analytics'] as const;
export type SubscriberName = (typeof SUBSCRIBER_NAMES)[number];

/** Settings of a subscriber unless said otherwise. */
export const SUBSCRIBER_DEFAULTS = {
  visibilityTimeout: 30,
  receiveWait: 20,
  maxReceiveCount: 3,
  dlqRetention: 1_209_600,
  rawDelivery: false,
} as const;

/**
 * Builds a topology by name.
 * @param name one of `TOPOLOGY_NAMES`.
 * @param prefix put with a dash before every resource name; empty for none.
 * @throws AppError (exit 2) for an unknown topology or a name that AWS would refuse.
 */
export function createTopology(name: string, prefix: string): Topology {
  if (!(TOPOLOGY_NAMES as readonly string[]).includes(name)) {
    throw usageError(
      `Unknown topology "${name}".`,
      `Known: ${TOPOLOGY_NAMES.join(', ')}.`,
      'UnknownTopology',
    );
  }
  const prefixed = (resource: string): string => (prefix ? `${prefix}-${resource}` : resource);
  const topology: Topology = {
    name,
    prefix,
    topic: prefixed('order-events'),
    subscribers: SUBSCRIBER_NAMES.map((subscriber) => ({
      name: subscriber,
      queue: prefixed(`${subscriber}-service-queue`),
      dlq: prefixed(`${subscriber}-service-dlq`),
      ...SUBSCRIBER_DEFAULTS,
    })),
  };
  assertTopicName(topology.topic);
  for (const { queue, dlq } of topology.subscribers) {
    assertQueueName(queue);
    assertQueueName(dlq);
  }
  return topology;
}

/**
 * Finds a topology's subscribers by what the user typed: a name, or `all`.
 * @throws AppError (exit 2) with the nearest name when there is none.
 */
export function findSubscribers(topology: Topology, wanted: string): readonly SubscriberSpec[] {
  if (wanted === 'all') return topology.subscribers;
  const found = topology.subscribers.find(({ name }) => name === wanted);
  if (found) return [found];
  const names = [...topology.subscribers.map(({ name }) => name), 'all'];
  const near = nearest(wanted, names);
  throw usageError(
    `Unknown subscriber "${wanted}".${near ? ` Did you mean "${near}"?` : ''}`,
    `Subscribers: ${names.join(', ')}.`,
    'UnknownSubscriber',
  );
}
