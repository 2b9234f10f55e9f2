import type { Journal } from '../../journal/journal.ts';
import type { BodyShare, SharedBody } from '../../ports.ts';
import type { Message, MessageAttributes, MessageExtra } from './queue/message.ts';
import type { Queue } from './queue/queue.ts';
import {
  type AttributeEntries,
  type ExtraRecord,
  type JoinedRecord,
  type MessageRecord,
  type SharedBodyRecord,
  type SharedBodyReference,
  TABLES,
} from './records.ts';
import type { SqsState } from './state.ts';

/** As many as the journal writes quickly as a list, and as the bits of a small number tell apart. */
const MAX_JOINED = 15;

/**
 * Writes a message that has just arrived, and with the first of several what their bodies share.
 * @param share its part in that.
 */
export function recordMessage(
  state: SqsState,
  queue: Queue,
  message: Message,
  share: BodyShare | undefined,
): void {
  const { journal } = state.parts;
  if (!journal.durable) return;
  if (share !== undefined) {
    const { body } = share;
    if (body.messages === 0) recordBody(state, body);
    body.messages += 1;
    message.shared = body;
    if (join(state, queue, message, share)) return;
  }
  state.lastRecord += 1;
  message.record = state.lastRecord;
  const record: MessageRecord = [
    queue.id,
    message.seq,
    message.id,
    share === undefined ? message.body : [share.body.record, share.own],
    message.sentAt,
    message.dueAt,
    message.sender,
    attributesRecord(message),
    extraRecord(message.extra),
    message.receiveCount,
    message.firstReceivedAt,
  ];
  journal.append(TABLES.messages, message.record, record);
}

/** Writes what messages share. */
function recordBody(state: SqsState, body: SharedBody): void {
  state.lastRecord += 1;
  body.record = state.lastRecord;
  body.joined = 0;
  body.joinedGone = 0;
  const joined: JoinedRecord[] = [];
  state.openRecord = { body, joined };
  const record: SharedBodyRecord = [body.before, body.after, joined];
  state.parts.journal.append(TABLES.bodies, body.record, record);
}

/**
 * Puts a message into the record of the body that it shares, which its call goes on to write in the same turn: three
 * queues of a topic then take one record in place of four, and a batch of ten one in place of ten. Others numbered
 * meanwhile keep it out: the numbers of those in a record follow the body's.
 *
 * @returns whether it is there
 */
function join(state: SqsState, queue: Queue, message: Message, { body, own }: BodyShare): boolean {
  const { openRecord } = state;
  if (!body.isOpen || openRecord?.body !== body || body.joined === MAX_JOINED) return false;
  if (state.lastRecord !== body.record + body.joined || message.receiveCount > 0) return false;
  body.joined += 1;
  state.lastRecord += 1;
  message.record = state.lastRecord;
  openRecord.joined.push([
    queue.id,
    message.seq,
    message.id,
    own,
    message.sentAt,
    message.dueAt,
    message.sender,
    attributesRecord(message),
    extraRecord(message.extra),
  ]);
  return true;
}

/** Removes a message, and with the last of several what their bodies shared. */
export function forgetMessage(journal: Journal, message: Message): void {
  if (!journal.durable) return;
  const { record, shared: body } = message;
  if (message.receiveCount > 0) journal.remove(TABLES.deliveries, record);
  if (body === undefined) {
    journal.remove(TABLES.messages, record);
    return;
  }
  message.shared = undefined;
  const place = record - body.record - 1;
  const isJoined = place < body.joined;
  if (!isJoined) journal.remove(TABLES.messages, record);
  body.messages -= 1;
  if (body.messages === 0) {
    journal.remove(TABLES.bodies, body.record);
    if (body.joinedGone !== 0) journal.remove(TABLES.joinedGone, body.record);
  } else if (isJoined) {
    body.joinedGone |= 1 << place;
    journal.put(TABLES.joinedGone, body.record, body.joinedGone);
  }
}

/**
 * The messages in the record of a shared body, but for those that have gone.
 *
 * @returns each under its number, as one that lies by itself
 */
export function joinedMessages(
  body: SharedBody,
  joined: readonly JoinedRecord[],
): { readonly number: number; readonly record: MessageRecord }[] {
  return joined.flatMap((each, place) => {
    if ((body.joinedGone & (1 << place)) !== 0) return [];
    const [queueId, seq, id, own, sentAt, dueAt, sender, attributes, extra] = each;
    const text: SharedBodyReference = [body.record, own];
    const record: MessageRecord = [
      ...([queueId, seq, id, text, sentAt, dueAt, sender, attributes, extra] as const),
      0,
      0,
    ];
    return [{ number: body.record + 1 + place, record }];
  });
}

function attributesRecord({ attributes }: Message): AttributeEntries | null {
  return attributes === undefined ? null : Object.entries(attributes);
}

function extraRecord(extra: MessageExtra | undefined): ExtraRecord | null {
  if (extra === undefined) return null;
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
