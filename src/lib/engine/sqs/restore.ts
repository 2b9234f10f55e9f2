import type { Journal } from '../journal/journal.ts';
import { readSettings } from './attributes.ts';
import { deduplicationKey } from './deduplication.ts';
import { type MoveTaskRecord, restoreMoveTask } from './move-tasks.ts';
import { insert } from './queue/enqueue.ts';
import { DELAYED, IN_FLIGHT, type Message, READY } from './queue/message.ts';
import { createQueue } from './queue/queue.ts';
import { sequenceNumberSeen } from './queue/sequence-number.ts';
import { settleAnew } from './queue/settle.ts';
import {
  type DeduplicationValue,
  type DeliveryRecord,
  extraFromRecord,
  forgetDeduplication,
  forgetMessage,
  type MessageRecord,
  type QueueRecord,
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
  for (const { key, value } of journal.entries(TABLES.messages)) {
    const [queueId, seq] = key as [number, number];
    const queue = state.queuesById.get(queueId);
    const delivery = deliveryOf(queueId, seq);
    if (queue === undefined || seq < queue.purgedBelow) {
      forgetMessage(journal, queueId, seq, delivery !== undefined);
      continue;
    }
    const message = messageFromRecord(seq, value as MessageRecord, delivery, now);
    queue.nextSeq = seq + 1;
    insert(queue, message);
    const sequenceNumber = message.extra?.sequenceNumber;
    if (sequenceNumber !== undefined) sequenceNumberSeen(queue, sequenceNumber);
  }
}

/** Walks the deliveries beside the messages: both are in the order of their keys. */
function deliveryReader(
  journal: Journal,
): (queueId: number, seq: number) => DeliveryRecord | undefined {
  const iterator = journal.entries(TABLES.deliveries)[Symbol.iterator]();
  let current = iterator.next();
  return (queueId, seq) => {
    while (!current.done) {
      const [entryQueue, entrySeq] = current.value.key as [number, number];
      if (entryQueue === queueId && entrySeq === seq) return current.value.value as DeliveryRecord;
      if (entryQueue > queueId || (entryQueue === queueId && entrySeq > seq)) return undefined;
      current = iterator.next();
    }
    return undefined;
  };
}

function messageFromRecord(
  seq: number,
  record: MessageRecord,
  delivery: DeliveryRecord | undefined,
  now: number,
): Message {
  const [id, body, sentAt, delayedUntil, sender, attributes, extra, receives, firstReceived] =
    record;
  const [receiveCount, firstReceivedAt, dueAt] = delivery ?? [
    receives,
    firstReceived,
    delayedUntil,
  ];
  const waits = dueAt > now;
  return {
    seq,
    id,
    body,
    md5: '',
    sentAt,
    sender,
    attributes: attributes ?? undefined,
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
