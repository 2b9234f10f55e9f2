import type { Journal, JournalKey } from '../journal/journal.ts';
import type { Message, MessageAttributes, MessageExtra } from './queue/message.ts';
import type { DeduplicationRecord, Queue } from './queue/queue.ts';

/** Journal tables of the service. Messages' unchanging parts and their small changing ones lie apart. */
export const TABLES = {
  meta: 'sqs.meta',
  queues: 'sqs.queues',
  messages: 'sqs.messages',
  deliveries: 'sqs.deliveries',
  deduplication: 'sqs.deduplication',
  deletedQueues: 'sqs.deleted-queues',
  moveTasks: 'sqs.move-tasks',
} as const;

/** A queue as the journal keeps it. */
export interface QueueRecord {
  account: string;
  region: string;
  name: string;
  createdAt: number;
  modifiedAt: number;
  attributes: Record<string, string>;
  tags: [string, string][];
  purgedAt: number;
  purgedBelow: number;
}

type ExtraRecord = [
  groupId: string | null,
  deduplicationId: string | null,
  sequenceNumber: string | null,
  traceHeader: string | null,
  deadLetterSource: string | null,
  priorReceives: number,
];

/** A message as the journal keeps it: an array, because names would be repeated a million times. */
export type MessageRecord = [
  id: string,
  body: string,
  sentAt: number,
  dueAt: number,
  sender: string,
  attributes: MessageAttributes | null,
  extra: ExtraRecord | null,
  receiveCount: number,
  firstReceivedAt: number,
];

/** What receives changed of a message. */
export type DeliveryRecord = [receiveCount: number, firstReceivedAt: number, dueAt: number];

/** A deduplication record's value; its key holds the ids. */
export type DeduplicationValue = [messageId: string, sequenceNumber: string, at: number];

/** Writes the queue itself, without its messages. */
export function recordQueue(journal: Journal, queue: Queue): void {
  const record: QueueRecord = {
    account: queue.account,
    region: queue.region,
    name: queue.name,
    createdAt: queue.createdAt,
    modifiedAt: queue.modifiedAt,
    attributes: { ...queue.attributes },
    tags: [...queue.tags],
    purgedAt: queue.purgedAt,
    purgedBelow: queue.purgedBelow,
  };
  journal.put(TABLES.queues, queue.id, record);
}

/** Writes a message that has just arrived. */
export function recordMessage(journal: Journal, queue: Queue, message: Message): void {
  if (!journal.durable) return;
  const record: MessageRecord = [
    message.id,
    message.body,
    message.sentAt,
    message.dueAt,
    message.sender,
    message.attributes ?? null,
    message.extra === undefined ? null : extraRecord(message.extra),
    message.receiveCount,
    message.firstReceivedAt,
  ];
  journal.put(TABLES.messages, [queue.id, message.seq], record);
}

/** Writes what a receive or a change of visibility did to a message. */
export function recordDelivery(journal: Journal, queue: Queue, message: Message): void {
  if (!journal.durable) return;
  const record: DeliveryRecord = [message.receiveCount, message.firstReceivedAt, message.dueAt];
  journal.put(TABLES.deliveries, [queue.id, message.seq], record);
}

/** Removes a message; `received` unless it was never received here. */
export function forgetMessage(
  journal: Journal,
  queueId: number,
  seq: number,
  received: boolean,
): void {
  if (!journal.durable) return;
  journal.remove(TABLES.messages, [queueId, seq]);
  if (received) journal.remove(TABLES.deliveries, [queueId, seq]);
}

/** Writes a deduplication record. */
export function recordDeduplication(
  journal: Journal,
  queue: Queue,
  record: DeduplicationRecord,
): void {
  const value: DeduplicationValue = [record.messageId, record.sequenceNumber, record.at];
  journal.put(TABLES.deduplication, deduplicationJournalKey(queue.id, record), value);
}

/** Removes a deduplication record. */
export function forgetDeduplication(
  journal: Journal,
  queueId: number,
  record: DeduplicationRecord,
): void {
  journal.remove(TABLES.deduplication, deduplicationJournalKey(queueId, record));
}

function deduplicationJournalKey(queueId: number, record: DeduplicationRecord): JournalKey {
  return record.groupId === undefined
    ? [queueId, record.deduplicationId]
    : [queueId, record.deduplicationId, record.groupId];
}

function extraRecord(extra: MessageExtra): ExtraRecord {
  return [
    extra.groupId ?? null,
    extra.deduplicationId ?? null,
    extra.sequenceNumber ?? null,
    extra.traceHeader ?? null,
    extra.deadLetterSource ?? null,
    extra.priorReceives ?? 0,
  ];
}

/** Reads back what `recordMessage` wrote of the rarer fields. */
export function extraFromRecord(record: ExtraRecord | null): MessageExtra | undefined {
  if (record === null) return undefined;
  const [groupId, deduplicationId, sequenceNumber, traceHeader, deadLetterSource, prior] = record;
  const extra: MessageExtra = {};
  if (groupId !== null) extra.groupId = groupId;
  if (deduplicationId !== null) extra.deduplicationId = deduplicationId;
  if (sequenceNumber !== null) extra.sequenceNumber = sequenceNumber;
  if (traceHeader !== null) extra.traceHeader = traceHeader;
  if (deadLetterSource !== null) extra.deadLetterSource = deadLetterSource;
  if (prior > 0) extra.priorReceives = prior;
  return extra;
}
