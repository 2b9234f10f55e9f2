import { LosslessNumber, stringify } from 'lossless-json';
import { compareDecimals } from '../rules/text/decimal.ts';

/**
 * A value as JSON text, its numbers to the letter: what was read from a file, or a program's own data, bigints too.
 * @returns undefined where it has no JSON form, such as for a function or an infinite number.
 */
export function jsonText(value: unknown): string | undefined {
  return hasJsonForm(value) ? stringify(value) : undefined;
}

/**
 * A value that was read to the letter as plain data: a number that JavaScript can't hold becomes its decimal text, as
 * in events that are received.
 */
export function plainData(value: unknown): unknown {
  if (value instanceof LosslessNumber) return plainNumber(value.toString());
  if (Array.isArray(value)) return value.map(plainData);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plainData(each)]));
}

function plainNumber(digits: string): number | string {
  const number = Number(digits);
  return Number.isFinite(number) && compareDecimals(String(number), digits) === 0 ? number : digits;
}

function hasJsonForm(value: unknown): boolean {
  if (value === null || value instanceof LosslessNumber) return true;
  if (Array.isArray(value)) return value.every(hasJsonForm);
  if (typeof value === 'object') return Object.values(value).every(hasJsonForm);
  if (typeof value === 'number') return Number.isFinite(value);
  return ['string', 'boolean', 'bigint'].includes(typeof value);
}
