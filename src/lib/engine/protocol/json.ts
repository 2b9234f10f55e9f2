import { ServiceError } from '../errors.ts';
import { isTooDeep } from './json-depth.ts';
import { serializationError } from './serialization-error.ts';
import type { Shape, StructureShape } from './shape.ts';

/** How one service speaks the AWS JSON protocols, 1.0 and 1.1. */
export interface JsonStyle {
  /** What `X-Amz-Target` begins with, the dot included. */
  readonly target: string;
  readonly contentType: string;
  /** What stands before the name in an error's `__type`, for its own errors and for those of the framework. */
  readonly errorNamespace: string;
  readonly frameworkNamespace: string;
  /** Whether errors carry `x-amzn-query-error` for clients that know the older protocol's codes. */
  readonly queryErrors: boolean;
}

/**
 * Decodes a body of the AWS JSON protocols. Members that the shape doesn't know are dropped, nulls count as absent,
 * blobs become bytes.
 *
 * @throws ServiceError `SerializationException` for malformed JSON and wrong types.
 * @see https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html
 * @see https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
 */
export function decodeJson(shape: StructureShape, body: string): Record<string, unknown> {
  let value: unknown;
  try {
    if (isTooDeep(body)) throw new SyntaxError('too deep');
    value = body === '' ? {} : JSON.parse(body);
  } catch {
    throw new ServiceError('SerializationException', '', { origin: 'framework' });
  }
  return decodeStructure(shape, value);
}

/**
 * Whether a JSON text that could be read has no characters but ASCII's from the blank on in its texts. It has to escape the
 * control characters; one that escapes others is not looked into.
 */
export function isPlainJson(text: string): boolean {
  return !text.includes('\\') && Buffer.byteLength(text) === text.length;
}

function decodeStructure(shape: StructureShape, value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw serializationError(value, 'structure');
  }
  // In place: most members stay as they are, and nobody else has the value.
  const members = value as Record<string, unknown>;
  for (const name in members) {
    const member = members[name];
    const memberShape = shape.fields[name];
    if (memberShape === undefined || member === null) {
      delete members[name];
    } else {
      const decoded = decode(memberShape, member);
      if (decoded !== member) members[name] = decoded;
    }
  }
  return members;
}

function decode(shape: Shape, value: unknown): unknown {
  switch (shape.kind) {
    case 'string':
      if (typeof value === 'string') return value;
      break;
    case 'integer':
    case 'long':
      // The services' parser takes a decimal's whole part.
      if (typeof value === 'number') return Math.trunc(value);
      break;
    case 'double':
      if (typeof value === 'number') return value;
      break;
    case 'boolean':
      if (typeof value === 'boolean') return value;
      break;
    case 'blob':
      if (typeof value === 'string') return decodeBase64(value);
      break;
    case 'timestamp':
      if (typeof value === 'number') return new Date(value * 1000);
      break;
    case 'structure':
      return decodeStructure(shape, value);
    case 'list':
      if (Array.isArray(value)) return decodeList(shape.member, value);
      break;
    case 'map':
      if (typeof value === 'object' && !Array.isArray(value)) {
        return decodeMap(shape.value, value as Record<string, unknown>);
      }
      break;
  }
  throw serializationError(value, shape.kind);
}

function decodeList(member: Shape, values: unknown[]): unknown[] {
  const decoded: unknown[] = [];
  for (const value of values) if (value !== null) decoded.push(decode(member, value));
  return decoded;
}

function decodeMap(member: Shape, values: Record<string, unknown>): Record<string, unknown> {
  // Keys are the caller's: without a prototype, `__proto__` is a key like any other.
  const decoded: Record<string, unknown> = Object.create(null);
  for (const [key, value] of Object.entries(values)) {
    if (value !== null) decoded[key] = decode(member, value);
  }
  return decoded;
}

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

/**
 * @throws ServiceError `SerializationException` for text that is not base64.
 */
export function decodeBase64(text: string): Uint8Array {
  if (!BASE64.test(text)) throw serializationError(text, 'blob');
  return Buffer.from(text, 'base64');
}

/** An encoder for the shape's JSON: made once per action, because most answers need no conversion at all. */
export function jsonEncoder(shape: StructureShape): (value: unknown) => string {
  const convert = converter(shape);
  return convert === undefined
    ? (value) => JSON.stringify(value)
    : (value) => JSON.stringify(convert(value));
}

type Convert = (value: unknown) => unknown;

/** Turns blobs into base64 and times into seconds; absent where the shape holds neither. */
function converter(shape: Shape): Convert | undefined {
  switch (shape.kind) {
    case 'blob':
      return (value) => Buffer.from(value as Uint8Array).toString('base64');
    case 'timestamp':
      return (value) => (value as Date).getTime() / 1000;
    case 'list': {
      const member = converter(shape.member);
      return member && ((value) => (value as unknown[]).map(member));
    }
    case 'map': {
      const member = converter(shape.value);
      return member && ((value) => mapValues(value as object, member));
    }
    case 'structure': {
      const fields: [string, Convert][] = [];
      for (const [name, field] of Object.entries(shape.fields)) {
        const convert = converter(field);
        if (convert !== undefined) fields.push([name, convert]);
      }
      return fields.length === 0 ? undefined : (value) => convertFields(value as object, fields);
    }
    default:
      return undefined;
  }
}

function mapValues(value: object, convert: Convert): object {
  const converted: Record<string, unknown> = Object.create(null);
  for (const [key, member] of Object.entries(value)) converted[key] = convert(member);
  return converted;
}

function convertFields(value: object, fields: readonly [string, Convert][]): object {
  let converted: Record<string, unknown> | undefined;
  for (const [name, convert] of fields) {
    const member = (value as Record<string, unknown>)[name];
    if (member === undefined) continue;
    converted ??= { ...value };
    converted[name] = convert(member);
  }
  return converted ?? value;
}

/** The body of an error. `origin` decides the namespace of its type, as the services' own answers do. */
export function jsonError(style: JsonStyle, error: ServiceError): string {
  const namespace = error.origin === 'framework' ? style.frameworkNamespace : style.errorNamespace;
  const type = namespace + error.code;
  return JSON.stringify(
    error.message === '' ? { __type: type } : { __type: type, message: error.message },
  );
}
