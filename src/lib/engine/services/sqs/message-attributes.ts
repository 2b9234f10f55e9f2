import { createHash } from 'node:crypto';
import type { MessageAttributeValue } from '@aws-sdk/client-sqs';
import { MAX_MESSAGE_ATTRIBUTES } from '../../../rules/limits.ts';
import { findForbiddenCharacter } from './characters.ts';
import { forbiddenCharacter, invalidParameter, unsupportedListValues } from './errors.ts';
import type { MessageAttributes } from './queue/message.ts';

/** Longest name and longest type of an attribute, in characters. */
const MAX_LENGTH = 256;
/** Letters of other alphabets as well, which the developer guide doesn't say. */
const NAME_CHARACTERS = /^[\p{L}\p{N}_.-]+$/u;
const RESERVED = /^(aws|amazon)\./i;
const TYPE = /^(String|Number|Binary)(?:\.(.+))?$/;
/** "Numbers can have up to 38 digits of precision and be between 10^-128 and 10^+126" (message attribute data types). */
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

/**
 * Checks a message's attributes by the rules of "Amazon SQS message metadata", SQS Developer Guide.
 *
 * @param kind `user` for MessageAttributes, `system` for MessageSystemAttributes
 * @throws ServiceError InvalidParameterValue, UnsupportedOperation
 */
export function checkMessageAttributes(
  attributes: MessageAttributes,
  kind: 'user' | 'system',
): void {
  const names = Object.keys(attributes);
  if (names.length > MAX_MESSAGE_ATTRIBUTES) {
    throw invalidParameter(
      `Number of message attributes [${names.length}] exceeds the allowed maximum [${MAX_MESSAGE_ATTRIBUTES}].`,
    );
  }
  for (const name of names) {
    if (kind === 'user') checkName(name);
    checkValue(name, attributes[name] as MessageAttributeValue, kind);
  }
}

function checkName(name: string): void {
  if (name === '')
    throw invalidParameter('The request must contain non-empty message attribute name.');
  if (name.length > MAX_LENGTH) {
    throw invalidParameter(
      `Length of message attribute name must be less than ${MAX_LENGTH} bytes.`,
    );
  }
  if (RESERVED.test(name)) {
    throw invalidParameter(
      `You can't use message attribute names beginning with 'AWS.' or 'Amazon.' because these strings are reserved for internal use.`,
    );
  }
  if (
    !NAME_CHARACTERS.test(name) ||
    name.startsWith('.') ||
    name.endsWith('.') ||
    name.includes('..')
  ) {
    throw invalidParameter(
      `Invalid message attribute name '${name}': a name can contain A-Z, a-z, 0-9, underscore (_), hyphen (-), and period (.), must not start or end with a period, and must not have successive periods.`,
    );
  }
}

function checkValue(name: string, value: MessageAttributeValue, kind: 'user' | 'system'): void {
  const label = `message (${kind}) attribute '${name}'`;
  const { DataType: type, StringValue: text, BinaryValue: bytes } = value;
  if (value.StringListValues?.length || value.BinaryListValues?.length) {
    throw unsupportedListValues();
  }
  // Empty lists are as good as none, and no receive shows them.
  delete value.StringListValues;
  delete value.BinaryListValues;
  if (type === undefined || type === '') {
    throw invalidParameter(`The ${label} must contain a non-empty message attribute type.`);
  }
  if (type.length > MAX_LENGTH) {
    throw invalidParameter(
      `Length of message attribute type must be less than ${MAX_LENGTH} bytes.`,
    );
  }
  const base = TYPE.exec(type)?.[1];
  if (base === undefined) {
    throw invalidParameter(
      `The type of ${label} is invalid. You must use only the following supported type prefixes: Binary, Number, String.`,
    );
  }
  if (text !== undefined && bytes !== undefined) {
    throw invalidParameter(`The ${label} has multiple values; it must have exactly one.`);
  }
  const isBinary = base === 'Binary';
  const given = isBinary ? bytes : text;
  if (given === undefined || given.length === 0) {
    throw invalidParameter(`M${label.slice(1)} must contain a non-empty value of type '${type}'.`);
  }
  if (typeof given !== 'string') return;
  const forbidden = findForbiddenCharacter(given);
  if (forbidden >= 0) throw invalidParameter(forbiddenCharacter(forbidden, `${label} value`));
  if (base === 'Number') checkNumber(given, label);
}

function checkNumber(text: string, label: string): void {
  const refused = () => invalidParameter(`Can't cast the value of ${label} to a number.`);
  if (!NUMBER.test(text)) throw refused();
  const digits = text
    .replace(/[eE].*$/, '')
    .replace(/[+.-]/g, '')
    .replace(/^0+/, '');
  const magnitude = Math.abs(Number(text));
  if (digits.replace(/0+$/, '').length > 38 || magnitude > 1e126) throw refused();
  if (magnitude !== 0 && magnitude < 1e-128) throw refused();
}

/** Bytes that attributes add to a message's size: name, type and value of each. */
export function attributesSize(attributes: MessageAttributes | undefined): number {
  if (attributes === undefined) return 0;
  let size = 0;
  for (const name of Object.keys(attributes)) {
    const { DataType = '', StringValue, BinaryValue } = attributes[name] as MessageAttributeValue;
    size += Buffer.byteLength(name) + Buffer.byteLength(DataType);
    if (StringValue !== undefined) size += Buffer.byteLength(StringValue);
    if (BinaryValue !== undefined) size += BinaryValue.length;
  }
  return size;
}

const STRING_TYPE = Buffer.of(1);
const BINARY_TYPE = Buffer.of(2);

/**
 * MD5 of attributes in hex: sorted by name, each as name, type, a byte for the kind of value, value; lengths before
 * texts in four bytes ("Calculating the MD5 message digest for message attributes", SQS Developer Guide).
 */
export function attributesMd5(attributes: MessageAttributes): string {
  const digest = createHash('md5');
  const add = (bytes: string | Uint8Array) => {
    const length = Buffer.allocUnsafe(4);
    length.writeUInt32BE(typeof bytes === 'string' ? Buffer.byteLength(bytes) : bytes.length);
    digest.update(length).update(bytes);
  };
  for (const name of Object.keys(attributes).sort()) {
    const { DataType = '', StringValue, BinaryValue } = attributes[name] as MessageAttributeValue;
    add(name);
    add(DataType);
    digest.update(BinaryValue === undefined ? STRING_TYPE : BINARY_TYPE);
    add(BinaryValue ?? StringValue ?? '');
  }
  return digest.digest('hex');
}

const ALL: ReadonlySet<string> = new Set(['All', '.*', '*']);

/** Tells which attributes `MessageAttributeNames` asks for: names, `prefix.*`, and `All`, `.*` or `*` for all. */
export function selectAttributes(
  attributes: MessageAttributes | undefined,
  wanted: readonly string[],
): MessageAttributes | undefined {
  if (attributes === undefined || wanted.length === 0) return undefined;
  if (wanted.some((pattern) => ALL.has(pattern))) return attributes;
  const selected: MessageAttributes = Object.create(null);
  let found = false;
  for (const name of Object.keys(attributes)) {
    if (!wanted.some((pattern) => matches(name, pattern))) continue;
    selected[name] = attributes[name] as MessageAttributeValue;
    found = true;
  }
  return found ? selected : undefined;
}

function matches(name: string, pattern: string): boolean {
  if (!pattern.endsWith('.*')) return name === pattern;
  return name.startsWith(pattern.slice(0, -2));
}
