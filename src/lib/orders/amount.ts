import { LosslessNumber } from 'lossless-json';
import * as z from 'zod';
import { MISSING } from '../http/fields.ts';
import { shownValue } from '../rules/text/shown-text.ts';
import { readMoney } from './money.ts';

/**
 * A field with an amount of at most two places; read as decimal text with exactly two.
 * @param takes.text whether decimal text is taken as well as a JSON number
 */
export function amount(takes: { readonly text: boolean }) {
  const expected = takes.text ? 'an amount such as "29.99"' : 'a number such as 29.99';
  return z.unknown().transform((value, context): string => {
    const problem = (message: string): never => {
      context.issues.push({ code: 'custom', message, input: value });
      return z.NEVER;
    };
    if (value === undefined) return problem(MISSING);
    const isNumber = typeof value === 'number' || value instanceof LosslessNumber;
    if (!isNumber && !(takes.text && typeof value === 'string')) {
      return problem(`must be ${expected}, not ${shownValue(value)}`);
    }
    const read = readMoney(String(value));
    return typeof read === 'string' ? read : problem(read.problem);
  });
}
