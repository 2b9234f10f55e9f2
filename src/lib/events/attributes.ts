import { LosslessNumber, stringify } from 'lossless-json';
import { usageError } from '../rules/errors.ts';
import { shownText } from '../rules/text/shown-text.ts';
import { isRecord } from './json-value.ts';

/** A message attribute as it is sent; `value` of a `Binary` one is base64 text. */
export interface MessageAttribute {
  /** `String`, `Number`, `Binary` or `String.Array`, or one of the first three with a label behind a dot. */
  readonly type: string;
  readonly value: string;
}

/** Attributes by name; a text alone is of type `String`. */
export type MessageAttributes = Readonly<Record<string, string | MessageAttribute>>;

/** An attribute with its type: that of a text alone is `String`. */
export function withType(attribute: string | MessageAttribute): MessageAttribute {
  return typeof attribute === 'string' ? { type: 'String', value: attribute } : attribute;
}

/** Names that SNS takes ("Amazon SNS message attributes": letters, digits, `_`, `-`, `.`; not reserved ones). */
const NAME = /^(?!(?:aws|amazon)\.)(?!\.)(?!.*\.$)(?!.*\.\.)[A-Za-z0-9_.-]{1,256}$/i;
const TYPE = /^(?:String|Number|Binary)(?:\.[\w.-]+)?$/;
const NUMBER = /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/**
 * Reads `name=value`, or with a type `name:Number=5`, `name:String.Array=["a",1]`, `name:Binary=aGk=`.
 * @param flag that it was given with. @throws AppError (exit 2) for what SNS refuses.
 */
export function parseAttribute(flag: string, text: string): [string, MessageAttribute] {
  const [, name, type = 'String', value = ''] = /^([^:=]+)(?::([^=]*))?=(.*)$/s.exec(text) ?? [];
  if (name === undefined || value === '') {
    throw usageError(
      `${flag} must be name=value or name:Number=5, not "${shownText(text)}".`,
      `${flag} tier=gold`,
    );
  }
  return [name, checkAttribute(name, { type, value })];
}

/** Looks at an attribute as SNS would. @throws AppError (exit 2) that says what is wrong with it. */
export function checkAttribute(name: string, attribute: MessageAttribute): MessageAttribute {
  const { type, value } = attribute;
  const refuse = (why: string, hint: string) =>
    usageError(`The attribute ${shownText(name)} ${why}.`, hint, 'InvalidAttribute');
  if (!NAME.test(name)) {
    throw usageError(`SNS takes no attribute named "${shownText(name)}".`, 'Such as tier=gold');
  }
  if (!TYPE.test(type)) {
    throw refuse(
      `has no type "${shownText(type)}"`,
      'Types: String, Number, String.Array, Binary; such as n:Number=5',
    );
  }
  if (value === '') throw refuse('is empty', 'Leave it out, or give it a value.');
  if (/^Number/.test(type) && !NUMBER.test(value)) {
    throw refuse(`must be a number, not "${shownText(value)}"`, 'Such as n:Number=5');
  }
  if (/^Binary/.test(type) && !BASE64.test(value)) {
    throw refuse('must be Base64', 'Such as b:Binary=aGVsbG8=');
  }
  if (type === 'String.Array' && !isArrayText(value)) {
    throw refuse(
      'must be a JSON array of texts, numbers, true, false or null',
      `Such as tags:String.Array='["a","b"]'`,
    );
  }
  return attribute;
}

/**
 * An attribute from a value: a text; a number (`Number`); a list (`String.Array`); bytes (`Binary`); or an attribute as
 * SNS's API, an envelope or `pubsub tap --json` write it.
 * @throws AppError `InvalidAttribute` (exit 2).
 */
export function attributeOf(name: string, given: unknown): MessageAttribute {
  const attribute = readAttribute(given);
  if (attribute !== undefined) return checkAttribute(name, attribute);
  throw usageError(
    `The attribute ${shownText(name)} must be a text, a number, a list, or { type, value }.`,
    'Such as {"tier":"gold","n":5}',
    'InvalidAttribute',
  );
}

function readAttribute(given: unknown): MessageAttribute | undefined {
  if (typeof given === 'string') return { type: 'String', value: given };
  if (typeof given === 'boolean') return { type: 'String', value: String(given) };
  if (typeof given === 'bigint' || (typeof given === 'number' && Number.isFinite(given))) {
    return { type: 'Number', value: String(given) };
  }
  if (given instanceof LosslessNumber) return { type: 'Number', value: given.value };
  if (Array.isArray(given)) return { type: 'String.Array', value: stringify(given) ?? '' };
  if (given instanceof Uint8Array) {
    return { type: 'Binary', value: Buffer.from(given).toString('base64') };
  }
  if (!isRecord(given)) return undefined;
  const type = given.type ?? given.Type ?? given.DataType ?? 'String';
  const value =
    given.value ?? given.Value ?? given.StringValue ?? given.stringValue ?? given.BinaryValue;
  const text = typeof value === 'number' ? String(value) : value;
  return typeof type === 'string' && typeof text === 'string' ? { type, value: text } : undefined;
}

function isArrayText(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) && value.every((each) => typeof each !== 'object' || each === null);
  } catch {
    return false;
  }
}
