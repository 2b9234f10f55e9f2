import {
  queueNames,
  type SubscriberSpec,
  type Topology,
  topologyTags,
} from '../definition/topology.ts';
import { usageError } from '../rules/errors.ts';
import { routingOf } from './routing.ts';

/** Arguments of an exchange or a queue: RabbitMQ's own begin with `x-`, the others are our tags. */
export type Arguments = Readonly<Record<string, string | number>>;

/** What a topology is on RabbitMQ. */
export interface Wanted {
  readonly exchanges: readonly { readonly name: string; readonly arguments: Arguments }[];
  /** Dead-letter queues first: the others name them. */
  readonly queues: readonly WantedQueue[];
  readonly bindings: readonly WantedBinding[];
}

/** A queue as it is to be. */
export interface WantedQueue {
  readonly type: 'dlq' | 'queue';
  readonly name: string;
  readonly arguments: Arguments;
}

/** How an exchange leads to a queue. */
export interface WantedBinding {
  readonly exchange: string;
  /** The key of the exchange's topic, where the topology has several. */
  readonly topic: string | undefined;
  readonly queue: string;
  readonly keys: readonly string[];
}

/**
 * The delivery limit of a dead-letter queue, which each look at a message comes nearer to: none would count as 20 from
 * RabbitMQ 4.0 on, and before as one that puts what is given back at the end of the queue.
 */
export const DLQ_DELIVERY_LIMIT = 1_000_000;

/**
 * What setup makes: a topic exchange for each topic, a quorum queue for each queue, and bindings for the subscriptions.
 * A message that was handed out `maxReceiveCount` times goes to the dead-letter queue once that has confirmed it
 * (`at-least-once`); so does one whose retention is over.
 * @see https://www.rabbitmq.com/docs/quorum-queues
 * @throws AppError `NotOnRabbitMq` (exit 2) that names all that the topology says and RabbitMQ hasn't.
 */
export function wantedOf(topology: Topology): Wanted {
  const missing = missingOf(topology);
  const [first] = missing;
  if (first !== undefined) {
    const more = missing.length > 1 ? ` And: ${missing.slice(1).join('; ')}.` : '';
    throw usageError(
      `RabbitMQ has no way to do what the topology says: ${first}.${more}`,
      'See what works there, and what can take its place: docs/rabbitmq.md',
      'NotOnRabbitMq',
    );
  }
  const several = topology.topics.length > 1;
  const exchanges = new Map(topology.topics.map(({ key, name }) => [key, name]));
  return {
    exchanges: topology.topics.map(({ name, tags }) => ({
      name,
      arguments: { ...tags, ...topologyTags(topology) },
    })),
    queues: [...dlqsOf(topology), ...topology.subscribers.map((spec) => queueOf(topology, spec))],
    bindings: topology.subscribers.flatMap(({ queue, subscriptions }) =>
      subscriptions.map((spec) => ({
        exchange: exchanges.get(spec.topic) ?? spec.topic,
        topic: several ? spec.topic : undefined,
        queue,
        keys: routingOf(spec).keys ?? [],
      })),
    ),
  };
}

function queueOf(topology: Topology, spec: SubscriberSpec): WantedQueue {
  const { queue, dlq, retention, maxReceiveCount } = spec;
  const deadLetters = {
    'x-dead-letter-exchange': '',
    'x-dead-letter-routing-key': dlq ?? '',
    // Until the dead-letter queue has it, the queue keeps it; this needs reject-publish.
    'x-dead-letter-strategy': 'at-least-once',
    'x-overflow': 'reject-publish',
    // Of the deliveries after the first one.
    'x-delivery-limit': maxReceiveCount - 1,
  };
  return {
    type: 'queue',
    name: queue,
    arguments: {
      'x-queue-type': 'quorum',
      'x-message-ttl': retention * 1000,
      ...(dlq === undefined ? {} : deadLetters),
      ...topologyTags(topology),
    },
  };
}

/** Several subscribers may share one. */
function dlqsOf(topology: Topology): WantedQueue[] {
  const retentions = new Map(
    topology.subscribers.flatMap(({ dlq, dlqRetention }) =>
      dlq === undefined ? [] : [[dlq, dlqRetention] as const],
    ),
  );
  return [...retentions].map(([name, retention]) => ({
    type: 'dlq',
    name,
    arguments: {
      'x-queue-type': 'quorum',
      'x-message-ttl': retention * 1000,
      'x-delivery-limit': DLQ_DELIVERY_LIMIT,
      ...topologyTags(topology),
    },
  }));
}

/** What a topology says that RabbitMQ can't be told, as clauses. */
function missingOf({ topics, subscribers }: Topology): string[] {
  return [
    ...topics.flatMap(({ name, arn, fifo, kmsKey }) => [
      ...(arn === undefined ? [] : [`"${name}" is a topic of SNS, by its ARN`]),
      ...(fifo
        ? [`the topic "${name}" is FIFO: groups and deduplication are SNS's and SQS's`]
        : []),
      ...(kmsKey ? [`the topic "${name}" has a KMS key`] : []),
    ]),
    ...subscribers.flatMap((spec) => [
      ...(spec.fifo ? [`the queue "${spec.queue}" is FIFO`] : []),
      ...(spec.kmsKey || spec.dlqKmsKey ? [`a queue of "${spec.name}" has a KMS key`] : []),
      ...(spec.delay > 0
        ? [`the queue "${spec.queue}" delays its messages (${spec.delay} s)`]
        : []),
      ...spec.subscriptions.flatMap((subscription) => {
        const routing = routingOf(subscription);
        if (routing.keys !== undefined) return [];
        return [
          `the filter of "${spec.name}" is no binding of a topic exchange, for ${routing.why} (what can be bound: event_type as a whole, a prefix of it that ends with a dot, exists)`,
        ];
      }),
      ...queueNames(spec)
        .filter((name) => name.startsWith('amq.') || Buffer.byteLength(name) > 255)
        .map((name) => `no queue can be named "${name}"`),
    ]),
  ];
}
