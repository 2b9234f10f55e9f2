import { findQueueUrl, getQueueAttributes } from '../aws/queues.ts';
import { listTopicSubscriptions } from '../aws/subscriptions.ts';
import type { Attributes } from '../aws/topics.ts';
import type { SubscriberSpec } from '../model/topology.ts';
import { type Place, topicArnOf } from '../topology/inspect.ts';
import { allSettled, createLimit, type Limit } from '../topology/limit.ts';

/** How a topology is doing. Counts are SQS's approximate ones; null where there is no queue to count in. */
export interface Status {
  readonly topic: { readonly arn: string | null; readonly exists: boolean };
  readonly subscribers: readonly SubscriberStatus[];
}

export interface SubscriberStatus {
  readonly name: string;
  readonly queueUrl: string | null;
  /** Whether the topic has a confirmed subscription of the queue. */
  readonly subscribed: boolean;
  /** Messages that can be received. */
  readonly depth: number | null;
  /** Messages received and neither deleted nor visible again. */
  readonly inFlight: number | null;
  /** Messages that can't be received yet. */
  readonly delayed: number | null;
  /**
   * Always null so far: no SQS call tells it. AWS has it in CloudWatch only (`ApproximateAgeOfOldestMessage`).
   */
  readonly oldestAgeSeconds: number | null;
  /** Messages in the dead-letter queue, those in flight there included. */
  readonly dlqDepth: number | null;
}

/** Reads how a topology is doing. @throws AppError when a call is refused or nobody answers. */
export async function readStatus(place: Place): Promise<Status> {
  const limit = createLimit();
  const { aws, topology } = place;
  const topic = limit(async () => {
    const arn = await topicArnOf(place);
    const subscriptions = arn === undefined ? undefined : await listTopicSubscriptions(aws, arn);
    return { arn, subscriptions };
  });
  const [{ arn, subscriptions }, queues] = await Promise.all([
    topic,
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
      oldestAgeSeconds: null,
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

function count(attributes: Attributes | undefined, name: string): number | null {
  return attributes === undefined ? null : Number(attributes[name] ?? 0);
}
