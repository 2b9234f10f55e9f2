import { isUtf8 } from 'node:buffer';
import { isDeepStrictEqual } from 'node:util';
import type { MessageProperties } from 'amqplib';
import type { StoredAttribute } from '../aws/stored-message.ts';
import type { ExportLines } from '../aws/stored-queue.ts';
import { invalid, readAttributes, readLineFields } from '../dead-letters/dead-letter-lines.ts';
import { isRecord } from '../events/json-value.ts';
import { type Stored, withoutDeath } from './death.ts';
import { attributesOf, headersOf, reservedIn } from './message-headers.ts';

/** Bytes of a line that is read: a message of 128 MiB, RabbitMQ's largest, as base64, and its headers. */
const MAX_LINE_BYTES = 256 * 1024 * 1024;
/**
 * Properties of a message that are text (`basic` class, AMQP 0-9-1). The one that names the sender is left out: a broker
 * takes it from that user alone.
 */
const TEXTS = [
  ...['contentType', 'contentEncoding', 'correlationId', 'replyTo', 'expiration', 'messageId'],
  ...['type', 'appId', 'clusterId'],
] as const;
/** Bytes of such a text (short string). */
const MAX_TEXT_BYTES = 255;

/**
 * Lines of an export of a broker's queue: those of SQS, and what RabbitMQ has besides, so that the message can be sent
 * again to the letter. `body` is null where it is not text, and `bodyBase64` has it; `amqp` has the properties and those
 * headers that are no attributes. What a line says as SQS's do counts first: it can be edited.
 */
export const brokerLines: ExportLines = {
  maxBytes: MAX_LINE_BYTES,
  further({ original }) {
    const { content, properties } = withoutDeath(original as Stored);
    const attributes = attributesOf(properties);
    const plain = headersOf(attributes);
    const headers = Object.entries(properties.headers ?? {}).filter(
      ([name, value]) => !isDeepStrictEqual(plain[name], value),
    );
    const { timestamp, priority } = properties;
    return {
      ...(isUtf8(content) ? {} : { body: null, bodyBase64: content.toString('base64') }),
      attributes,
      amqp: {
        ...Object.fromEntries(TEXTS.map((name) => [name, properties[name]])),
        ...(typeof timestamp === 'number' ? { timestamp } : {}),
        ...(typeof priority === 'number' ? { priority } : {}),
        headers: Object.fromEntries(headers.map(([name, value]) => [name, toJson(value)])),
      },
    };
  },
  read(text) {
    const fields = readLineFields(text);
    const attributes = readAttributes(fields.attributes);
    const reserved = reservedIn(attributes);
    if (reserved !== undefined) throw invalid(`"${reserved}" is a header of RabbitMQ's own`);
    const content = readContent(fields);
    const { amqp = fields.body === null ? {} : undefined } = fields;
    return {
      body: content.toString(),
      attributes,
      groupId: undefined,
      traceHeader: undefined,
      ...(amqp === undefined
        ? {}
        : { original: { content, properties: readProperties(amqp, attributes) } }),
    };
  },
};

function readContent({ body, bodyBase64 }: Readonly<Record<string, unknown>>): Buffer {
  if (typeof body === 'string') return Buffer.from(body);
  if (body === null && typeof bodyBase64 === 'string') {
    if (/^[\w+/-]*={0,2}$/.test(bodyBase64)) return Buffer.from(bodyBase64, 'base64');
    throw invalid('"bodyBase64" is not base64');
  }
  throw invalid('it has no text "body"');
}

function readProperties(
  given: unknown,
  attributes: Readonly<Record<string, StoredAttribute>>,
): MessageProperties {
  if (!isRecord(given)) throw invalid('"amqp" is not an object');
  const { timestamp, priority, headers = {} } = given;
  const texts = TEXTS.flatMap((name) => {
    const value = given[name];
    if (value === undefined || value === null) return [];
    if (typeof value !== 'string' || Buffer.byteLength(value) > MAX_TEXT_BYTES) {
      throw invalid(`"amqp.${name}" is not text of at most ${MAX_TEXT_BYTES} bytes`);
    }
    return [[name, value] as const];
  });
  if (typeof given.expiration === 'string' && !/^\d{1,10}$/.test(given.expiration)) {
    throw invalid('"amqp.expiration" is not a number of milliseconds');
  }
  if (!isRecord(headers)) throw invalid('"amqp.headers" is not an object');
  const others = Object.entries(headers).map(([name, value]) => [name, fromJson(value)] as const);
  return {
    ...Object.fromEntries(texts),
    ...numberWithin('timestamp', timestamp, Number.MAX_SAFE_INTEGER),
    ...numberWithin('priority', priority, 255),
    headers: { ...headersOf(attributes), ...Object.fromEntries(others) },
  } as MessageProperties;
}

function numberWithin(name: string, value: unknown, most: number): Record<string, number> {
  if (value === undefined || value === null) return {};
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value <= most) {
    return { [name]: value };
  }
  throw invalid(`"amqp.${name}" is not a whole number from 0 to ${most}`);
}

/** A header's value as JSON. amqplib has times and decimals as `{ '!': type, value }`; bytes are written the same way. */
function toJson(value: unknown): unknown {
  if (Buffer.isBuffer(value)) return { '!': 'bytes', value: value.toString('base64') };
  if (Array.isArray(value)) return value.map(toJson);
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, toJson(each)]));
}

function fromJson(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(fromJson);
  if (!isRecord(value)) return value;
  if (value['!'] === 'bytes' && typeof value.value === 'string') {
    return Buffer.from(value.value, 'base64');
  }
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, fromJson(each)]));
}
