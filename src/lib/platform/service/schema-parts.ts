import { LosslessNumber } from 'lossless-json';
import * as z from 'zod';
import { readMoney } from '../../orders/money.ts';
import { shownValue } from '../../rules/text/shown-text.ts';

const MISSING = 'is missing';

/** One message for whatever is wrong with a field, but for a missing one. */
export const says = (message: string) => ({
  error: ({ input }: { input?: unknown }) => (input === undefined ? MISSING : message),
});

/** What an object's own message is. */
export const FIELDS = says('must be an object');

/** Text of so many characters, without those around it that nobody sees and without control characters. */
export function text(least: number, most: number) {
  const message = `must be text of ${least} to ${most} characters, without control characters`;
  return z
    .string(says(message))
    .trim()
    .min(least, message)
    .max(most, message)
    .regex(/^[^\p{Cc}]*$/u, message);
}

/** An amount: decimal text, or a number, with at most two places; read as decimal text with exactly two. */
export const money = z
  .unknown()
  .transform((value, context): string => {
    const problem = (message: string): never => {
      context.issues.push({ code: 'custom', message, input: value });
      return z.NEVER;
    };
    if (value === undefined) return problem(MISSING);
    const isNumber = typeof value === 'number' || value instanceof LosslessNumber;
    if (typeof value !== 'string' && !isNumber) {
      return problem(`must be an amount such as "29.99", not ${shownValue(value)}`);
    }
    const read = readMoney(String(value));
    return typeof read === 'string' ? read : problem(read.problem);
  })
  .meta({
    type: 'string',
    pattern: '^\\d{1,8}(\\.\\d{1,2})?$',
    description: 'decimal, with at most two places',
    examples: ['29.99'],
  });

/** A whole number within bounds. */
export function whole(least: number, most: number) {
  const message = says(`must be a whole number from ${least} to ${most}`);
  return z.number(message).int(message).min(least, message).max(most, message);
}

/** Digits of a whole number from 1 in a URL, without anything that would be another writing of it. */
export function urlNumber(most: number, message: string) {
  return z
    .string(says('must be given once'))
    .regex(/^[1-9]\d{0,15}$/, message)
    .transform(Number)
    .refine((number) => number <= most, message)
    .meta({ type: 'integer', minimum: 1, maximum: most });
}

/** An id in a URL. */
export const urlId = urlNumber(Number.MAX_SAFE_INTEGER, 'must be a whole number from 1');

/** What is searched for: words, in any script. */
export const words = text(0, 100).describe('words that all have to be there, in any case');

/** Entries of a page unless asked for otherwise, and at the most. */
const PAGE = { usual: 20, most: 100 };

/** Which page of a list is asked for. */
export const pageFields = {
  limit: urlNumber(PAGE.most, `must be a whole number from 1 to ${PAGE.most}`).default(PAGE.usual),
  after: urlNumber(Number.MAX_SAFE_INTEGER, 'must be the next_cursor of a page').optional(),
};

/** What a page of a list is answered as. */
export function pageOf<T extends z.ZodRawShape>(entries: T) {
  const page = z.object({ limit: z.number().int(), next_cursor: z.string().nullable() });
  return z.object({ ...entries, page });
}

/** Where a page of a list ends. */
export function pageEnd(limit: number, next: number | undefined) {
  return { limit, next_cursor: next === undefined ? null : String(next) };
}
