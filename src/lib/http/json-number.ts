const JSON_NUMBER = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;

/** A decimal number: `digits` × 10^`exponent`. */
export interface DecimalNumber {
  readonly isNegative: boolean;
  /** Without zeros at either end; empty for zero. */
  readonly digits: string;
  readonly exponent: number;
}

/**
 * Reads a JSON number by its value: `1e2`, `100` and `100.0` are the same. It never becomes a binary number.
 * @param text of any length; takes time in proportion to it.
 * @returns undefined where the text is not a number.
 */
export function readDecimal(text: string): DecimalNumber | undefined {
  const match = JSON_NUMBER.exec(text);
  if (!match) return undefined;
  const [, sign, whole = '', fraction = '', exponent = '0'] = match;
  const all = whole + fraction;
  let [start, end] = [0, all.length];
  while (all[start] === '0') start++;
  while (end > start && all[end - 1] === '0') end--;
  return {
    isNegative: sign === '-' && end > start,
    digits: all.slice(start, end),
    exponent: Number(exponent) - fraction.length + (all.length - end),
  };
}

/** The whole number that a JSON number's text stands for; undefined where it is none that a double holds exactly. */
export function readWholeNumber(text: string): number | undefined {
  const decimal = readDecimal(text);
  if (decimal === undefined) return undefined;
  const { isNegative, digits, exponent } = decimal;
  if (digits === '') return 0;
  if (exponent < 0 || digits.length + exponent > 16) return undefined;
  const number = Number(digits + '0'.repeat(exponent));
  if (!Number.isSafeInteger(number)) return undefined;
  return isNegative ? -number : number;
}
