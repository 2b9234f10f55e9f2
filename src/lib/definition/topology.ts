import { usageError } from '../rules/errors.ts';
import type { FilterPolicyScope } from '../rules/filter-policy/scope.ts';
import { assertQueueName, assertTopicName } from '../rules/names.ts';
import { nearest } from '../rules/text/nearest.ts';

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
  /** What its subscription lets through, as JSON text; undefined for everything. */
  readonly filterPolicy: string | undefined;
  /** What the filter policy looks at. */
  readonly filterPolicyScope: FilterPolicyScope;
}

/** A topic and its subscribers, names prefixed and checked. */
export interface Topology {
  readonly name: string;
  /** What stands with a dash before every resource name; empty for nothing. */
  readonly prefix: string;
  readonly topic: string;
  /** Whether topic, queues and dead-letter queues are FIFO ones; their names then end in `.fifo`. */
  readonly fifo: boolean;
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
  filterPolicy: undefined,
  filterPolicyScope: 'MessageAttributes',
} as const;

/** What can be said of a subscriber. */
export type SubscriberChoices = Partial<
  Pick<SubscriberSpec, 'rawDelivery' | 'filterPolicy' | 'filterPolicyScope'>
>;

/** What can be said of a topology; what isn't is as `SUBSCRIBER_DEFAULTS` has it, on a standard topic. */
export interface TopologyChoices {
  readonly fifo?: boolean;
  /** By subscriber's name; one that the topology doesn't have yet is added to it. */
  readonly subscribers?: Readonly<Record<string, SubscriberChoices>>;
}

/** How the names of FIFO topics and queues end (`CreateTopic`, `CreateQueue`). */
const FIFO_SUFFIX = '.fifo';

/** Makes names of topics and queues: with the prefix and a dash before them, and `.fifo` at the end where they need it. */
export function resourceNames(prefix: string, fifo: boolean): (resource: string) => string {
  return (resource) =>
    `${prefix && `${prefix}-`}${resource}${fifo && !resource.endsWith(FIFO_SUFFIX) ? FIFO_SUFFIX : ''}`;
}

/** Checks all names of a topology. @throws AppError (exit 2) for one that AWS would refuse. */
export function assertNames({ topic, subscribers }: Topology): void {
  assertTopicName(topic);
  for (const { queue, dlq } of subscribers) {
    assertQueueName(queue);
    assertQueueName(dlq);
  }
}

/**
 * Builds a topology by name.
 * @param name one of `TOPOLOGY_NAMES`.
 * @param prefix put with a dash before every resource name; empty for none.
 * @throws AppError (exit 2) for an unknown topology or a name that AWS would refuse.
 */
export function createTopology(
  name: string,
  prefix: string,
  { fifo = false, subscribers = {} }: TopologyChoices = {},
): Topology {
  if (!(TOPOLOGY_NAMES as readonly string[]).includes(name)) {
    throw usageError(
      `Unknown topology "${name}".`,
      `Known: ${TOPOLOGY_NAMES.join(', ')}.`,
      'UnknownTopology',
    );
  }
  const named = resourceNames(prefix, fifo);
  const topology: Topology = {
    name,
    prefix,
    topic: named('order-events'),
    fifo,
    subscribers: [...new Set([...SUBSCRIBER_NAMES, ...Object.keys(subscribers)])].map(
      (subscriber) => ({
        name: subscriber,
        queue: named(`${subscriber}-service-queue`),
        dlq: named(`${subscriber}-service-dlq`),
        ...SUBSCRIBER_DEFAULTS,
        ...subscribers[subscriber],
      }),
    ),
  };
  assertNames(topology);
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
