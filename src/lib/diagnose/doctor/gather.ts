import type { Aws } from '../../aws/clients.ts';
import { readEngineNotes } from '../../aws/engine-notes.ts';
import { readQueueInsights } from '../../aws/observer.ts';
import { findQueueUrl, getQueueAttributes } from '../../aws/queues.ts';
import { readRepeats } from '../../aws/repeats.ts';
import {
  getSubscriptionAttributes,
  type ListedSubscription,
  listWithPending,
} from '../../aws/subscriptions.ts';
import { findTopicArn, getTopicAttributes } from '../../aws/topics.ts';
import { type FailureReason, readReasons } from '../../consume/failure-reasons.ts';
import type { SubscriberSpec, SubscriptionSpec, TopicSpec } from '../../definition/topology.ts';
import { isFifo } from '../../rules/fifo.ts';
import { parseArn, topicArn } from '../../rules/names.ts';
import { findStrays, type StrayMapping } from '../../topology/functions/strays.ts';
import type { Place } from '../../topology/inspect.ts';
import { allSettled, createLimit, type Limit } from '../../topology/limit.ts';
import { andThen, type Fact, factOf, known, readFact, unread } from './fact.ts';
import type {
  Attachment,
  BranchFacts,
  DoctorFacts,
  QueueFacts,
  QueueSideFacts,
  SubscriberFacts,
  SubscriptionFacts,
  TopicFacts,
} from './facts.ts';
import { readHandling } from './read-handling.ts';
import { readKey } from './read-key.ts';
import { readPublished } from './read-published.ts';
import { readPresentReceivers } from './read-receivers.ts';

/** One reading under way. */
interface Reading {
  readonly aws: Aws;
  readonly limit: Limit;
  readonly stateDir: string;
  readonly history: boolean;
  /** What only an engine tells, each asked for once. */
  readonly insights: ReturnType<typeof readQueueInsights>;
  readonly receivers: ReturnType<typeof readPresentReceivers>;
}

/**
 * Reads a topology's topics and its subscribers, as much at once as there is; nothing is written. Two calls for each
 * topic, four a subscriber and one a subscription, two more for a customer key. What the caller may not read becomes a
 * fact that says so.
 *
 * @param place.topology with the subscribers to look at. @param stateDir where consumers keep why they failed.
 * @param options.history whether to ask an engine what was published lately.
 * @throws AppError when nobody answers or the credentials are no good.
 */
export async function gather(
  place: Place,
  stateDir: string,
  { history = true }: { readonly history?: boolean } = {},
): Promise<DoctorFacts> {
  const { aws, topology } = place;
  const reading: Reading = {
    aws,
    limit: createLimit(),
    stateDir,
    history,
    insights: readQueueInsights(aws),
    receivers: readPresentReceivers(aws),
  };
  const topics = topology.topics.map((spec) => readTopic(reading, place, spec));
  const subscribers = topology.subscribers.map((spec) =>
    readSubscriber(reading, place, spec, topics),
  );
  const [read, found, engine] = await Promise.all([
    allSettled(topics),
    allSettled(subscribers),
    readEngineNotes(aws),
  ]);
  const strays = await readStrays(place, found);
  const withStrays = found.map((each) => ({
    ...each,
    strays: strays.filter(({ queue }) => queue === each.spec.queue),
  }));
  return { topics: read, subscribers: withStrays, engine };
}

/** Mappings of the queues that the topology doesn't say. */
function readStrays(
  place: Place,
  subscribers: readonly SubscriberFacts[],
): Promise<readonly StrayMapping[]> {
  const arns = subscribers.flatMap(({ spec, queue }) => {
    const arn = known(queue)?.arn;
    return arn === undefined ? [] : [[spec.queue, arn] as const];
  });
  const listed = subscribers.flatMap(
    ({ handling }) => (handling && known(handling)?.mappings) ?? [],
  );
  return findStrays(place, new Map(arns), listed);
}

/** Where the server tells its account a topic's ARN takes no call. */
async function findTopic(
  { aws, identity }: Place,
  { arn, name }: TopicSpec,
): Promise<Fact<string>> {
  if (arn !== undefined) return factOf(arn);
  if (identity.account) return factOf(topicArn(identity, name));
  return readFact({ permission: 'sns:ListTopics', on: '*', what: `topic ${name}` }, () =>
    findTopicArn(aws, name),
  );
}

async function readTopic(
  { aws, limit, history }: Reading,
  place: Place,
  spec: TopicSpec,
): Promise<TopicFacts> {
  const { key, name } = spec;
  const arn = await findTopic(place, spec);
  const on = known(arn) ?? name;
  const what = `topic ${name}`;
  const [attributes, subscriptions, published, repeats] = await Promise.all([
    andThen(arn, (value) =>
      limit(() =>
        readFact({ permission: 'sns:GetTopicAttributes', on, what }, () =>
          getTopicAttributes(aws, value),
        ),
      ),
    ),
    andThen(arn, (value) =>
      limit(() =>
        readFact({ permission: 'sns:ListSubscriptionsByTopic', on, what }, () =>
          listWithPending(aws, value),
        ),
      ),
    ),
    history ? readPublished(aws, on) : [],
    history && isFifo(on) ? readRepeats(aws, on) : [],
  ]);
  return { key, name, arn: on, attributes, subscriptions, published, repeats };
}

async function readSubscriber(
  reading: Reading,
  { identity, topology }: Place,
  spec: SubscriberSpec,
  topicReads: readonly Promise<TopicFacts>[],
): Promise<SubscriberFacts> {
  const queueRead = readQueue(reading, spec.queue);
  const [topics, queue, dlq, key, handling, reasons, insights, receivers] = await Promise.all([
    Promise.all(topicReads),
    queueRead,
    spec.dlq === undefined ? unread('it has no dead-letter queue') : readQueue(reading, spec.dlq),
    queueRead.then((found) => readKey(reading.aws, reading.limit, found)),
    queueRead.then((found) => readHandling(reading.aws, topology, spec, found)),
    readReasons(reading.stateDir, spec.queue),
    reading.insights,
    reading.receivers,
  ]);
  const beside = identity.account ? topicArn(identity, spec.queue) : (topics[0]?.arn ?? '');
  const queueArn = known(queue)?.arn ?? siblingOfTopic(beside, spec.queue);
  const queues: QueueSideFacts = {
    spec,
    queueArn,
    queue,
    dlq,
    key,
    ...(handling && { handling }),
    receivers: receivers && (receivers.get(queueArn) ?? []),
    oldestDeadLetter: insights?.get(known(dlq)?.arn ?? '')?.oldestAgeSeconds,
    reasons: sinceCreated(reasons.latest(), known(queue)),
  };
  const branches = spec.subscriptions.flatMap((declared) => {
    const topic = topics.find((each) => each.key === declared.topic);
    return topic ? [readBranch(reading, queues, topic, declared)] : [];
  });
  return { ...queues, branches: await allSettled(branches) };
}

/** Failures of this queue, and none of an older one of the same name. */
function sinceCreated(
  reasons: readonly FailureReason[],
  queue: QueueFacts | undefined,
): readonly FailureReason[] {
  // Seconds since the epoch ("GetQueueAttributes", CreatedTimestamp).
  const created = Number(queue?.attributes.CreatedTimestamp ?? 0) * 1000;
  return reasons.filter(({ time }) => Date.parse(time) >= created);
}

async function readBranch(
  reading: Reading,
  queues: QueueSideFacts,
  topic: TopicFacts,
  declared: SubscriptionSpec,
): Promise<BranchFacts> {
  const attachment: Fact<Attachment> =
    topic.subscriptions.kind === 'value'
      ? factOf(attachmentOf(topic.subscriptions.value, queues.queueArn))
      : topic.subscriptions.kind === 'absent'
        ? unread(`there is no topic ${topic.name}`)
        : topic.subscriptions;
  const subscription = await andThen(attachment, (found) => readSubscription(reading, found));
  return { ...queues, topic, declared, attachment, subscription };
}

async function readQueue({ aws, limit }: Reading, name: string): Promise<Fact<QueueFacts>> {
  const url = await limit(() =>
    readFact({ permission: 'sqs:GetQueueUrl', on: name, what: `queue ${name}` }, () =>
      findQueueUrl(aws, name),
    ),
  );
  return andThen(url, (value) =>
    limit(() =>
      readFact(
        { permission: 'sqs:GetQueueAttributes', on: name, what: `queue ${name}` },
        async () => {
          const attributes = await getQueueAttributes(aws, value);
          return attributes && { name, url: value, arn: attributes.QueueArn ?? '', attributes };
        },
      ),
    ),
  );
}

async function readSubscription(
  { aws, limit }: Reading,
  { confirmed: [first] }: Attachment,
): Promise<Fact<SubscriptionFacts>> {
  const arn = first?.arn;
  if (arn === undefined) return unread('there is no confirmed subscription');
  return limit(() =>
    readFact({ permission: 'sns:GetSubscriptionAttributes', on: arn }, async () => {
      const attributes = await getSubscriptionAttributes(aws, arn);
      return attributes && { arn, attributes };
    }),
  );
}

function attachmentOf(listed: readonly ListedSubscription[], queueArn: string): Attachment {
  const name = parseArn(queueArn)?.resource;
  const ours = listed.filter(({ endpoint }) => endpoint === queueArn);
  return {
    confirmed: ours.filter(({ arn }) => arn !== undefined),
    pending: ours.filter(({ arn }) => arn === undefined),
    elsewhere: listed.filter(({ endpoint }) => {
      const arn = parseArn(endpoint);
      return endpoint !== queueArn && arn?.service === 'sqs' && arn.resource === name;
    }),
  };
}

/** The ARN of a queue in the topic's account and region. */
function siblingOfTopic(topic: string, queue: string): string {
  const arn = parseArn(topic);
  return arn ? `arn:${arn.partition}:sqs:${arn.region}:${arn.account}:${queue}` : queue;
}
