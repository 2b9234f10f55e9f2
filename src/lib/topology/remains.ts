import { listSubscriptions, type Subscription } from '../aws/subscriptions.ts';
import type { Attributes } from '../aws/topics.ts';
import { type Topology, topologyTags } from '../definition/topology.ts';
import { parseArn } from '../rules/names.ts';
import type { Resource } from './change.ts';
import { findTemporary, type TemporaryResources } from './find-temporary.ts';
import { inspect, type Observed, type Place } from './inspect.ts';

/** A thing that cleanup found, with what it takes to delete it. */
export interface Remain extends Resource {
  readonly type: 'subscription' | 'topic' | 'queue' | 'dlq';
  /** ARN of a topic or subscription, URL of a queue. */
  readonly handle: string;
  /** Messages that would be lost with it, about; undefined for what holds none. */
  readonly messages: number | undefined;
  /** Made for a while, by a tap or a probe. */
  readonly temporary?: boolean;
}

/** What is there, parted by whether it may be deleted. */
export interface Remains {
  /** What carries our tags, or everything with `includeUntagged`; in the order of deletion. */
  readonly ours: readonly Remain[];
  /** What has our names but not our tags. */
  readonly foreign: readonly Remain[];
}

/**
 * Finds what is left of a topology. Subscriptions carry no tags: those of our topic are ours, for they end with it, and
 * so are those between a topic of our name and our queues, which may have outlived the topic.
 *
 * @param options.includeUntagged counts what has our names as ours, whoever made it.
 * @throws AppError when a call is refused or nobody answers.
 */
export async function findRemains(
  place: Place,
  options: { includeUntagged: boolean },
): Promise<Remains> {
  const { topology } = place;
  const [observed, temporary] = await Promise.all([
    inspect(place, { subscriptionAttributes: false }),
    findTemporary(place, { allTopics: true }),
  ]);
  const isOurs = (tags: Attributes): boolean =>
    options.includeUntagged ||
    Object.entries(topologyTags(topology)).every(([key, value]) => tags[key] === value);

  const queues = [...queueRemains(topology, observed, isOurs)];
  const topicOurs = observed.topic !== undefined && isOurs(observed.topic.tags);
  const subscriptions = observed.topic
    ? observed.subscriptions.filter(
        ({ endpoint }) => topicOurs || hasQueue(queues, queueName(endpoint), true),
      )
    : await outlivingSubscriptions(place, observed.topicArn, queues, temporary);
  const topics: Owned[] = observed.topic
    ? [
        {
          remain: {
            type: 'topic',
            name: topology.topic,
            handle: observed.topic.arn,
            messages: undefined,
          },
          ours: topicOurs,
        },
      ]
    : [];
  const rest = [...topics, ...queues];
  const others = temporaryRemains(temporary, subscriptions);
  const of = (type: Remain['type']) => others.filter((remain) => remain.type === type);
  return {
    ours: [
      ...subscriptions.map((each) => subscriptionRemain(each, temporary)),
      ...of('subscription'),
      ...of('topic'),
      ...rest.filter(({ ours }) => ours).map(({ remain }) => remain),
      ...of('queue'),
    ],
    foreign: rest.filter(({ ours }) => !ours).map(({ remain }) => remain),
  };
}

/** Temporary queues and topics, and those of their subscriptions that weren't found with the topic's. */
function temporaryRemains(
  { queues, topics }: TemporaryResources,
  known: readonly Subscription[],
): Remain[] {
  const arns = new Set(known.map(({ arn }) => arn));
  const temporary = true;
  return [
    ...queues
      .flatMap(({ subscriptions }) => subscriptions)
      .filter(({ arn }) => !arns.has(arn))
      .map((each) => ({ ...subscriptionRemain(each), temporary })),
    ...topics.map(({ name, arn }) => ({
      type: 'topic' as const,
      name,
      handle: arn,
      messages: undefined,
      temporary,
    })),
    ...queues.map(({ name, url, attributes }) => ({
      type: 'queue' as const,
      name,
      handle: url,
      messages: messageCount(attributes),
      temporary,
    })),
  ];
}

interface Owned {
  readonly remain: Remain;
  readonly ours: boolean;
}

function hasQueue(queues: readonly Owned[], name: string, ours: boolean): boolean {
  return queues.some((each) => each.remain.name === name && each.ours === ours);
}

function* queueRemains(
  topology: Topology,
  observed: Observed,
  isOurs: (tags: Attributes) => boolean,
): Generator<Owned> {
  for (const type of ['queue', 'dlq'] as const) {
    for (const spec of topology.subscribers) {
      const found = observed.queues.get(spec[type]);
      if (!found) continue;
      const { name, url, attributes, tags } = found;
      yield {
        remain: { type, name, handle: url, messages: messageCount(attributes) },
        ours: isOurs(tags),
      };
    }
  }
}

/**
 * A topic that is gone can leave subscriptions behind, which only the list of all subscriptions still shows. Those of
 * the topology's queues count, whether the queue is still there or not, unless it isn't ours.
 */
async function outlivingSubscriptions(
  { aws, topology }: Place,
  topicArn: string | undefined,
  queues: readonly Owned[],
  temporary: TemporaryResources,
): Promise<Subscription[]> {
  const found: Subscription[] = [];
  for await (const subscription of listSubscriptions(aws)) {
    const source = subscription.topicArn;
    const name = queueName(subscription.endpoint);
    // Where the account is unknown, the name has to do.
    const fromTopic =
      topicArn === undefined ? parseArn(source)?.resource === topology.topic : source === topicArn;
    const known =
      topology.subscribers.some(({ queue }) => queue === name) || isOneOf(temporary, name);
    if (fromTopic && known && !hasQueue(queues, name, false)) found.push(subscription);
  }
  return found;
}

function subscriptionRemain(
  { arn, endpoint }: Subscription,
  temporary?: TemporaryResources,
): Remain {
  const name = queueName(endpoint) || endpoint;
  return {
    type: 'subscription',
    name,
    handle: arn,
    messages: undefined,
    ...(temporary && isOneOf(temporary, name) ? { temporary: true } : {}),
  };
}

function isOneOf({ queues }: TemporaryResources, name: string): boolean {
  return queues.some((queue) => queue.name === name);
}

function queueName(endpoint: string): string {
  const arn = parseArn(endpoint);
  return arn?.service === 'sqs' ? arn.resource : '';
}

function messageCount(attributes: Attributes): number {
  return [
    attributes.ApproximateNumberOfMessages,
    attributes.ApproximateNumberOfMessagesNotVisible,
    attributes.ApproximateNumberOfMessagesDelayed,
  ].reduce((sum, count) => sum + Number(count ?? 0), 0);
}
