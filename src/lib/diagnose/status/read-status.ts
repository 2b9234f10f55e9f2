import { readQueueInsights, readReceivers } from '../../aws/observer.ts';
import { findQueueUrl, getQueueAttributes } from '../../aws/queues.ts';
import { listTopicSubscriptions, type Subscription } from '../../aws/subscriptions.ts';
import type { Attributes } from '../../aws/topics.ts';
import type { SubscriberSpec } from '../../definition/topology.ts';
import { type Place, topicArnOf } from '../../topology/inspect.ts';
import { allSettled, createLimit, type Limit } from '../../topology/limit.ts';
import type { Status } from './status.ts';

/** Reads how a topology is doing, once. @throws AppError when a call is refused or nobody answers. */
export function readStatus(place: Place): Promise<Status> {
  return createStatusReader(place, { subscriptionsFor: 0 })();
}

/** The topic and its subscriptions; these are undefined where it isn't there. */
interface TopicReading {
  readonly arn: string | undefined;
  readonly subscriptions: readonly Subscription[] | undefined;
}

/** What is read of a queue. */
const COUNTED = [
  'QueueArn',
  'ApproximateNumberOfMessages',
  'ApproximateNumberOfMessagesNotVisible',
  'ApproximateNumberOfMessagesDelayed',
] as const;

/**
 * Reads how a topology is doing, as often as it is called. The first reading costs two SQS requests for each queue and
 * each dead-letter queue, and one of SNS; later ones cost one of SQS for each, since what queues are called doesn't
 * change.
 * @param options.subscriptionsFor milliseconds for which the topic's subscriptions are taken as they were read.
 * @returns a reader that throws AppError when a call is refused or nobody answers.
 */
export function createStatusReader(
  place: Place,
  options: { readonly subscriptionsFor: number },
): () => Promise<Status> {
  const { aws, topology } = place;
  const urls = new Map<string, string>();
  let topic: { readonly reading: TopicReading; readonly until: number } | undefined;
  const readTopic = async (): Promise<TopicReading> => {
    if (topic !== undefined && performance.now() < topic.until) return topic.reading;
    const arn = await topicArnOf(place);
    const subscriptions = arn === undefined ? undefined : await listTopicSubscriptions(aws, arn);
    topic = {
      reading: { arn, subscriptions },
      until: performance.now() + options.subscriptionsFor,
    };
    return topic.reading;
  };
  const readQueue = async (name: string, limit: Limit): Promise<Attributes | undefined> => {
    const url = urls.get(name) ?? (await limit(() => findQueueUrl(aws, name)));
    if (url === undefined) return undefined;
    const attributes = await limit(() => getQueueAttributes(aws, url, COUNTED));
    if (attributes) urls.set(name, url);
    else urls.delete(name);
    return attributes;
  };
  return async () => {
    const limit = createLimit();
    const readBoth = async (spec: SubscriberSpec) => {
      const [queue, dlq] = await allSettled([
        readQueue(spec.queue, limit),
        readQueue(spec.dlq, limit),
      ]);
      return { spec, queue, dlq };
    };
    const [{ arn, subscriptions }, insights, receivers, queues] = await Promise.all([
      limit(readTopic),
      readQueueInsights(aws),
      readReceivers(aws),
      allSettled(topology.subscribers.map(readBoth)),
    ]);
    return {
      topic: { arn: arn ?? null, exists: subscriptions !== undefined },
      subscribers: queues.map(({ spec, queue, dlq }) => {
        const insight = insights?.get(queue?.QueueArn ?? '');
        return {
          name: spec.name,
          queueUrl: queue ? (urls.get(spec.queue) ?? null) : null,
          subscribed:
            queue !== undefined &&
            (subscriptions ?? []).some(({ endpoint }) => endpoint === queue.QueueArn),
          depth: count(queue, 'ApproximateNumberOfMessages'),
          inFlight: count(queue, 'ApproximateNumberOfMessagesNotVisible'),
          delayed: count(queue, 'ApproximateNumberOfMessagesDelayed'),
          oldestAgeSeconds: insight?.oldestAgeSeconds ?? null,
          dlqDepth:
            dlq === undefined
              ? null
              : (count(dlq, 'ApproximateNumberOfMessages') ?? 0) +
                (count(dlq, 'ApproximateNumberOfMessagesNotVisible') ?? 0),
          arrived: insight?.arrived ?? null,
          left: insight?.left ?? null,
          consumers: queue && receivers ? (receivers.get(queue.QueueArn ?? '')?.length ?? 0) : null,
        };
      }),
    };
  };
}

function count(attributes: Attributes | undefined, name: string): number | null {
  return attributes === undefined ? null : Number(attributes[name] ?? 0);
}
