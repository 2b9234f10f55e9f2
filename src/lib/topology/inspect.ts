import type { Aws } from '../aws/clients.ts';
import { findQueueUrl, getQueueAttributes } from '../aws/queues.ts';
import {
  getSubscriptionAttributes,
  listSubscriptions,
  listTopicSubscriptions,
  type Subscription,
} from '../aws/subscriptions.ts';
import { queueTags, topicTags } from '../aws/tags.ts';
import { type Attributes, findTopicArn, getTopicAttributes } from '../aws/topics.ts';
import type { TargetIdentity } from '../config/target.ts';
import { queueNames, type TopicSpec, type Topology } from '../definition/topology.ts';
import { AppError, EXIT } from '../rules/errors.ts';
import { parseArn, topicArn } from '../rules/names.ts';
import { hasFunctionsToMake } from './functions/made-here.ts';
import type { ObservedFunctions } from './functions/observe.ts';
import { findStrays, type StrayMapping } from './functions/strays.ts';
import { allSettled, createLimit, type Limit } from './limit.ts';

/** A topic as it stands. */
export interface ObservedTopic {
  /** Where it is, or would be; undefined where it isn't there and the account is unknown. */
  readonly arn: string | undefined;
  readonly exists: boolean;
  /** Empty where it isn't there. */
  readonly attributes: Attributes;
  readonly tags: Attributes;
  /** All of its subscriptions, other people's too. */
  readonly subscriptions: readonly ObservedSubscription[];
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
  /** All topics of the topology, by key. */
  readonly topics: ReadonlyMap<string, ObservedTopic>;
  /** Queues and dead-letter queues that exist, by name. */
  readonly queues: ReadonlyMap<string, ObservedQueue>;
  /** Undefined where the topology has neither tables nor functions, and on AWS, where they are deployed. */
  readonly functions?: ObservedFunctions | undefined;
  /** Mappings of its queues and functions that it doesn't say, where an engine tells them, or `functions` are read. */
  readonly strays: readonly StrayMapping[];
}

/** Where to look. */
export interface Place {
  readonly aws: Aws;
  readonly identity: TargetIdentity;
  readonly topology: Topology;
}

/**
 * Reads what is there of a topology: two rounds of parallel calls, and a third of its functions; nothing is written.
 * @param options.subscriptionAttributes whether to read those of our queues' subscriptions, one call each, and to pack
 * the code of its functions: what a plan is made of.
 * @throws AppError when a call is refused or nobody answers.
 */
export async function inspect(
  place: Place,
  options: { subscriptionAttributes: boolean },
): Promise<Observed> {
  const limit = createLimit();
  const { topology } = place;
  const names = [...new Set(topology.subscribers.flatMap(queueNames))];
  const [topics, queues] = await Promise.all([
    allSettled(
      topology.topics.map(async (spec) => {
        const observed = await inspectTopic(place, spec, limit, options.subscriptionAttributes);
        return [spec.key, observed] as const;
      }),
    ),
    allSettled(names.map((name) => inspectQueue(place.aws, name, limit))),
  ]);
  const byName = new Map(
    queues.filter((queue) => queue !== undefined).map((queue) => [queue.name, queue]),
  );
  const observed = { topics: new Map(topics), queues: byName };
  const queueArns = new Map([...byName].map(([name, { arn }]) => [name, arn]));
  if (!hasFunctionsToMake(place)) {
    return { ...observed, strays: await findStrays(place, queueArns, []) };
  }
  const { observeFunctions } = await import('./functions/observe.ts');
  const functions = await observeFunctions({ ...place, queueArns }, limit, {
    packages: options.subscriptionAttributes,
  });
  const strays = await findStrays(place, queueArns, functions.mappings);
  return { ...observed, functions, strays };
}

const NOTHING = { exists: false, attributes: {}, tags: {}, subscriptions: [] } as const;

async function inspectTopic(
  place: Place,
  spec: TopicSpec,
  limit: Limit,
  withAttributes: boolean,
): Promise<ObservedTopic> {
  const { aws, topology } = place;
  const arn = await limit(() => topicArnOf(place, spec));
  if (arn === undefined) return { arn, ...NOTHING };
  const [attributes, tags, subscriptions] = await (spec.arn === undefined
    ? Promise.all([
        limit(() => getTopicAttributes(aws, arn)),
        limit(() => topicTags(aws, arn)),
        limit(() => listTopicSubscriptions(aws, arn)),
      ])
    : readForeignTopic(aws, arn, limit));
  if (!attributes || !tags || !subscriptions) return { arn, ...NOTHING };
  const ours = new Set(topology.subscribers.map(({ queue }) => queue));
  return {
    arn,
    exists: true,
    attributes,
    tags,
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

/**
 * What can be seen of somebody else's topic. Its owner may let us subscribe and not look: then it counts as there, and
 * our own subscriptions of it are found in the list of all of ours.
 */
async function readForeignTopic(
  aws: Aws,
  arn: string,
  limit: Limit,
): Promise<[Attributes | undefined, Attributes, Subscription[] | undefined]> {
  const [attributes, subscriptions] = await Promise.all([
    limit(() => unlessDenied(() => getTopicAttributes(aws, arn), {})),
    limit(() => unlessDenied(() => listTopicSubscriptions(aws, arn), 'denied')),
  ]);
  if (subscriptions !== 'denied') return [attributes, {}, subscriptions];
  const ours: Subscription[] = [];
  for await (const each of listSubscriptions(aws, arn)) if (each.topicArn === arn) ours.push(each);
  return [attributes, {}, ours];
}

async function unlessDenied<T, const D>(read: () => Promise<T>, instead: D): Promise<T | D> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof AppError && error.exitCode === EXIT.denied) return instead;
    throw error;
  }
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
 * The ARN that a topic has, or would have. Where the server doesn't say which account it serves, the topics are
 * searched for the name: undefined then means that there is no such topic.
 */
export async function topicArnOf(
  { aws, identity }: Pick<Place, 'aws' | 'identity'>,
  topic: Pick<TopicSpec, 'arn' | 'name'>,
): Promise<string | undefined> {
  if (topic.arn !== undefined) return topic.arn;
  return identity.account ? topicArn(identity, topic.name) : findTopicArn(aws, topic.name);
}
