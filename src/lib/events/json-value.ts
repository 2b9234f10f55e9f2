import { LosslessNumber } from 'lossless-json';
import { compareDecimals } from '../rules/text/decimal.ts';
import { type JsonNode, readJson } from '../rules/text/json-text.ts';

/** A text in which a number may stand that JavaScript can't hold: 16 digits and more, or a large exponent. */
const MAY_LOSE = /[\d.]{16,}|[eE][+-]?\d{3}/;
const BYTE_ORDER_MARK = /^\uFEFF/;

/**
 * Reads JSON as `JSON.parse` does, without losing digits: a number whose value JavaScript can't hold (an integer past
 * 2^53, more than 17 digits, `1e400`) becomes its decimal text. All others are plain numbers.
 * @throws SyntaxError where the text is not a JSON value.
 */
export function readJsonValue(text: string): unknown {
  const json = text.replace(BYTE_ORDER_MARK, '');
  const value: unknown = JSON.parse(json);
  if (!MAY_LOSE.test(json)) return value;
  try {
    return toValue(readJson(json), json, plainNumber);
  } catch {
    // Nested too deeply for the exact reader.
    return value;
  }
}

/**
 * Reads JSON for a writer that keeps numbers to the letter (lossless-json's `stringify`), and for exact comparisons.
 * What it returns MUST NOT reach a user's code.
 * @throws JsonTextError where the text is not a JSON value, or is nested more than 200 levels deep.
 */
export function readExactJson(text: string): unknown {
  const json = text.replace(BYTE_ORDER_MARK, '');
  return toValue(readJson(json), json, exactNumber);
}

/** A JSON object with exact numbers, as `readExactJson` reads it; undefined where the text is anything else. */
export function readExactFields(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value = readExactJson(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** A value with exact numbers as plain data: what `readJsonValue` would have read. */
export function plainValue(value: unknown): unknown {
  if (value instanceof LosslessNumber) return plainNumber(value.value);
  if (Array.isArray(value)) return value.map(plainValue);
  if (!isRecord(value)) return value;
  const plain: Record<string, unknown> = {};
  for (const [key, each] of Object.entries(value)) setOwn(plain, key, plainValue(each));
  return plain;
}

/** Whether a value is a JSON object: no array, no null, no number of lossless-json's. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof LosslessNumber)
  );
}

function toValue(node: JsonNode, text: string, number: (digits: string) => unknown): unknown {
  switch (node.kind) {
    case 'object': {
      const fields: Record<string, unknown> = {};
      for (const { key, value } of node.entries) setOwn(fields, key, toValue(value, text, number));
      return fields;
    }
    case 'array':
      return node.items.map((item) => toValue(item, text, number));
    case 'number':
      return number(text.slice(node.start, node.end));
    default:
      return node.value;
  }
}

/** Sets a field of an object's own, also where it is called `__proto__`. */
function setOwn(fields: Record<string, unknown>, key: string, value: unknown): void {
  if (key !== '__proto__') fields[key] = value;
  else {
    const own = { value, enumerable: true, configurable: true, writable: true };
    Object.defineProperty(fields, key, own);
  }
}

function plainNumber(digits: string): number | string {
  const number = Number(digits);
  return Number.isFinite(number) && compareDecimals(String(number), digits) === 0 ? number : digits;
}

function exactNumber(digits: string): number | LosslessNumber {
  const number = Number(digits);
  return Number.isSafeInteger(number) && String(number) === digits
    ? number
    : new LosslessNumber(digits);
}
