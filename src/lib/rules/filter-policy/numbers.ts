/** Bounds of a number in a filter policy ("Filter policy constraints in Amazon SNS"). */
export const MAX_FILTER_NUMBER = 1e9;
/** SNS compares numbers with five digits after the decimal point (same page). */
const PRECISION = 1e5;

/** A number on the grid that SNS compares on: numbers that round to the same point are equal to it. */
export function onGrid(value: number): number {
  return Math.round(value * PRECISION);
}

/** Whether SNS takes a value for a number: beyond the bounds it compares the digits, and no range holds. */
export function isFilterNumber(value: unknown): value is number {
  return typeof value === 'number' && Math.abs(value) <= MAX_FILTER_NUMBER;
}

export function isNumeric(value: unknown): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint';
}

/** What two numbers have in common that SNS takes for the same. */
export function numberKey(value: number | bigint): number | string {
  return isFilterNumber(value) ? onGrid(value) : String(value);
}

/** A number from its text; undefined for text that is none. */
export function readNumber(text: string): number | bigint | undefined {
  const value = Number(text);
  if (text.trim() === '' || Number.isNaN(value)) return undefined;
  return /^[+-]?\d+$/.test(text) && !Number.isSafeInteger(value) ? BigInt(text) : value;
}
