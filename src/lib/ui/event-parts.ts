import type { ChalkInstance } from 'chalk';
import { stringify } from 'lossless-json';
import { isRecord, readExactJson } from '../events/json-value.ts';
import { type EventMessage, idFields, messageData } from '../events/message.ts';
import { printable } from '../rules/text/shown-text.ts';
import { excerpt, type Part, plain } from './parts.ts';

/** What of a message is shown. */
type Shown = Pick<EventMessage, 'kind' | 'text' | 'value' | 'type'>;

/** Characters of a field's value, and of a text that is not JSON, that are shown. */
const SHOWN_VALUE = 40;
const SHOWN_TEXT = 120;
/** Fields that are shown; more are counted. */
const SHOWN_FIELDS = 12;

/** What stands for the type of a message that has none. */
const KIND_NAMES: Readonly<Record<EventMessage['kind'], string>> = {
  event: 'event',
  library: 'event',
  cloudevents: 'CloudEvent',
  eventbridge: 'EventBridge event',
  s3: 'S3 event',
  json: 'message',
  text: 'message',
};

/** The type of a message, or what it is. */
export function typeName({ kind, type }: Pick<EventMessage, 'kind' | 'type'>): string {
  return printable(type ?? KIND_NAMES[kind]);
}

/** A message in a few words: its type, and what it is about, such as `payment.captured of payment 7`; otherwise its id. */
export function messageName(message: EventMessage): string {
  const [about] = idFields(message);
  const type = typeName(message);
  if (about === undefined) return `${type} ${excerpt(message.id, SHOWN_TEXT)}`;
  const [name, id] = about;
  return `${type} of ${printable(name.replace(/_id$/i, ''))} ${excerpt(id, SHOWN_VALUE)}`;
}

/** A colour for a type, the same every time. */
export function typePaint(
  type: string | undefined,
  style: ChalkInstance,
): (text: string) => string {
  if (type === undefined) return style.magenta;
  const colors = [style.green, style.yellow, style.cyan, style.blue] as const;
  const sum = [...type].reduce((total, char) => total + (char.codePointAt(0) ?? 0), 0);
  return colors[sum % colors.length] ?? style.green;
}

/** The fields of a message as `name=value`; the beginning of a value that has no fields. */
export function fieldParts(message: Shown): Part[] {
  const exact = exactValue(message);
  const about = aboutParts(message.kind, exact);
  const data = messageData({ kind: message.kind, value: exact });
  if (!isRecord(data)) {
    return data === undefined
      ? about
      : [...about, { text: valueText(data, SHOWN_TEXT), paint: plain }];
  }
  if (message.kind === 's3') return about;
  const fields = Object.entries(data);
  const shown = fields.slice(0, SHOWN_FIELDS).map(([name, value]) => fieldPart(name, value));
  const more = fields.length - shown.length;
  return [...about, ...shown, ...(more > 0 ? [{ text: `… ${more} more`, paint: plain }] : [])];
}

/** A field as `name=value`. */
export function fieldPart(name: string, value: unknown, paint = plain): Part {
  return { text: `${excerpt(name, SHOWN_VALUE)}=${valueText(value, SHOWN_VALUE)}`, paint };
}

function exactValue({ text, value }: Shown): unknown {
  try {
    return readExactJson(text);
  } catch {
    // Text, or nested more deeply than anybody wants to see.
    return value === text ? text : '…';
  }
}

/** What events of other services say beside their data. */
function aboutParts(kind: EventMessage['kind'], value: unknown): Part[] {
  if (!isRecord(value)) return [];
  if (kind === 's3') return s3Parts(value);
  const names =
    { cloudevents: ['source', 'subject'], eventbridge: ['source'] }[kind as string] ?? [];
  return names.flatMap((name) => (value[name] === undefined ? [] : [fieldPart(name, value[name])]));
}

function s3Parts({ Records: records, Event: event }: Record<string, unknown>): Part[] {
  if (!Array.isArray(records)) return [fieldPart('event', event)];
  return records.slice(0, SHOWN_FIELDS).map((record) => {
    const { eventName, s3 } = isRecord(record) ? record : {};
    const { bucket, object } = isRecord(s3) ? s3 : {};
    const place = [bucket, object].map((each) => (isRecord(each) ? (each.name ?? each.key) : ''));
    return fieldPart(String(eventName), place.join('/'));
  });
}

/** Texts with spaces are in quotes, so that one sees where they end; so are those that are empty. */
function valueText(value: unknown, length: number): string {
  if (typeof value === 'string') {
    const isWord = /^[^\s"=]+$/.test(value) || length === SHOWN_TEXT;
    return isWord ? excerpt(value, length) : excerpt(JSON.stringify(value), length);
  }
  return excerpt(stringify(value) ?? 'null', length);
}
