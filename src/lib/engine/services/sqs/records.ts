import type { Journal, JournalKey } from '../../journal/journal.ts';
import type { SharedBody } from '../../ports.ts';
import type { Message, MessageAttributes, MessageExtra } from './queue/message.ts';
import type { DeduplicationRecord, Queue } from './queue/queue.ts';
import type { SqsState } from './state.ts';

/**
 * Journal tables of the service. Messages' unchanging parts and their small changing ones lie apart, both under a
 * number that only grows over all queues, and apart from them what the bodies of several messages have in common.
 */
export const TABLES = {
  meta: 'sqs.meta',
  queues: 'sqs.queues',
  messages: 'sqs.messages',
  deliveries: 'sqs.deliveries',
  bodies: 'sqs.bodies',
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
  /** Absent where the message didn't come from another queue. */
  movedAt?: number,
];

/** Entries, because the journal's objects know no `__proto__`. */
type AttributeEntries = [name: string, value: MessageAttributes[string]][];

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

/** What comes before and after a message's own part. */
export type SharedBodyRecord = [before: string, after: string];

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

/** Writes a message that has just arrived, and with the first of several what their bodies share. */
export function recordMessage(state: SqsState, queue: Queue, message: Message): void {
  const { journal } = state.parts;
  if (!journal.durable) return;
  const { shared } = message;
  const body: MessageRecord[3] =
    shared === undefined ? message.body : [shareBody(state, shared.body), shared.own];
  state.lastRecord += 1;
  message.record = state.lastRecord;
  const record: MessageRecord = [
    queue.id,
    message.seq,
    message.id,
    body,
    message.sentAt,
    message.dueAt,
    message.sender,
    message.attributes === undefined ? null : Object.entries(message.attributes),
    message.extra === undefined ? null : extraRecord(message.extra),
    message.receiveCount,
    message.firstReceivedAt,
  ];
  journal.append(TABLES.messages, message.record, record);
}

/** Counts one more message that needs the body, and gives its number in the journal. */
function shareBody(state: SqsState, body: SharedBody): number {
  if (body.messages === 0) {
    state.lastRecord += 1;
    body.record = state.lastRecord;
    const record: SharedBodyRecord = [body.before, body.after];
    state.parts.journal.append(TABLES.bodies, body.record, record);
  }
  body.messages += 1;
  return body.record;
}

/** Writes what a receive or a change of visibility did to a message. */
export function recordDelivery(journal: Journal, message: Message): void {
  if (!journal.durable) return;
  const record: DeliveryRecord = [message.receiveCount, message.firstReceivedAt, message.dueAt];
  journal.put(TABLES.deliveries, message.record, record);
}

/** Removes a message, and with the last of several what their bodies shared. */
export function forgetMessage(journal: Journal, message: Message): void {
  if (!journal.durable) return;
  journal.remove(TABLES.messages, message.record);
  if (message.receiveCount > 0) journal.remove(TABLES.deliveries, message.record);
  if (message.shared === undefined) return;
  const { body } = message.shared;
  message.shared = undefined;
  body.messages -= 1;
  if (body.messages === 0) journal.remove(TABLES.bodies, body.record);
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

function extraRecord(extra: MessageExtra): ExtraRecord {
  const record: ExtraRecord = [
    extra.groupId ?? null,
    extra.deduplicationId ?? null,
    extra.sequenceNumber ?? null,
    extra.traceHeader ?? null,
    extra.deadLetterSource ?? null,
    extra.priorReceives ?? 0,
  ];
  if (extra.movedAt !== undefined) record[6] = extra.movedAt;
  return record;
}

/** Reads back what `recordMessage` wrote of the attributes. */
export function attributesFromRecord(
  attributes: MessageRecord[7] | MessageAttributes,
): MessageAttributes | undefined {
  if (attributes === null) return undefined;
  // Engines up to 0.1.0 wrote an object.
  return Array.isArray(attributes) ? Object.fromEntries(attributes) : attributes;
}

/** Reads back what `recordMessage` wrote of the rarer fields. */
export function extraFromRecord(record: ExtraRecord | null): MessageExtra | undefined {
  if (record === null) return undefined;
  const [groupId, deduplicationId, sequenceNumber, traceHeader, deadLetterSource, prior, movedAt] =
    record;
  const extra: MessageExtra = {};
  if (groupId !== null) extra.groupId = groupId;
  if (deduplicationId !== null) extra.deduplicationId = deduplicationId;
  if (sequenceNumber !== null) extra.sequenceNumber = sequenceNumber;
  if (traceHeader !== null) extra.traceHeader = traceHeader;
  if (deadLetterSource !== null) extra.deadLetterSource = deadLetterSource;
  if (prior > 0) extra.priorReceives = prior;
  if (movedAt !== undefined) extra.movedAt = movedAt;
  return extra;
}
