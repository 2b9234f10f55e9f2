import type { Journal, JournalKey } from '../../journal/journal.ts';
import { type BodyShare, bodyOf, bodyShare, type SharedBody, sharedBody } from '../../ports.ts';
import { readSettings } from './attributes.ts';
import { deduplicationKey } from './deduplication.ts';
import {
  attributesFromRecord,
  extraFromRecord,
  forgetMessage,
  joinedMessages,
} from './message-records.ts';
import type { MoveTaskRecord } from './move-task.ts';
import { restoreMoveTask } from './move-tasks.ts';
import { insert } from './queue/enqueue.ts';
import { DELAYED, IN_FLIGHT, type Message, READY } from './queue/message.ts';
import { createQueue } from './queue/queue.ts';
import { sequenceNumberSeen } from './queue/sequence-number.ts';
import { settleAnew } from './queue/settle.ts';
import {
  type DeduplicationValue,
  type DeliveryRecord,
  forgetDeduplication,
  type MessageRecord,
  type QueueRecord,
  type SharedBodyRecord,
  type SharedBodyReference,
  TABLES,
} from './records.ts';
import { addQueue, queueKey, type SqsState } from './state.ts';

/** Reads back what the journal holds. Messages of queues that have gone, or were purged, are removed from it. */
export function restore(state: SqsState): void {
  const { journal, clock } = state.parts;
  const now = clock.now();
  for (const { value } of journal.entries(TABLES.meta)) state.lastQueueId = value as number;
  for (const { key, value } of journal.entries(TABLES.queues)) {
    restoreQueue(state, key as number, value as QueueRecord);
  }
  restoreDeletions(state);
  restoreMessages(state, now);
  restoreDeduplication(state);
  for (const { value } of journal.entries(TABLES.moveTasks)) {
    restoreMoveTask(state, value as MoveTaskRecord);
  }
  for (const queue of state.queues.values()) settleAnew(state, queue, now);
}

/** In the order of their times, in which they are forgotten. */
function restoreDeletions(state: SqsState): void {
  const entries = [...state.parts.journal.entries(TABLES.deletedQueues)];
  entries.sort((a, b) => (a.value as number) - (b.value as number));
  for (const { key, value } of entries) {
    const [account, region, name] = key as [string, string, string];
    state.deletedAt.set(queueKey(account, region, name), value as number);
  }
}

function restoreQueue(state: SqsState, id: number, record: QueueRecord): void {
  const { account, region, name, createdAt } = record;
  const queue = createQueue(
    { id, account, region, name, createdAt },
    record.attributes,
    readSettings(record.attributes),
  );
  queue.modifiedAt = record.modifiedAt;
  queue.purgedAt = record.purgedAt;
  queue.purgedBelow = record.purgedBelow;
  queue.nextSeq = Math.max(1, record.purgedBelow);
  for (const [key, value] of record.tags) queue.tags.set(key, value);
  state.lastQueueId = Math.max(state.lastQueueId, id);
  addQueue(state, queue);
}

function restoreMessages(state: SqsState, now: number): void {
  const { journal } = state.parts;
  const deliveryOf = deliveryReader(journal);
  const bodies = new Map<number, SharedBody>();
  const gone: Message[] = [];
  for (const { number, record } of storedMessages(journal, bodies)) {
    const message = messageFromRecord(number, record, bodies, deliveryOf(number), now);
    state.lastRecord = Math.max(state.lastRecord, number);
    const queue = state.queuesById.get(record[0]);
    if (queue === undefined || message.seq < queue.purgedBelow) {
      gone.push(message);
      continue;
    }
    queue.nextSeq = message.seq + 1;
    insert(queue, message);
    const sequenceNumber = message.extra?.sequenceNumber;
    if (sequenceNumber !== undefined) sequenceNumberSeen(queue, sequenceNumber);
  }
  // A number is given once, also that of a message that has gone.
  for (const { record, joined } of bodies.values()) {
    state.lastRecord = Math.max(state.lastRecord, record + joined);
  }
  // Only now is it known which of the shared bodies nobody needs any more.
  for (const message of gone) forgetMessage(journal, message);
}

interface StoredMessage {
  readonly number: number;
  readonly record: MessageRecord;
}

/**
 * All messages in the order of their numbers, which is that of their arrival: those that lie by themselves, and those in
 * records of bodies, whose numbers follow the body's.
 * @param bodies gets what bodies share, by number, before the first message that needs it. None is without messages:
 * both are written in one commit.
 */
function* storedMessages(
  journal: Journal,
  bodies: Map<number, SharedBody>,
): Generator<StoredMessage> {
  const gone = new Map<JournalKey, unknown>();
  for (const { key, value } of journal.entries(TABLES.joinedGone)) gone.set(key, value);
  const alone = journal.entries(TABLES.messages)[Symbol.iterator]();
  let next = alone.next();
  const aloneBelow = function* (end: number): Generator<StoredMessage> {
    for (; !next.done && (next.value.key as number) < end; next = alone.next()) {
      yield { number: next.value.key as number, record: next.value.value as MessageRecord };
    }
  };
  for (const { key, value } of journal.entries(TABLES.bodies)) {
    const record = key as number;
    yield* aloneBelow(record);
    const [before, after, messages = []] = value as SharedBodyRecord;
    const body: SharedBody = {
      ...sharedBody(before, after),
      record,
      isOpen: false,
      joined: messages.length,
      joinedGone: Number(gone.get(record) ?? 0),
    };
    bodies.set(record, body);
    yield* joinedMessages(body, messages);
  }
  yield* aloneBelow(Number.POSITIVE_INFINITY);
}

function shareFromRecord(
  reference: SharedBodyReference,
  bodies: ReadonlyMap<number, SharedBody>,
): BodyShare {
  const [number, own] = reference;
  const body = bodies.get(number);
  if (body === undefined) throw new Error(`body ${number} is missing`);
  body.messages += 1;
  return bodyShare(body, own);
}

/** Walks the deliveries beside the messages: both are in the order of their keys. */
function deliveryReader(journal: Journal): (message: number) => DeliveryRecord | undefined {
  const iterator = journal.entries(TABLES.deliveries)[Symbol.iterator]();
  let current = iterator.next();
  return (message) => {
    while (!current.done) {
      const number = current.value.key as number;
      if (number === message) return current.value.value as DeliveryRecord;
      if (number > message) return undefined;
      current = iterator.next();
    }
    return undefined;
  };
}

function messageFromRecord(
  number: number,
  record: MessageRecord,
  bodies: ReadonlyMap<number, SharedBody>,
  delivery: DeliveryRecord | undefined,
  now: number,
): Message {
  const [, seq, id, text, sentAt, delayedUntil, sender, attributes, extra] = record;
  const [, , , , , , , , , receives, firstReceived] = record;
  const share = typeof text === 'string' ? undefined : shareFromRecord(text, bodies);
  const [receiveCount, firstReceivedAt, dueAt] = delivery ?? [
    receives,
    firstReceived,
    delayedUntil,
  ];
  const waits = dueAt > now;
  return {
    seq,
    id,
    record: number,
    body: share === undefined ? (text as string) : bodyOf(share),
    shared: share?.body,
    md5: '',
    sentAt,
    sender,
    attributes: attributesFromRecord(attributes),
    extra: extraFromRecord(extra),
    state: !waits ? READY : delivery === undefined ? DELAYED : IN_FLIGHT,
    dueAt: waits ? dueAt : 0,
    receiveCount,
    firstReceivedAt,
    heapIndex: -1,
  };
}

function restoreDeduplication(state: SqsState): void {
  const records = [...state.parts.journal.entries(TABLES.deduplication)].map(({ key, value }) => {
    const [queueId, deduplicationId, groupId] = key as [number, string, string | undefined];
    const [messageId, sequenceNumber, at] = value as DeduplicationValue;
    return { queueId, messageId, sequenceNumber, at, groupId, deduplicationId };
  });
  // They expire in the order in which they are filed.
  records.sort((a, b) => a.at - b.at);
  for (const { queueId, ...record } of records) {
    const queue = state.queuesById.get(queueId);
    if (queue === undefined) {
      forgetDeduplication(state.parts.journal, queueId, record);
      continue;
    }
    queue.deduplication.set(deduplicationKey(record.deduplicationId, record.groupId), record);
    sequenceNumberSeen(queue, record.sequenceNumber);
  }
}
