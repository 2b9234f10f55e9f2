import type { Aws } from '../../aws/clients.ts';
import { peekQueue } from '../../aws/peek.ts';
import { findQueueUrl, getQueueAttributes } from '../../aws/queues.ts';
import { sqsStoredQueue } from '../../aws/stored-queue.ts';
import type { KeptReasons } from '../../consume/failure-reasons.ts';
import { createHold, lookThrough } from '../../dead-letters/hold.ts';
import type { SubscriberSpec } from '../../definition/topology.ts';
import { type IncomingMessage, readQueuedMessage } from '../../events/message.ts';
import { readAllReasons } from './reasons.ts';
import { assertOne, hasId } from './short-id.ts';
import type { MessageTrace, TraceBranch, TraceRequest, TraceResult, TraceStep } from './trace.ts';

/** Messages of one dead-letter queue that are looked at. */
const MAX_LOOKED = 1_000;

/** A message that lies in a queue. */
interface Lying {
  readonly messageId: string;
  readonly body: string;
  readonly attributes: IncomingMessage['attributes'];
  readonly sentAt: number;
  readonly receiveCount: number;
  readonly hiddenUntil: number | undefined;
}

/**
 * Tells what can be known of a message where nobody keeps its history: whether it lies in one of the topology's
 * dead-letter queues, and why consumers of this machine failed on it. Queues are not received from, which would take
 * messages from their consumers; an embedded engine shows what lies in them, dead letters too, without receiving.
 */
export async function lookInQueues(request: TraceRequest): Promise<TraceResult> {
  const { place, id, stateDir } = request;
  const { subscribers } = place.topology;
  const reasons = await readAllReasons(
    stateDir,
    subscribers.map(({ queue }) => queue),
  );
  const messages = new Map<string, MessageTrace>();
  const ids: string[] = [];
  let looked = 0;
  let queues = 0;
  for (const spec of subscribers) {
    const dead = spec.dlq === undefined ? undefined : await letters(request, spec.dlq);
    looked += dead?.length ?? 0;
    queues += dead === undefined ? 0 : 1;
    const waiting = await waitingIn(request, spec.queue);
    const kept = reasons.get(spec.queue);
    const found = [
      ...(dead ?? []).map((each) => ({ each, isDead: true })),
      ...waiting.map((each) => ({ each, isDead: false })),
    ].filter(({ each }) => {
      const meant = idsOf(each).filter((known) => hasId(known, id));
      ids.push(...meant);
      return meant.length > 0;
    });
    for (const { each, isDead } of found) add(messages, each, branchOf(spec, each, isDead, kept));
    if (found.length === 0) addFailed(messages, id, spec, kept);
  }
  assertOne(id, ids);
  return {
    source: 'queues',
    messages: [...messages.values()],
    traces: [],
    knownFrom: undefined,
    remarks: remarksOf(request, looked, queues),
  };
}

/**
 * The messages of a dead-letter queue: an engine shows where they lie, elsewhere each is received and given back.
 * Undefined where there is no such queue.
 */
async function letters(
  { place: { aws }, signal }: TraceRequest,
  name: string,
): Promise<Lying[] | undefined> {
  const url = await findQueueUrl(aws, name);
  if (url === undefined) return undefined;
  const shown = await peeked(aws, url);
  if (shown !== undefined) return shown;
  const queue = sqsStoredQueue(aws, url);
  const { visible } = await queue.depth();
  const found: Lying[] = [];
  if (visible === 0) return found;
  const hold = createHold(queue);
  try {
    const options = { signal, limit: MAX_LOOKED, expected: visible };
    for await (const messages of lookThrough(hold, options)) {
      found.push(...messages.map((message) => ({ ...message, hiddenUntil: undefined })));
    }
  } finally {
    await hold.release();
  }
  return found;
}

async function waitingIn({ place: { aws } }: TraceRequest, name: string): Promise<Lying[]> {
  if (aws.kind === 'aws') return [];
  const url = await findQueueUrl(aws, name);
  return url === undefined ? [] : ((await peeked(aws, url)) ?? []);
}

/** What an embedded engine shows of a queue; undefined elsewhere. */
async function peeked(aws: Aws, url: string): Promise<Lying[] | undefined> {
  if (aws.kind === 'aws') return undefined;
  const attributes = await getQueueAttributes(aws, url, ['QueueArn']);
  const found = await peekQueue(aws, attributes?.QueueArn ?? '');
  return found?.messages.map((message) => ({
    ...message,
    hiddenUntil: message.visibleAt ?? undefined,
  }));
}

function idsOf(message: Lying): string[] {
  const { topicMessageId, eventId } = readQueuedMessage(message);
  return [message.messageId, topicMessageId, eventId].filter((id) => id !== undefined);
}

function add(messages: Map<string, MessageTrace>, message: Lying, branch: TraceBranch): void {
  const { topicMessageId, eventId, type: eventType } = readQueuedMessage(message);
  const key = topicMessageId ?? message.messageId;
  const before = messages.get(key);
  messages.set(key, {
    messageId: key,
    eventId,
    eventType,
    topicArn: undefined,
    publishedAt: before?.publishedAt ?? message.sentAt,
    subscriptions: undefined,
    repeatedAt: [],
    branches: [...(before?.branches ?? []), branch],
  });
}

function branchOf(
  { name, queue, dlq }: SubscriberSpec,
  { messageId, sentAt, receiveCount, hiddenUntil }: Lying,
  isDead: boolean,
  kept: KeptReasons | undefined,
): TraceBranch {
  const steps: TraceStep[] = [
    { time: sentAt, what: 'delivered', words: `delivered to ${queue}` },
    ...failed(kept, messageId),
  ];
  return {
    queueArn: queue,
    queue,
    subscriber: name,
    state: isDead ? 'dead' : hiddenUntil === undefined ? 'waiting' : 'hidden',
    deadLetterQueue: isDead ? dlq : undefined,
    hiddenUntil,
    steps: isDead
      ? [
          ...steps,
          {
            time: sentAt,
            what: 'dead-lettered',
            words: `lies in ${dlq}, received ${receiveCount} times`,
          },
        ]
      : steps,
  };
}

function failed(kept: KeptReasons | undefined, messageId: string): TraceStep[] {
  return (kept?.all(messageId) ?? []).map(({ time, receiveCount, reason }) => ({
    time: Date.parse(time),
    what: 'failed',
    words: `failed at receive ${receiveCount}: ${reason.trim()}`,
  }));
}

/** A message that is known by its failures alone: it may have been handled since. */
function addFailed(
  messages: Map<string, MessageTrace>,
  id: string,
  { name, queue }: SubscriberSpec,
  kept: KeptReasons | undefined,
): void {
  const reason = kept?.find(id, id);
  if (reason === undefined) return;
  const key = reason.messageId;
  const before = messages.get(key);
  const branch: TraceBranch = {
    queueArn: queue,
    queue,
    subscriber: name,
    state: 'waiting',
    deadLetterQueue: undefined,
    hiddenUntil: undefined,
    steps: failed(kept, key),
  };
  messages.set(key, {
    messageId: key,
    eventId: reason.eventId ?? undefined,
    eventType: undefined,
    topicArn: undefined,
    publishedAt: undefined,
    subscriptions: undefined,
    repeatedAt: [],
    branches: [...(before?.branches ?? []), branch],
  });
}

function remarksOf({ place }: TraceRequest, looked: number, queues: number): string[] {
  const { aws } = place;
  const where = aws.kind === 'aws' ? 'SNS and SQS keep' : 'The endpoint keeps';
  return [
    `${where} no history of single messages.`,
    `Looked at: ${looked} dead letters in ${queues} queues, and why consumers of this machine failed.`,
    'Not looked at: the queues themselves, since receiving would take messages from their consumers.',
  ];
}
