import * as z from 'zod';
import { says, urlNumber } from '../../http/fields.ts';
import { amount } from '../../orders/amount.ts';

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
export const money = amount({ text: true }).meta({
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

function urlWhole(most: number, message: string) {
  return urlNumber(most, message).meta({ type: 'integer', minimum: 1, maximum: most });
}

/** An id in a URL. */
export const urlId = urlWhole(Number.MAX_SAFE_INTEGER, 'must be a whole number from 1');

/** What is searched for: words, in any script. */
export const words = text(0, 100).describe('words that all have to be there, in any case');

/** Entries of a page unless asked for otherwise, and at the most. */
const PAGE = { usual: 20, most: 100 };

/** Which page of a list is asked for. */
export const pageFields = {
  limit: urlWhole(PAGE.most, `must be a whole number from 1 to ${PAGE.most}`).default(PAGE.usual),
  after: urlWhole(Number.MAX_SAFE_INTEGER, 'must be the next_cursor of a page').optional(),
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
