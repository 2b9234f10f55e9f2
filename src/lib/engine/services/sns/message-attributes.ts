import type { MessageAttributeValue } from '@aws-sdk/client-sns';
import { ServiceError } from '../../errors.ts';
import type { EnvelopeEntry } from './delivery/envelope.ts';
import { invalidParameterValue } from './refusals.ts';

const MAX_NAME = 256;
const MAX_TYPE_BYTES = 256;

/** The kinds that a data type begins with; a label may follow (`Number.int`). */
const TYPE = /^(String|Number|Binary)(\..+)?$/;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

/** A message attribute whose type and value fit each other. */
export interface CheckedAttribute {
  readonly DataType: string;
  readonly StringValue?: string;
  readonly BinaryValue?: Uint8Array;
}

/** A message's attributes after their checks, in the order of the request. */
export interface CheckedAttributes {
  readonly values: Record<string, CheckedAttribute>;
  readonly count: number;
  /** What they add to the message's size, in bytes. */
  readonly bytes: number;
}

const NONE: CheckedAttributes = { values: {}, count: 0, bytes: 0 };

/**
 * Checks names, types and values ("Amazon SNS message attributes", "Message attribute items and validation").
 *
 * `path` leads to the attributes of a batch's entry, for errors.
 *
 * @throws ServiceError `ParameterValueInvalid`, `ValidationError`
 */
export function checkMessageAttributes(
  given: Readonly<Record<string, MessageAttributeValue>> | undefined,
  path = '',
): CheckedAttributes {
  if (given === undefined) return NONE;
  let count = 0;
  let bytes = 0;
  for (const name in given) {
    const attribute = given[name];
    if (attribute === undefined) continue;
    checkName(name);
    count += 1;
    bytes += Buffer.byteLength(name) + checkValue(name, attribute, path);
  }
  return { values: given as Record<string, CheckedAttribute>, count, bytes };
}

function checkName(name: string): void {
  if (name === '') {
    throw invalidParameterValue('The message attribute name must contain at least one character.');
  }
  if (name.length > MAX_NAME) {
    throw invalidParameterValue('Length of message attribute name must be less than 256 bytes.');
  }
  if (name.startsWith('.')) {
    throw invalidParameterValue(
      "Invalid message attribute name starting with character '.' was found.",
    );
  }
  if (name.endsWith('.')) {
    throw invalidParameterValue(
      "Invalid message attribute name ending with character '.' was found.",
    );
  }
  if (name.includes('..')) {
    throw invalidParameterValue("Message attribute name can not have successive '.' character.");
  }
  for (let index = 0; index < name.length; index++) {
    const code = name.charCodeAt(index);
    if (!isNameCharacter(code)) {
      throw invalidParameterValue(
        `Invalid non-alphanumeric character '#x${code.toString(16).toUpperCase()}' was found in the ` +
          'message attribute name. Can only include alphanumeric characters, hyphens, ' +
          'underscores, or dots.',
      );
    }
  }
}

/** Letters, digits, `-`, `_` and `.`. */
function isNameCharacter(code: number): boolean {
  return (
    (code >= 0x61 && code <= 0x7a) ||
    (code >= 0x41 && code <= 0x5a) ||
    (code >= 0x30 && code <= 0x39) ||
    code === 0x2d ||
    code === 0x5f ||
    code === 0x2e
  );
}

/** Checks type and value, and gives their size in bytes. */
function checkValue(name: string, attribute: MessageAttributeValue, path: string): number {
  const { DataType: type, StringValue: text, BinaryValue: binary } = attribute;
  if (type === undefined) {
    throw new ServiceError(
      'ValidationError',
      `1 validation error detected: Value null at '${path}messageAttributes.${name}.member.dataType' ` +
        'failed to satisfy constraint: Member must not be null',
    );
  }
  if (type === '') {
    throw invalidParameterValue(
      `The message attribute '${name}' must contain non-empty message attribute type.`,
    );
  }
  const kind = type === 'String' || type === 'Number' || type === 'Binary' ? type : kindOf(type);
  if (kind === undefined || Buffer.byteLength(type) > MAX_TYPE_BYTES) {
    throw invalidParameterValue(
      `The message attribute '${name}' has an invalid message attribute type, the set of ` +
        'supported type prefixes is Binary, Number, and String.',
    );
  }
  if (kind === 'Binary') {
    if (text !== undefined) throw wrongField(name, type, 'Binary');
    if (binary === undefined || binary.length === 0) throw emptyValue(name, type);
    return type.length + binary.length;
  }
  if (binary !== undefined) throw wrongField(name, type, 'String');
  if (text === undefined || text === '') throw emptyValue(name, type);
  if (kind === 'Number' && !NUMBER.test(text)) {
    throw invalidParameterValue(`Could not cast message attribute '${name}' value to number.`);
  }
  return Buffer.byteLength(type) + Buffer.byteLength(text);
}

function kindOf(type: string): string | undefined {
  return TYPE.exec(type)?.[1];
}

function emptyValue(name: string, type: string): ServiceError {
  return invalidParameterValue(
    `The message attribute '${name}' must contain non-empty message attribute value for ` +
      `message attribute type '${type}'.`,
  );
}

function wrongField(name: string, type: string, field: string): ServiceError {
  return invalidParameterValue(
    `The message attribute '${name}' with type '${type}' must use field '${field}'.`,
  );
}

/** The attributes as the envelope shows them. */
export function envelopeEntries(attributes: CheckedAttributes): EnvelopeEntry[] {
  const entries: EnvelopeEntry[] = [];
  for (const name in attributes.values) {
    const attribute = attributes.values[name];
    if (attribute === undefined) continue;
    const { DataType: type, StringValue: text, BinaryValue: binary } = attribute;
    const value = binary === undefined ? (text ?? '') : Buffer.from(binary).toString('base64');
    entries.push({ name, type, value });
  }
  return entries;
}
