import { randomBytes } from 'node:crypto';
import type { Aws } from '../aws/clients.ts';
import { createQueue, deleteQueue, setQueueAttributes } from '../aws/queues.ts';
import { subscribeQueue, unsubscribe } from '../aws/subscriptions.ts';
import { tagQueue } from '../aws/tags.ts';
import { deleteTopic } from '../aws/topics.ts';
import {
  EXPIRES_TAG_KEY,
  type TemporaryPurpose,
  temporaryName,
  temporaryTags,
} from '../definition/temporary.ts';
import type { Topology } from '../definition/topology.ts';
import { parseArn } from '../rules/names.ts';
import { findTemporary, type TemporaryResources } from './find-temporary.ts';
import { allSettled } from './limit.ts';
import { arnOfNewQueue } from './new-queue.ts';
import { mergedPolicy } from './queue-policy.ts';

/** Seconds that a temporary queue keeps a message: its reader takes it at once or not at all. */
const RETENTION_SECONDS = 300;

/** A queue that is there for a while, and its subscription. */
export interface TemporaryQueue {
  readonly name: string;
  readonly url: string;
  readonly arn: string;
  readonly subscriptionArn: string;
}

/** What to create. */
export interface TemporaryQueueRequest {
  readonly aws: Aws;
  readonly topology: Topology;
  /** The topic to subscribe to; it may be another one than the topology's. */
  readonly topicArn: string;
  readonly purpose: TemporaryPurpose;
  /** JSON text of the subscription's `FilterPolicy`; everything comes through unless given. */
  readonly filterPolicy?: string | undefined;
  /** The subscription's `FilterPolicyScope`. */
  readonly scope?: 'MessageAttributes' | 'MessageBody' | undefined;
  /** Whether the messages come without SNS's envelope. */
  readonly raw?: boolean | undefined;
  /** Seconds from now on after which anybody may remove it, unless it is renewed. */
  readonly lifetime: number;
}

/**
 * Creates a queue with the tags of a temporary one and a policy that lets in one topic, and subscribes it. A FIFO
 * topic gets a FIFO queue. Where the subscription is refused the queue goes again.
 * @throws AppError when a call is refused, such as for a filter policy that SNS doesn't take.
 */
export async function createTemporaryQueue(
  request: TemporaryQueueRequest,
): Promise<TemporaryQueue> {
  const { aws, topology, topicArn, purpose, lifetime } = request;
  const fifo = topicArn.endsWith('.fifo');
  const name = temporaryName(topology, purpose, { id: randomBytes(4).toString('hex'), fifo });
  const policy = (queueArn: string): string =>
    mergedPolicy(undefined, { queue: name, queueArn, topicArns: [topicArn] }).text;
  const expected = queueArnBeside(topicArn, name);
  const url = await createQueue(aws, {
    name,
    attributes: {
      MessageRetentionPeriod: String(RETENTION_SECONDS),
      // With the queue, not afterwards: a later change takes AWS up to a minute.
      Policy: policy(expected),
      ...(fifo ? { FifoQueue: 'true' } : {}),
    },
    tags: temporaryTags(topology, purpose, Date.now() + lifetime * 1000),
  });
  try {
    const arn = await arnOfNewQueue(aws, url);
    if (arn !== expected) await setQueueAttributes(aws, url, { Policy: policy(arn) });
    const subscriptionArn = await subscribeQueue(aws, {
      topicArn,
      queueArn: arn,
      attributes: subscriptionAttributes(request),
    });
    return { name, url, arn, subscriptionArn };
  } catch (error) {
    // What went wrong first is what counts; a queue that stays nevertheless is swept later.
    await deleteQueue(aws, url).catch(() => {});
    throw error;
  }
}

/** Puts off the time from which on anybody may remove the queue. @param lifetime seconds from now on. */
export async function renewTemporaryQueue(
  aws: Aws,
  queue: TemporaryQueue,
  lifetime: number,
): Promise<void> {
  const expires = new Date(Date.now() + lifetime * 1000).toISOString();
  await tagQueue(aws, queue.url, { [EXPIRES_TAG_KEY]: expires });
}

/** Removes the subscription, then the queue; what is gone already is not an error. @throws AppError. */
export async function removeTemporaryQueue(aws: Aws, queue: TemporaryQueue): Promise<void> {
  await unsubscribe(aws, queue.subscriptionArn);
  await deleteQueue(aws, queue.url);
}

/** What a sweep removed. */
export interface Swept {
  readonly type: 'queue' | 'topic';
  readonly name: string;
}

/**
 * Removes what processes left behind that were killed: temporary queues of the topology with their subscriptions, and
 * temporary topics.
 * @param options.all also what hasn't expired, and topics that no queue tells of. Somebody may be using it.
 * @returns what was removed. @throws AppError of the first call that is refused.
 */
export async function sweepTemporary(options: {
  readonly aws: Aws;
  readonly topology: Topology;
  readonly all?: boolean;
}): Promise<Swept[]> {
  const { aws, topology, all = false } = options;
  const found = await findTemporary({ aws, topology }, { allTopics: all });
  const due = ({ expires }: { expires: number }): boolean => all || expires <= Date.now();
  return removeAll(aws, {
    queues: found.queues.filter(due),
    topics: found.topics.filter(due),
  });
}

/** Topics before queues: what a killed sweep leaves is found by its queues. */
async function removeAll(aws: Aws, { queues, topics }: TemporaryResources): Promise<Swept[]> {
  const subscriptions = queues.flatMap((queue) => queue.subscriptions);
  await allSettled(subscriptions.map(({ arn }) => unsubscribe(aws, arn)));
  await allSettled(topics.map(({ arn }) => deleteTopic(aws, arn)));
  await allSettled(queues.map(({ url }) => deleteQueue(aws, url)));
  return [
    ...topics.map(({ name }) => ({ type: 'topic' as const, name })),
    ...queues.map(({ name }) => ({ type: 'queue' as const, name })),
  ];
}

function subscriptionAttributes(request: TemporaryQueueRequest): Record<string, string> {
  const { filterPolicy, scope, raw = false } = request;
  return {
    ...(raw ? { RawMessageDelivery: 'true' } : {}),
    ...(filterPolicy === undefined ? {} : { FilterPolicy: filterPolicy }),
    ...(scope === undefined || filterPolicy === undefined ? {} : { FilterPolicyScope: scope }),
  };
}

/** The ARN that a queue has in a topic's account and region. */
function queueArnBeside(topicArn: string, name: string): string {
  const { partition = 'aws', region = '', account = '' } = parseArn(topicArn) ?? {};
  return `arn:${partition}:sqs:${region}:${account}:${name}`;
}
