import { shownText } from '../rules/text/shown-text.ts';

/** Digits before the decimal point that an amount may have: what `numeric(10,2)` holds. */
export const MAX_MONEY_DIGITS = 8;

const DECIMAL = /^(-?)(\d+)(?:\.(\d+))?$/;

/** What is wrong with an amount, as the end of a sentence that begins with its field. */
export type MoneyProblem = { readonly problem: string };

/**
 * Reads an amount from its decimal text; it never becomes a binary number.
 * @returns the amount with exactly two decimals, such as `75.00`, or what is wrong with the text.
 */
export function parseMoney(text: string): string | MoneyProblem {
  const match = DECIMAL.exec(text.trim());
  if (!match) return { problem: `must be a number such as 29.99, not "${shownText(text)}"` };
  const [, sign, whole = '', fraction = ''] = match;
  if (sign) return { problem: `can't be negative (${shownText(text)})` };
  if (fraction.length > 2) return { problem: `has more than two decimals (${shownText(text)})` };
  const digits = whole.replace(/^0+(?=\d)/, '');
  if (digits.length > MAX_MONEY_DIGITS) {
    return { problem: `is larger than ${'9'.repeat(MAX_MONEY_DIGITS)}.99 (${shownText(text)})` };
  }
  return `${digits}.${fraction.padEnd(2, '0')}`;
}
