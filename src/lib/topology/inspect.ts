import type { Aws } from '../aws/clients.ts';
import { findQueueUrl, getQueueAttributes } from '../aws/queues.ts';
import {
  getSubscriptionAttributes,
  listTopicSubscriptions,
  type Subscription,
} from '../aws/subscriptions.ts';
import { queueTags, topicTags } from '../aws/tags.ts';
import { type Attributes, findTopicArn, getTopicAttributes } from '../aws/topics.ts';
import type { TargetIdentity } from '../config/target.ts';
import type { Topology } from '../definition/topology.ts';
import { parseArn } from '../rules/names.ts';
import { allSettled, createLimit, type Limit } from './limit.ts';

/** A topic as it stands. */
export interface ObservedTopic {
  readonly arn: string;
  readonly attributes: Attributes;
  readonly tags: Attributes;
}

/** A queue as it stands. */
export interface ObservedQueue {
  readonly name: string;
  readonly url: string;
  readonly arn: string;
  readonly attributes: Attributes;
  readonly tags: Attributes;
}

/** A subscription as it stands; no attributes where nobody asked for them. */
export interface ObservedSubscription extends Subscription {
  readonly attributes: Attributes;
}

/** What is there of a topology. */
export interface Observed {
  /** Where the topic is, or would be; undefined where it isn't there and the account is unknown. */
  readonly topicArn: string | undefined;
  readonly topic: ObservedTopic | undefined;
  /** Queues and dead-letter queues that exist, by name. */
  readonly queues: ReadonlyMap<string, ObservedQueue>;
  /** All subscriptions of the topic, other people's too. */
  readonly subscriptions: readonly ObservedSubscription[];
}

/** Where to look. */
export interface Place {
  readonly aws: Aws;
  readonly identity: TargetIdentity;
  readonly topology: Topology;
}

/**
 * Reads what is there of a topology: two rounds of parallel calls, nothing written.
 * @param options.subscriptionAttributes whether to read those of our queues' subscriptions, one call each.
 * @throws AppError when a call is refused or nobody answers.
 */
export async function inspect(
  place: Place,
  options: { subscriptionAttributes: boolean },
): Promise<Observed> {
  const limit = createLimit();
  const { topology } = place;
  const names = topology.subscribers.flatMap(({ queue, dlq }) => [queue, dlq]);
  const [topic, queues] = await Promise.all([
    inspectTopic(place, limit, options.subscriptionAttributes),
    allSettled(names.map((name) => inspectQueue(place.aws, name, limit))),
  ]);
  return {
    ...topic,
    queues: new Map(
      queues.filter((queue) => queue !== undefined).map((queue) => [queue.name, queue]),
    ),
  };
}

async function inspectTopic(
  place: Place,
  limit: Limit,
  withAttributes: boolean,
): Promise<Omit<Observed, 'queues'>> {
  const { aws, topology } = place;
  const arn = await limit(() => topicArnOf(place));
  if (arn === undefined) return { topicArn: undefined, topic: undefined, subscriptions: [] };
  const [attributes, tags, subscriptions] = await Promise.all([
    limit(() => getTopicAttributes(aws, arn)),
    limit(() => topicTags(aws, arn)),
    limit(() => listTopicSubscriptions(aws, arn)),
  ]);
  if (!attributes || !tags || !subscriptions) {
    return { topicArn: arn, topic: undefined, subscriptions: [] };
  }
  const ours = new Set(topology.subscribers.map(({ queue }) => queue));
  return {
    topicArn: arn,
    topic: { arn, attributes, tags },
    subscriptions: await allSettled(
      subscriptions.map(async (subscription) => {
        const wanted = withAttributes && ours.has(parseArn(subscription.endpoint)?.resource ?? '');
        return {
          ...subscription,
          attributes: wanted
            ? ((await limit(() => getSubscriptionAttributes(aws, subscription.arn))) ?? {})
            : {},
        };
      }),
    ),
  };
}

async function inspectQueue(
  aws: Aws,
  name: string,
  limit: Limit,
): Promise<ObservedQueue | undefined> {
  const url = await limit(() => findQueueUrl(aws, name));
  if (url === undefined) return undefined;
  const [attributes, tags] = await Promise.all([
    limit(() => getQueueAttributes(aws, url)),
    limit(() => queueTags(aws, url)),
  ]);
  // AWS may still answer with the URL of a queue that was just deleted.
  if (!attributes || !tags) return undefined;
  return { name, url, arn: attributes.QueueArn ?? '', attributes, tags };
}

/**
 * The ARN that the topology's topic has, or would have. Where the server doesn't say which account it serves, the
 * topics are searched for the name: undefined then means that there is no such topic.
 */
export async function topicArnOf({ aws, identity, topology }: Place): Promise<string | undefined> {
  if (!identity.account) return findTopicArn(aws, topology.topic);
  const partition = parseArn(identity.arn ?? '')?.partition ?? 'aws';
  return `arn:${partition}:sns:${identity.region}:${identity.account}:${topology.topic}`;
}
