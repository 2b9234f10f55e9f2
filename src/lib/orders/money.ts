import { readDecimal } from '../http/json-number.ts';
import { shownText } from '../rules/text/shown-text.ts';

/** Digits before the decimal point that an amount may have: what `numeric(10,2)` holds. */
const MAX_MONEY_DIGITS = 8;
const DECIMALS = 2;

/** The largest amount. */
export const MAX_MONEY = `${'9'.repeat(MAX_MONEY_DIGITS)}.99`;

/** What is wrong with an amount, as the end of a sentence that begins with its field. */
export interface MoneyProblem {
  readonly problem: string;
}

/**
 * Reads an amount from the text of a JSON number, by its value; it never becomes a binary number.
 * @returns the amount with exactly two decimals, such as `75.00`, or what is wrong with it.
 */
export function readMoney(text: string): string | MoneyProblem {
  const decimal = readDecimal(text);
  if (!decimal) return { problem: `must be a number such as 29.99, not "${shownText(text)}"` };
  const { isNegative, digits, exponent } = decimal;
  if (digits === '') return '0.00';
  if (isNegative) return { problem: `can't be negative (${shownText(text)})` };
  if (exponent < -DECIMALS) return { problem: `has more than two decimals (${shownText(text)})` };
  if (digits.length + exponent > MAX_MONEY_DIGITS) {
    return { problem: `is larger than ${MAX_MONEY} (${shownText(text)})` };
  }
  const cents = (digits + '0'.repeat(exponent + DECIMALS)).padStart(DECIMALS + 1, '0');
  return `${cents.slice(0, -DECIMALS)}.${cents.slice(-DECIMALS)}`;
}
