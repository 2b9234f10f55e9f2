import { type QueueInsight, readQueueInsights } from '../aws/observer.ts';
import { findQueueUrl, getQueueAttributes } from '../aws/queues.ts';
import { listTopicSubscriptions } from '../aws/subscriptions.ts';
import type { Attributes } from '../aws/topics.ts';
import type { Status } from '../model/status.ts';
import type { SubscriberSpec } from '../model/topology.ts';
import { type Place, topicArnOf } from '../topology/inspect.ts';
import { allSettled, createLimit, type Limit } from '../topology/limit.ts';

/** Reads how a topology is doing. @throws AppError when a call is refused or nobody answers. */
export async function readStatus(place: Place): Promise<Status> {
  const limit = createLimit();
  const { aws, topology } = place;
  const topic = limit(async () => {
    const arn = await topicArnOf(place);
    const subscriptions = arn === undefined ? undefined : await listTopicSubscriptions(aws, arn);
    return { arn, subscriptions };
  });
  const [{ arn, subscriptions }, insights, queues] = await Promise.all([
    topic,
    readQueueInsights(aws),
    allSettled(topology.subscribers.map((spec) => readQueues(place, spec, limit))),
  ]);
  return {
    topic: { arn: arn ?? null, exists: subscriptions !== undefined },
    subscribers: queues.map(({ spec, url, queue, dlq }) => ({
      name: spec.name,
      queueUrl: queue ? (url ?? null) : null,
      subscribed:
        queue !== undefined &&
        (subscriptions ?? []).some(({ endpoint }) => endpoint === queue.QueueArn),
      depth: count(queue, 'ApproximateNumberOfMessages'),
      inFlight: count(queue, 'ApproximateNumberOfMessagesNotVisible'),
      delayed: count(queue, 'ApproximateNumberOfMessagesDelayed'),
      oldestAgeSeconds: insight(insights, queue)?.oldestAgeSeconds ?? null,
      dlqDepth:
        dlq === undefined
          ? null
          : (count(dlq, 'ApproximateNumberOfMessages') ?? 0) +
            (count(dlq, 'ApproximateNumberOfMessagesNotVisible') ?? 0),
    })),
  };
}

async function readQueues({ aws }: Place, spec: SubscriberSpec, limit: Limit) {
  const read = async (name: string): Promise<{ url?: string; attributes?: Attributes }> => {
    const url = await limit(() => findQueueUrl(aws, name));
    if (url === undefined) return {};
    const attributes = await limit(() => getQueueAttributes(aws, url));
    return attributes ? { url, attributes } : {};
  };
  const [queue, dlq] = await Promise.all([read(spec.queue), read(spec.dlq)]);
  return { spec, url: queue.url, queue: queue.attributes, dlq: dlq.attributes };
}

function insight(
  insights: ReadonlyMap<string, QueueInsight> | undefined,
  queue: Attributes | undefined,
): QueueInsight | undefined {
  return insights?.get(queue?.QueueArn ?? '');
}

function count(attributes: Attributes | undefined, name: string): number | null {
  return attributes === undefined ? null : Number(attributes[name] ?? 0);
}
