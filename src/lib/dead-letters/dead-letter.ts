import type { StoredAttribute, StoredMessage } from '../aws/stored-message.ts';
import { readExactFields } from '../events/json-value.ts';
import { type EventMessage, readMessage } from '../events/message.ts';
import { type Condition, meets } from '../events/where.ts';
import { parseSnsBody } from '../rules/sns-envelope.ts';

/** A dead letter, read: the envelope is off, and the event is looked into. */
export interface DeadLetter {
  readonly message: StoredMessage;
  /** What the publisher sent: the envelope's message, or the body. */
  readonly text: string;
  /** What the text is. */
  readonly event: EventMessage;
  /** The text's fields; undefined where it is not a JSON object. Decimals are kept to the letter. */
  readonly fields: Readonly<Record<string, unknown>> | undefined;
  readonly eventId: string | undefined;
  readonly eventType: string | undefined;
  readonly subject: string | undefined;
  /** Of the publisher: from the envelope or, with raw delivery, from the SQS message. */
  readonly attributes: Readonly<Record<string, StoredAttribute>>;
  /** Why SNS could not deliver it; undefined for what came from a queue. */
  readonly snsReason: string | undefined;
}

/** Reads a message of a dead-letter queue. Never throws for what is in it. */
export function readDeadLetter(message: StoredMessage): DeadLetter {
  const parsed = parseSnsBody(message.body);
  const isEnvelope = parsed.kind === 'envelope';
  const text = isEnvelope ? parsed.message : parsed.body;
  const attributes = isEnvelope ? parsed.attributes : message.attributes;
  const messageId = isEnvelope ? parsed.messageId : message.messageId;
  const event = readMessage({ messageId, text, attributes });
  return {
    message,
    text,
    event,
    fields: readExactFields(text),
    eventId: event.eventId,
    eventType: event.type,
    subject: isEnvelope ? parsed.subject : undefined,
    attributes,
    snsReason: snsReason(message),
  };
}

/**
 * What SNS writes to a message that it puts into a subscription's dead-letter queue: attributes `ErrorCode` and
 * `ErrorMessage` ("Amazon SNS dead-letter queues", SNS Developer Guide). Such a message came from no queue.
 */
function snsReason({ attributes, sourceArn }: StoredMessage): string | undefined {
  const { ErrorCode, ErrorMessage } = attributes;
  if (sourceArn !== undefined || (ErrorCode === undefined && ErrorMessage === undefined)) {
    return undefined;
  }
  return [ErrorCode?.value, ErrorMessage?.value].filter((part) => part !== undefined).join(': ');
}

/** Which dead letters are meant; all of what is given has to hold. */
export interface DeadLetterFilter {
  /** Message or event ids; empty for any. */
  readonly ids: readonly string[];
  readonly eventType: string | undefined;
  readonly where: readonly Condition[];
  /** In any case, in the publisher's text, the body, or an attribute's value. */
  readonly text: string | undefined;
  /** Seconds. */
  readonly olderThan: number | undefined;
  /** Seconds. */
  readonly newerThan: number | undefined;
}

/** Leaves nothing out. */
export const EVERY_DEAD_LETTER: DeadLetterFilter = {
  ids: [],
  eventType: undefined,
  where: [],
  text: undefined,
  olderThan: undefined,
  newerThan: undefined,
};

/** Whether a filter leaves nothing out. */
export function isUnfiltered(filter: DeadLetterFilter): boolean {
  const { ids, eventType, where, text, olderThan, newerThan } = filter;
  return (
    ids.length === 0 &&
    where.length === 0 &&
    [eventType, text, olderThan, newerThan].every((each) => each === undefined)
  );
}

/** Whether a dead letter is meant. @param now milliseconds since the epoch. */
export function isMeant(letter: DeadLetter, filter: DeadLetterFilter, now: number): boolean {
  const { ids, eventType, where, text, olderThan, newerThan } = filter;
  const { message, eventId } = letter;
  const age = ageSeconds(message, now);
  if (ids.length > 0 && !ids.some((id) => id === message.messageId || id === eventId)) return false;
  if (eventType !== undefined && letter.eventType !== eventType) return false;
  if (olderThan !== undefined && age < olderThan) return false;
  if (newerThan !== undefined && age >= newerThan) return false;
  if (!where.every((condition) => meets(letter.fields, condition))) return false;
  if (text === undefined) return true;
  const wanted = text.toLowerCase();
  const values = Object.values(letter.attributes).map(({ value }) => value);
  return [letter.text, message.body, ...values].some((each) => each.toLowerCase().includes(wanted));
}

/** Seconds since a message was sent, rounded down. @param now milliseconds since the epoch. */
export function ageSeconds({ sentAt }: StoredMessage, now: number): number {
  return Math.max(0, Math.floor((now - sentAt) / 1000));
}
