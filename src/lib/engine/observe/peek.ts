import type { Clock } from '../clock.ts';
import { sealFromTopic } from '../services/sqs/deliver.ts';
import { DELAYED, IN_FLIGHT, type Message } from '../services/sqs/queue/message.ts';
import type { Queue } from '../services/sqs/queue/queue.ts';
import { settle } from '../services/sqs/queue/settle.ts';
import type { SqsState } from '../services/sqs/state.ts';
import { queueKey } from '../services/sqs/state.ts';
import { observedAttributes } from './attribute-values.ts';
import type { PeekedMessage } from './peeked-message.ts';

/** A look into a queue. */
export interface Peek {
  readonly queueArn: string;
  /** All messages of the queue by state, also those beyond the limit. */
  readonly visible: number;
  readonly inFlight: number;
  readonly delayed: number;
  /** In the order of their arrival; as many as were asked for, unless together they are too large. */
  readonly messages: readonly PeekedMessage[];
}

/**
 * At most so many messages in one look, and so many unless asked otherwise. From `characters` of bodies and attributes
 * on, no further one is added: what a look takes of the engine's time and of the reader's memory stays the same.
 */
export const PEEK_LIMIT = { most: 1000, usual: 10, characters: 4 * 1024 * 1024 } as const;

const PATH = /^queues\/(\d{12})\/([a-z0-9-]+)\/([A-Za-z0-9_.-]+)\/messages$/;

/** Reads `queues/<account>/<region>/<name>/messages`; nothing for another path, or a queue that doesn't exist. */
export function queueOfPath(state: SqsState, path: string): Queue | undefined {
  const [, account, region, name] = PATH.exec(path) ?? [];
  if (account === undefined || region === undefined || name === undefined) return undefined;
  return state.queues.get(queueKey(account, region, name));
}

/** Looks at a queue's oldest messages without receiving them: nothing about them changes. */
export function peek(state: SqsState, queue: Queue, limit: number): Peek {
  const messages: PeekedMessage[] = [];
  let characters = 0;
  for (const message of messagesIn(state, queue, Math.min(limit, PEEK_LIMIT.most))) {
    messages.push(message);
    characters += charactersOf(message);
    if (characters >= PEEK_LIMIT.characters) break;
  }
  const { arn: queueArn, visible, inFlight, delayed } = queue;
  return { queueArn, visible, inFlight, delayed, messages };
}

function charactersOf({ body, attributes }: PeekedMessage): number {
  return Object.entries(attributes).reduce(
    (sum, [name, { value }]) => sum + name.length + value.length,
    body.length,
  );
}

/** A queue's messages, the oldest first, without receiving them. */
export function* messagesIn(
  state: SqsState,
  queue: Queue,
  most = Number.POSITIVE_INFINITY,
): Generator<PeekedMessage> {
  const { clock } = state.parts;
  for (const message of heldMessages(state, queue, most)) {
    sealFromTopic(state, message);
    yield peeked(message, clock);
  }
}

/** The same as the queue holds them. */
export function* heldMessages(
  state: SqsState,
  queue: Queue,
  most = Number.POSITIVE_INFINITY,
): Generator<Message> {
  settle(state, queue, state.parts.clock.now());
  let next = queue.table.next(0);
  for (let count = 0; next !== undefined && count < most; count += 1) {
    yield next;
    next = queue.table.next(next.seq + 1);
  }
}

function peeked(message: Message, clock: Clock): PeekedMessage {
  const { id, body, state, sentAt, dueAt, receiveCount, firstReceivedAt, extra } = message;
  const hidden = state === DELAYED || state === IN_FLIGHT;
  return {
    messageId: id,
    body,
    state: state === DELAYED ? 'delayed' : state === IN_FLIGHT ? 'in-flight' : 'visible',
    sentAt: clock.timestamp(sentAt),
    visibleAt: hidden ? clock.timestamp(dueAt) : null,
    receiveCount,
    firstReceivedAt: firstReceivedAt === 0 ? null : clock.timestamp(firstReceivedAt),
    attributes: observedAttributes(message.attributes ?? {}),
    ...present('messageGroupId', extra?.groupId),
    ...present('messageDeduplicationId', extra?.deduplicationId),
    ...present('sequenceNumber', extra?.sequenceNumber),
    ...present('deadLetterQueueSourceArn', extra?.deadLetterSource),
  };
}

function present<Name extends string>(
  name: Name,
  value: string | undefined,
): Partial<Record<Name, string>> {
  return value === undefined ? {} : ({ [name]: value } as Record<Name, string>);
}
