import { LosslessNumber } from 'lossless-json';
import { type AppError, usageError } from '../rules/errors.ts';
import { compareDecimals } from '../rules/text/decimal.ts';
import { shownText } from '../rules/text/shown-text.ts';

const OPERATORS = ['!=', '>=', '<=', '=', '>', '<', '~'] as const;
export type Operator = (typeof OPERATORS)[number];

/** A comparison of one field of a JSON document, such as `amount>100`. */
export interface Condition {
  /** Keys and array positions from the root on. */
  readonly path: readonly string[];
  readonly operator: Operator;
  readonly value: string;
  /** Given in quotes: a text, also where it looks like a number. */
  readonly quoted: boolean;
}

const PATH = /^[\p{L}_$@][\p{L}\p{N}_$@-]*(?:\.[\p{L}\p{N}_$@-]+|\[\d+\])*$/u;
const CONDITION = /^\s*([^!=<>~]+?)\s*(!=|>=|<=|==|=|>|<|~)\s*(.*?)\s*$/s;

/**
 * Reads a comparison: a path, an operator and a value. Paths are keys with dots and `[n]` for arrays; operators are
 * `=` `!=` `>` `>=` `<` `<=` and `~` (contains); a value may be in quotes.
 * @throws AppError (exit 2) that shows how one looks.
 */
export function parseCondition(text: string): Condition {
  const match = CONDITION.exec(text);
  const [, path = '', sign = '', given = ''] = match ?? [];
  const operator = OPERATORS.find((each) => each === (sign === '==' ? '=' : sign));
  if (operator === undefined || !PATH.test(path)) throw malformed(text);
  const inQuotes = /^(?:"([^"]*)"|'([^']*)')$/.exec(given);
  const value = inQuotes ? (inQuotes[1] ?? inQuotes[2] ?? '') : given;
  if (!inQuotes && (value === '' || /^[!=<>~]/.test(value))) throw malformed(text);
  const keys = path.split(/[.[\]]+/).filter((key) => key !== '');
  return { path: keys, operator, value, quoted: inQuotes !== null };
}

/**
 * Whether a document meets a condition. Numbers are compared as decimals, to the letter and never as floats; where one
 * side is not a number, texts are compared by code point, so that ISO times order as times. `null` stands for JSON's null
 * and for a field that isn't there; of such a field only `=null` and `!=` hold. `~` looks for a text in any case; in an
 * array, in each element.
 * @param document as a JSON reader gives it; its numbers may be lossless-json's.
 */
export function meets(document: unknown, condition: Condition): boolean {
  const { operator, value, quoted } = condition;
  const found = valueAt(document, condition.path);
  if (operator === '~') return contains(found, value.toLowerCase());
  if (found === undefined || found === null) {
    const isNull = value === 'null' && !quoted;
    return operator === '=' ? isNull : operator === '!=' && !isNull;
  }
  const order = compare(found, value, quoted);
  if (order === undefined) return operator === '!=';
  switch (operator) {
    case '=':
      return order === 0;
    case '!=':
      return order !== 0;
    case '>':
      return order > 0;
    case '>=':
      return order >= 0;
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
  }
}

function valueAt(document: unknown, path: readonly string[]): unknown {
  let current = document;
  for (const key of path) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, key)) {
      return undefined;
    }
    current = (current as Record<string, unknown>)[key];
  }
  return current;
}

/** How a field's value stands to a given one; undefined for objects and arrays, which have no order. */
function compare(found: unknown, value: string, quoted: boolean): number | undefined {
  const text = scalarText(found);
  if (text === undefined) return undefined;
  const byNumber = quoted ? undefined : compareDecimals(text, value);
  if (byNumber !== undefined) return byNumber;
  return text < value ? -1 : text > value ? 1 : 0;
}

function contains(found: unknown, value: string): boolean {
  if (Array.isArray(found)) return found.some((each) => contains(each, value));
  return scalarText(found)?.toLowerCase().includes(value) ?? false;
}

function scalarText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') {
    return String(value);
  }
  return value instanceof LosslessNumber ? value.toString() : undefined;
}

function malformed(text: string): AppError {
  return usageError(
    `"${shownText(text)}" is not a comparison of a field.`,
    "Such as 'amount>100', 'currency=EUR' or 'customer.email~@example.com', in quotes for the shell.",
    'InvalidCondition',
  );
}
