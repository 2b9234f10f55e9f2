import type { MessageProperties, Options } from 'amqplib';
import type { PublishEntry } from '../aws/publish.ts';
import type { ReceivedMessage } from '../aws/received-messages.ts';
import { withType } from '../events/attributes.ts';
import { isJson } from '../rules/text/is-json.ts';

/** The header that has the subject of a message; AMQP has no field for it. */
const SUBJECT = 'pubsub-subject';
/**
 * Headers that the broker and its plugins write or heed, such as `CC` and `BCC` with further routing keys ("Sender-selected
 * Distribution"), which close the channel where they are no lists; and the subject's.
 */
const RESERVED = new RegExp(`^(x-|B?CC$|${SUBJECT}$)`);

/** The name of an attribute that can be no header, since it would be heeded as one; undefined where all can. */
export function reservedIn(attributes: PublishEntry['attributes']): string | undefined {
  return Object.keys(attributes).find((name) => RESERVED.test(name));
}

/** A message's properties: its attributes are its headers, with the types of AMQP as far as they are the same. */
export function propertiesOf(entry: PublishEntry, messageId: string): Options.Publish {
  const subject = entry.subject === undefined ? {} : { [SUBJECT]: entry.subject };
  return {
    messageId,
    persistent: true,
    contentType: isJson(entry.message) ? 'application/json' : 'text/plain',
    contentEncoding: 'utf-8',
    timestamp: Math.floor(Date.now() / 1000),
    headers: { ...headersOf(entry.attributes), ...subject },
  };
}

/** Attributes as headers. */
export function headersOf(attributes: PublishEntry['attributes']): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, attribute]) => {
      const { type, value } = withType(attribute);
      return [name, headerOf(type, value)];
    }),
  );
}

/** The attributes that a message's headers are, whoever published it. */
export function attributesOf({ headers = {} }: MessageProperties): ReceivedMessage['attributes'] {
  const entries = Object.entries(headers).flatMap(([name, value]) => {
    if (RESERVED.test(name)) return [];
    const attribute = attributeOf(value);
    return attribute === undefined ? [] : [[name, attribute] as const];
  });
  return Object.fromEntries(entries);
}

/** The subject that a message was published with. */
export function subjectOf({ headers = {} }: MessageProperties): string | undefined {
  const subject: unknown = headers[SUBJECT];
  return typeof subject === 'string' ? subject : undefined;
}

/** A number that a double has to the letter is one; any other stays text, so that no digit is lost. */
function headerOf(type: string, value: string): unknown {
  if (type.startsWith('Binary')) return Buffer.from(value, 'base64');
  if (type.startsWith('Number') && String(Number(value)) === value) return Number(value);
  return value;
}

function attributeOf(value: unknown): { type: string; value: string } | undefined {
  if (typeof value === 'string') return { type: 'String', value };
  if (typeof value === 'number') return { type: 'Number', value: String(value) };
  if (Buffer.isBuffer(value)) return { type: 'Binary', value: value.toString('base64') };
  if (value === null || value === undefined) return undefined;
  if (Array.isArray(value)) return { type: 'String.Array', value: JSON.stringify(value) };
  return {
    type: 'String',
    value: typeof value === 'object' ? JSON.stringify(value) : String(value),
  };
}
