import { listSubscriptions, type Subscription } from '../aws/subscriptions.ts';
import type { Attributes } from '../aws/topics.ts';
import { isTaggedAs, type Topology } from '../definition/topology.ts';
import { parseArn } from '../rules/names.ts';
import { findTemporary, type TemporaryResources } from './find-temporary.ts';
import type { OwnedRemain } from './functions/remains.ts';
import { mappingName } from './functions/settings.ts';
import { inspect, type Observed, type Place } from './inspect.ts';
import { observedTopic, queueArnOf } from './observed.ts';
import { stackOf } from './ownership.ts';
import { DELETION_ORDER, type Remain } from './remain.ts';

/** What is there, parted by whether it may be deleted. */
export interface Remains {
  /** What carries our tags, or everything with `includeUntagged`; in the order of deletion. */
  readonly ours: readonly Remain[];
  /** What has our names but not our tags, and what a CloudFormation stack made. */
  readonly foreign: readonly Remain[];
}

/**
 * Finds what is left of a topology. Subscriptions carry no tags: those of our topics are ours, for they end with them,
 * and so are those between a topic of the topology and our queues, which may have outlived the topic. Queues are told
 * by their whole ARNs: another region or account may have one of the same name.
 *
 * @param options.includeUntagged counts what has our names as ours, whoever made it; never somebody else's topic, and
 * never what a CloudFormation stack made, whatever its tags: that goes with its stack.
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
    stackOf(tags) === undefined && (options.includeUntagged || isTaggedAs(topology, tags));
  const queues = queueRemains(topology, observed, isOurs);
  const topics = topicRemains(topology, observed, isOurs);
  const subscriptions = [
    ...subscriptionsOf(topology, observed, topics, queues),
    ...(await outlivingSubscriptions(place, observed, queues, temporary)),
  ];
  const rest = [
    ...(observed.functions
      ? await (await import('./functions/remains.ts')).functionRemains(place, observed, isOurs)
      : []),
    ...strayRemains(observed),
    ...topics,
    ...queues,
  ];
  const others = temporaryRemains(temporary, subscriptions);
  const of = (type: Remain['type']) => others.filter((remain) => remain.type === type);
  const ours = [
    ...subscriptions.map((each) => subscriptionRemain(each, temporary)),
    ...of('subscription'),
    ...of('topic'),
    ...rest.filter(({ ours }) => ours).map(({ remain }) => remain),
    ...of('queue'),
  ];
  const rank = (remain: Remain): number => DELETION_ORDER.indexOf(remain.type);
  return {
    ours: ours.sort((a, b) => rank(a) - rank(b)),
    foreign: rest.filter(({ ours }) => !ours).map(({ remain }) => remain),
  };
}

/** Mappings that take from our queues for functions that the topology names no more. */
function strayRemains({ strays, functions }: Observed): OwnedRemain[] {
  const known = new Set(functions?.mappings.map(({ uuid }) => uuid));
  return strays
    .filter(({ uuid, isOurs }) => isOurs && !known.has(uuid))
    .map(({ uuid, queue, functionName }) => {
      const name = mappingName(queue, functionName);
      const remain = { type: 'mapping', name, handle: uuid, messages: undefined } as const;
      return { remain, ours: true };
    });
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
  readonly arn: string;
}

/** The topology's own topics that exist; somebody else's is never part of it. */
function topicRemains(
  topology: Topology,
  observed: Observed,
  isOurs: (tags: Attributes) => boolean,
): Owned[] {
  return topology.topics.flatMap((spec) => {
    const { exists, arn, tags } = observedTopic(observed, spec.key);
    if (spec.arn !== undefined || !exists || arn === undefined) return [];
    const remain = {
      type: 'topic',
      name: spec.name,
      handle: arn,
      messages: undefined,
      stack: stackOf(tags),
    } as const;
    return [{ remain, ours: isOurs(tags), arn }];
  });
}

function queueRemains(
  topology: Topology,
  observed: Observed,
  isOurs: (tags: Attributes) => boolean,
): Owned[] {
  return (['queue', 'dlq'] as const).flatMap((type) => {
    const names = new Set(topology.subscribers.flatMap((spec) => spec[type] ?? []));
    return [...names].flatMap((each) => {
      const found = observed.queues.get(each);
      if (!found) return [];
      const { name, url, arn, attributes, tags } = found;
      const remain = {
        type,
        name,
        handle: url,
        messages: messageCount(attributes),
        stack: stackOf(tags),
      };
      return [{ remain, ours: isOurs(tags), arn }];
    });
  });
}

/** All of a topic that goes with them; of a topic that stays those of our own queues. */
function subscriptionsOf(
  topology: Topology,
  observed: Observed,
  topics: readonly Owned[],
  queues: readonly Owned[],
): Subscription[] {
  const queueArns = new Set(queues.filter(({ ours }) => ours).map(({ arn }) => arn));
  return topology.topics.flatMap(({ key }) => {
    const { arn, subscriptions } = observedTopic(observed, key);
    const goes = topics.some((topic) => topic.ours && topic.arn === arn);
    return subscriptions.filter(({ endpoint }) => goes || queueArns.has(endpoint));
  });
}

/**
 * A topic that is gone can leave subscriptions behind, which only the list of all subscriptions still shows. Those of
 * the topology's queues count, whether the queue is still there or not, unless it isn't ours.
 */
async function outlivingSubscriptions(
  { aws, topology }: Place,
  observed: Observed,
  queues: readonly Owned[],
  temporary: TemporaryResources,
): Promise<Subscription[]> {
  const gone = topology.topics.filter(({ key }) => !observedTopic(observed, key).exists);
  if (gone.length === 0) return [];
  const foreign = new Set(queues.filter(({ ours }) => !ours).map(({ arn }) => arn));
  const temporaryArns = new Set(temporary.queues.map(({ attributes }) => attributes.QueueArn));
  const found: Subscription[] = [];
  for await (const subscription of listSubscriptions(aws)) {
    const { topicArn: source, endpoint } = subscription;
    const fromTopic = gone.some(({ key, name }) => {
      const { arn } = observedTopic(observed, key);
      // Where the account is unknown, the name has to do.
      return arn === undefined ? parseArn(source)?.resource === name : source === arn;
    });
    const known = topology.subscribers.some(
      ({ queue }) =>
        endpoint === (queueArnOf(topology, observed, queue) ?? besideOf(source, queue)),
    );
    if (fromTopic && (known || temporaryArns.has(endpoint)) && !foreign.has(endpoint)) {
      found.push(subscription);
    }
  }
  return found;
}

/** The ARN of a queue in a topic's account and region. */
function besideOf(topicArn: string, queue: string): string | undefined {
  const arn = parseArn(topicArn);
  return arn && `arn:${arn.partition}:sqs:${arn.region}:${arn.account}:${queue}`;
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

/** Messages that a queue holds by its attributes, about: those that wait, are in flight, and are delayed. */
export function messageCount(attributes: Attributes): number {
  return [
    attributes.ApproximateNumberOfMessages,
    attributes.ApproximateNumberOfMessagesNotVisible,
    attributes.ApproximateNumberOfMessagesDelayed,
  ].reduce((sum, count) => sum + Number(count ?? 0), 0);
}
