import { type EnvelopeAttribute, parseSnsBody } from '../rules/sns-envelope.ts';
import { isRecord, readJsonValue } from './json-value.ts';

/** What a publisher sent, with what came beside it. */
export interface IncomingMessage {
  /** SNS's message id; SQS's where the message came through no topic. */
  readonly messageId: string;
  readonly text: string;
  readonly attributes: Readonly<Record<string, EnvelopeAttribute>>;
}

/**
 * What a message is: an event with its fields beside `event_type`; the library's envelope, with its fields in `data`;
 * CloudEvents 1.0; an event of Amazon EventBridge or Amazon S3; another JSON value; text.
 */
export type MessageKind =
  | 'event'
  | 'library'
  | 'cloudevents'
  | 'eventbridge'
  | 's3'
  | 'json'
  | 'text';

/** A message as its publisher made it. */
export interface EventMessage {
  readonly kind: MessageKind;
  /** What the publisher sent, to the letter. */
  readonly text: string;
  /** The JSON value as `readJsonValue` reads it; the text itself where it is not JSON. */
  readonly value: unknown;
  /** The id that the publisher gave it: `event_id`, otherwise that of CloudEvents. */
  readonly eventId: string | undefined;
  /** What tells it from all others, for duplicates: the publisher's id, otherwise the message's. */
  readonly id: string;
  /** `event_type` of the body, otherwise of the attributes, CloudEvents' `type`, EventBridge's `detail-type`. */
  readonly type: string | undefined;
}

type Fields = Readonly<Record<string, unknown>>;

/** Fields that an event has for itself; those beside them are its data. */
export const EVENT_FIELDS = ['event_id', 'event_type', 'event_version', 'timestamp'] as const;
const LIBRARY_FIELDS: readonly string[] = [...EVENT_FIELDS, 'data', 'source'];

/** Reads a message of any kind. Never throws for what is in it. */
export function readMessage({ messageId, text, attributes }: IncomingMessage): EventMessage {
  const { isJson, value } = parse(text);
  const fields = isRecord(value) ? value : {};
  const binary = binaryAttributes(attributes);
  const isCloudEvent = isCloudEventFields(fields);
  const kind = isJson ? kindOf(fields, value) : 'text';
  const cloud: Fields = isCloudEvent ? fields : binary;
  const eventId = idText(fields.event_id) ?? idText(cloud.id);
  return {
    kind: 'id' in binary && kind !== 'event' && kind !== 'library' ? 'cloudevents' : kind,
    text,
    value,
    eventId,
    id: eventId ?? messageId,
    type:
      nonEmpty(fields.event_type) ??
      nonEmpty(attributes.event_type?.value) ??
      nonEmpty(cloud.type) ??
      (kind === 'eventbridge' ? nonEmpty(fields['detail-type']) : undefined),
  };
}

/** Reads a message as a queue has it: what SNS wrapped around it is taken off. Never throws for what is in it. */
export function readQueuedMessage(message: {
  readonly messageId: string;
  readonly body: string;
  readonly attributes: IncomingMessage['attributes'];
}): EventMessage & { readonly topicMessageId: string | undefined } {
  const { messageId, body, attributes } = message;
  const parsed = parseSnsBody(body);
  const isEnvelope = parsed.kind === 'envelope';
  const read = readMessage(
    isEnvelope ? { ...parsed, text: parsed.message } : { messageId, text: body, attributes },
  );
  return { ...read, topicMessageId: isEnvelope ? parsed.messageId : undefined };
}

/**
 * What an event is about, without what every event of its kind has: the fields beside `event_type`, `data`, `detail`,
 * or the value as it is.
 */
export function messageData({ kind, value }: Pick<EventMessage, 'kind' | 'value'>): unknown {
  if (!isRecord(value)) return value;
  switch (kind) {
    case 'event':
      return Object.fromEntries(
        Object.entries(value).filter(([name]) => !EVENT_FIELDS.some((each) => each === name)),
      );
    case 'library':
      return value.data;
    case 'cloudevents':
      return isCloudEventFields(value) ? value.data : value;
    case 'eventbridge':
      return value.detail;
    default:
      return value;
  }
}

/** The version of an event's shape: `event_version`, CloudEvents' extension `eventversion`, or 1. */
export function messageVersion({ value }: Pick<EventMessage, 'value'>): number {
  const fields = isRecord(value) ? value : {};
  return Number(
    fields.event_version ?? (isCloudEventFields(fields) ? fields.eventversion : 1) ?? 1,
  );
}

/** A message as JSON on one line, numbers to the letter; text becomes a JSON string. */
export function jsonLine({ text, value }: Pick<EventMessage, 'text' | 'value'>): string {
  // No JSON text is the same as its value.
  if (value === text) return JSON.stringify(text);
  // JSON has line ends only between its tokens.
  return text.replace(/^\uFEFF/, '').replace(/[\r\n]+/g, ' ');
}

/** The fields `…_id` of an event that hold a text or a number, such as `payment_id`; not `event_id`. */
export function idFields(message: Pick<EventMessage, 'kind' | 'value'>): Map<string, string> {
  const data = messageData(message);
  const ids = new Map<string, string>();
  for (const [name, value] of isRecord(data) ? Object.entries(data) : []) {
    const text = idText(value);
    if (text !== undefined && /^[a-z0-9_]+_id$/i.test(name)) ids.set(name, text);
  }
  return ids;
}

function parse(text: string): { readonly isJson: boolean; readonly value: unknown } {
  try {
    return { isJson: true, value: readJsonValue(text) };
  } catch {
    return { isJson: false, value: text };
  }
}

function kindOf(fields: Fields, value: unknown): MessageKind {
  if (!isRecord(value)) return 'json';
  if (nonEmpty(fields.event_type) !== undefined) {
    const isLibrary = 'data' in fields && Object.keys(fields).every(isLibraryField);
    return isLibrary ? 'library' : 'event';
  }
  if (isCloudEventFields(fields)) return 'cloudevents';
  if (typeof fields['detail-type'] === 'string' && 'detail' in fields) return 'eventbridge';
  return isS3Event(fields) ? 's3' : 'json';
}

function isLibraryField(name: string): boolean {
  return LIBRARY_FIELDS.includes(name);
}

/** "CloudEvents, JSON Event Format": in structured mode the attributes are fields of one object. */
function isCloudEventFields(fields: Fields): boolean {
  return typeof fields.specversion === 'string' && nonEmpty(fields.type) !== undefined;
}

/** "Event message structure" (Amazon S3 User Guide): a list of records, or the test event of a new notification. */
function isS3Event({ Records: records, Service: service, Event: event }: Fields): boolean {
  if (Array.isArray(records) && records.length > 0) {
    return records.every((each) => isRecord(each) && String(each.eventSource).endsWith(':s3'));
  }
  return service === 'Amazon S3' && event === 's3:TestEvent';
}

const BINARY_PREFIX = /^(?:ce[-_]|cloudEvents[:_])(?=(?:specversion|id|type|source)$)/i;

/** CloudEvents in binary mode: its attributes are message attributes with a prefix; empty where it is none. */
function binaryAttributes(attributes: IncomingMessage['attributes']): Fields {
  const found: Record<string, string> = {};
  for (const [name, { value }] of Object.entries(attributes)) {
    if (BINARY_PREFIX.test(name)) found[name.replace(BINARY_PREFIX, '').toLowerCase()] = value;
  }
  return 'specversion' in found && 'id' in found ? found : {};
}

function nonEmpty(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function idText(value: unknown): string | undefined {
  return typeof value === 'number' ? String(value) : nonEmpty(value);
}
