import type { Journal, JournalKey } from '../../journal/journal.ts';
import type { SharedBody } from '../../ports.ts';
import type { Message, MessageAttributes } from './queue/message.ts';
import type { DeduplicationRecord, Queue } from './queue/queue.ts';

/**
 * Journal tables of the service. Messages' unchanging parts and their small changing ones lie apart, both under a
 * number that only grows over all queues. What the bodies of several messages have in common lies apart from them, with
 * those of the messages that were published with it (`message-records.ts`).
 */
export const TABLES = {
  meta: 'sqs.meta',
  queues: 'sqs.queues',
  messages: 'sqs.messages',
  deliveries: 'sqs.deliveries',
  bodies: 'sqs.bodies',
  joinedGone: 'sqs.joined-gone',
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

/** What few messages have. */
export type ExtraRecord = [
  groupId: string | null,
  deduplicationId: string | null,
  sequenceNumber: string | null,
  traceHeader: string | null,
  deadLetterSource: string | null,
  priorReceives: number,
  /** Absent where the message didn't come from another queue. */
  movedAt?: number,
];

/** Entries, because the journal's objects know no `__proto__`. */
export type AttributeEntries = [name: string, value: MessageAttributes[string]][];

/** A message as the journal keeps it: an array, because names would be repeated a million times. */
export type MessageRecord = [
  queueId: number,
  seq: number,
  id: string,
  body: string | SharedBodyReference,
  sentAt: number,
  dueAt: number,
  sender: string,
  attributes: AttributeEntries | null,
  extra: ExtraRecord | null,
  receiveCount: number,
  firstReceivedAt: number,
];

/** A body that is kept once for several messages: the number of what they share, and what one has of its own. */
export type SharedBodyReference = [shared: number, own: string];

/** A message that lies with the body that it shares. What it may have of receives lies apart, as with all of them. */
export type JoinedRecord = [
  queueId: number,
  seq: number,
  id: string,
  own: string,
  sentAt: number,
  dueAt: number,
  sender: string,
  attributes: AttributeEntries | null,
  extra: ExtraRecord | null,
];

/**
 * What comes before and after a message's own part, and the messages that one fan-out or one batch brought to queues one
 * behind the other: their numbers follow the body's. Engines up to 0.1.0 wrote no such messages.
 */
export type SharedBodyRecord = [before: string, after: string, joined?: JoinedRecord[]];

/** The record of a shared body whose call may bring further messages. */
export interface OpenRecord {
  readonly body: SharedBody;
  readonly joined: JoinedRecord[];
}

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

/** Writes what a receive or a change of visibility did to a message. */
export function recordDelivery(journal: Journal, message: Message): void {
  if (!journal.durable) return;
  const record: DeliveryRecord = [message.receiveCount, message.firstReceivedAt, message.dueAt];
  journal.put(TABLES.deliveries, message.record, record);
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

/** Removes all deduplication records of a queue, in memory too. */
export function forgetDeduplications(journal: Journal, queue: Queue): void {
  for (const record of queue.deduplication.values()) forgetDeduplication(journal, queue.id, record);
  queue.deduplication.clear();
}

function deduplicationJournalKey(queueId: number, record: DeduplicationRecord): JournalKey {
  return record.groupId === undefined
    ? [queueId, record.deduplicationId]
    : [queueId, record.deduplicationId, record.groupId];
}
