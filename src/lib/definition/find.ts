import { usageError } from '../rules/errors.ts';
import { nearest } from '../rules/text/nearest.ts';
import type { FunctionSpec, SubscriberSpec, TopicSpec, Topology } from './topology.ts';

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

/** A subscriber that has a dead-letter queue. */
export type DeadLetterSource = SubscriberSpec & { readonly dlq: string };

/**
 * Like `findSubscribers`, of those that have a dead-letter queue.
 * @throws AppError (exit 2) also where the one that was named has none, or nobody has.
 */
export function findDeadLetterSources(
  topology: Topology,
  wanted: string,
): readonly DeadLetterSource[] {
  const found = findSubscribers(topology, wanted).filter(hasDeadLetters);
  if (found.length > 0) return found;
  throw usageError(
    wanted === 'all'
      ? 'No subscriber has a dead-letter queue.'
      : `${wanted} has no dead-letter queue.`,
    topology.managed
      ? 'Give it one with "dlq: {}" in pubsub.yaml, then run: pubsub setup'
      : "Its owner gives it one with the queue's RedrivePolicy. See what is there with: pubsub ls",
    'NoDeadLetterQueue',
  );
}

/** Whether a subscriber has a dead-letter queue. */
export function hasDeadLetters(subscriber: SubscriberSpec): subscriber is DeadLetterSource {
  return subscriber.dlq !== undefined;
}

/** The function that handles a subscriber's messages; undefined where something else does, or nothing. */
export function functionOf(
  { handler }: Pick<SubscriberSpec, 'handler'>,
  functions: readonly FunctionSpec[],
): FunctionSpec | undefined {
  if (handler === undefined || !('function' in handler)) return undefined;
  return functions.find(({ key }) => key === handler.function);
}

/** The topic with this key. @throws Error where the topology has none: keys are checked when it is built. */
export function topicByKey(topology: Topology, key: string): TopicSpec {
  const found = topology.topics.find((topic) => topic.key === key);
  if (!found) throw new Error(`the topology ${topology.name} has no topic ${key}`);
  return found;
}

/**
 * The topic that a command works on.
 * @param wanted a topic's key, name or ARN; the only topic unless given.
 * @throws AppError (exit 2) `UnknownTopic` with the nearest one, `MissingTopic` where there are several to choose from.
 */
export function chooseTopic(topology: Topology, wanted: string | undefined): TopicSpec {
  const { topics } = topology;
  const keys = topics.map(({ key }) => key);
  if (wanted === undefined) {
    const [only, ...others] = topics;
    if (only && others.length === 0) return only;
    if (only === undefined) throw noTopic(topology);
    throw usageError(
      `Which topic? ${topology.name} has ${topics.length}.`,
      `Add one of: ${keys.map((key) => `--topic ${key}`).join(', ')}`,
      'MissingTopic',
    );
  }
  const found =
    topics.find(({ key }) => key === wanted) ??
    topics.find(({ name, arn }) => name === wanted || arn === wanted || isArnOf(wanted, name));
  if (found) return found;
  const near = nearest(wanted, keys);
  throw usageError(
    `Unknown topic "${wanted}".${near ? ` Did you mean "${near}"?` : ''}`,
    `Topics: ${keys.join(', ')}.`,
    'UnknownTopic',
  );
}

/** The error for queues that hang on no topic: a topology that was described for one look at a queue. */
function noTopic({ subscribers }: Topology) {
  return usageError(
    `No topic delivers to ${subscribers.map(({ queue }) => queue).join(', ')}.`,
    'See what is there with: pubsub ls',
    'MissingTopic',
  );
}

/** Whether an ARN can be that of a topic of this name, whatever its account and region. */
function isArnOf(text: string, name: string): boolean {
  return text.startsWith('arn:') && text.endsWith(`:${name}`);
}
