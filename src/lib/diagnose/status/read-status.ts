import { type EngineMapping, readEngineMappings } from '../../aws/engine-mappings.ts';
import { readQueueInsights, readReceivers } from '../../aws/observer.ts';
import { findQueueUrl, getQueueAttributes } from '../../aws/queues.ts';
import { listTopicSubscriptions, type Subscription } from '../../aws/subscriptions.ts';
import type { Attributes } from '../../aws/topics.ts';
import type { SubscriberSpec, TopicSpec } from '../../definition/topology.ts';
import { functionNameOf } from '../../topology/functions/find-mapping.ts';
import { type Place, topicArnOf } from '../../topology/inspect.ts';
import { allSettled, createLimit, type Limit } from '../../topology/limit.ts';
import type { Status } from './status.ts';

/** A topic and its subscriptions; these are undefined where it isn't there. */
interface TopicReading {
  readonly spec: TopicSpec;
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
 * each dead-letter queue, and one of SNS for each topic; later ones cost one of SQS for each, since what queues are called doesn't
 * change.
 * @param options.subscriptionsFor milliseconds for which the topics' subscriptions are taken as they were read.
 * @returns a reader that throws AppError when a call is refused or nobody answers.
 */
export function createStatusReader(
  place: Place,
  options: { readonly subscriptionsFor: number },
): () => Promise<Status> {
  const { aws, topology } = place;
  const urls = new Map<string, string>();
  let topics: { readonly readings: readonly TopicReading[]; readonly until: number } | undefined;
  const readTopics = async (limit: Limit): Promise<readonly TopicReading[]> => {
    if (topics !== undefined && performance.now() < topics.until) return topics.readings;
    const readings = await allSettled(
      topology.topics.map((spec) =>
        limit(async () => {
          const arn = await topicArnOf(place, spec);
          const subscriptions =
            arn === undefined ? undefined : await listTopicSubscriptions(aws, arn);
          return { spec, arn, subscriptions };
        }),
      ),
    );
    topics = { readings, until: performance.now() + options.subscriptionsFor };
    return readings;
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
        spec.dlq === undefined ? Promise.resolve(undefined) : readQueue(spec.dlq, limit),
      ]);
      return { spec, queue, dlq };
    };
    const [found, insights, receivers, mappings, queues] = await Promise.all([
      readTopics(limit),
      readQueueInsights(aws),
      readReceivers(aws),
      readEngineMappings(aws),
      allSettled(topology.subscribers.map(readBoth)),
    ]);
    const [first] = found;
    return {
      topic: { arn: first?.arn ?? null, exists: first?.subscriptions !== undefined },
      topics: found.map(({ spec: { key, name }, arn, subscriptions }) => ({
        key,
        name,
        arn: arn ?? null,
        exists: subscriptions !== undefined,
      })),
      subscribers: queues.map(({ spec, queue, dlq }) => {
        const insight = insights?.get(queue?.QueueArn ?? '');
        return {
          name: spec.name,
          queueUrl: queue ? (urls.get(spec.queue) ?? null) : null,
          subscribed: queue !== undefined && isSubscribed(spec, queue.QueueArn, found),
          depth: count(queue, 'ApproximateNumberOfMessages'),
          inFlight: count(queue, 'ApproximateNumberOfMessagesNotVisible'),
          delayed: count(queue, 'ApproximateNumberOfMessagesDelayed'),
          oldestAgeSeconds: insight?.oldestAgeSeconds ?? null,
          dlqExists: spec.dlq === undefined ? null : dlq !== undefined,
          dlqDepth:
            dlq === undefined
              ? null
              : (count(dlq, 'ApproximateNumberOfMessages') ?? 0) +
                (count(dlq, 'ApproximateNumberOfMessagesNotVisible') ?? 0),
          arrived: insight?.arrived ?? null,
          left: insight?.left ?? null,
          functions: queue && mappings ? functionsOf(mappings, queue.QueueArn) : null,
          consumers: queue && receivers ? (receivers.get(queue.QueueArn ?? '')?.length ?? 0) : null,
        };
      }),
    };
  };
}

function functionsOf(mappings: readonly EngineMapping[], queueArn: string | undefined): string[] {
  return mappings
    .filter((each) => each.enabled && each.queueArn === queueArn)
    .map(({ functionArn }) => functionNameOf(functionArn));
}

/** Whether all of a subscriber's topics have a subscription of its queue; a queue without topics has none. */
function isSubscribed(
  { subscriptions }: SubscriberSpec,
  queueArn: string | undefined,
  topics: readonly TopicReading[],
): boolean {
  return (
    subscriptions.length > 0 &&
    subscriptions.every(({ topic }) =>
      topics
        .find(({ spec }) => spec.key === topic)
        ?.subscriptions?.some(({ endpoint }) => endpoint === queueArn),
    )
  );
}

function count(attributes: Attributes | undefined, name: string): number | null {
  return attributes === undefined ? null : Number(attributes[name] ?? 0);
}
