import * as z from 'zod';
import { FIELDS, says, urlNumber } from '../../http/fields.ts';
import { amount } from '../amount.ts';
import { MAX_MONEY } from '../money.ts';
import { FIRST_STATUS, ORDER_STATUSES } from '../order.ts';

/** Orders on a page unless asked for otherwise, and at the most. */
export const PAGE = { usual: 20, most: 100 } as const;

const WHOLE = says('must be a whole number from 1');

const userId = z.number(WHOLE).int(WHOLE).min(1, WHOLE).max(Number.MAX_SAFE_INTEGER, WHOLE);

const status = z.enum(ORDER_STATUSES, says(`must be one of ${ORDER_STATUSES.join(', ')}`));

const firstStatus = z
  .literal(FIRST_STATUS, says(`must be ${FIRST_STATUS}: every order begins there`))
  .optional();

/** In and out a JSON number with two decimals, in between decimal text. */
const total = amount({ text: false }).meta({
  type: 'number',
  minimum: 0,
  maximum: Number(MAX_MONEY),
  // No multipleOf: 29.99 is not a multiple of 0.01 in the binary numbers that validators reckon with.
  description: 'with at most two decimals',
  examples: [29.99],
});

/** What `POST /orders` takes. */
export const newOrder = z.strictObject({ user_id: userId, total, status: firstStatus }, FIELDS);

/** What `PUT /orders/:id` takes: every field. */
export const orderReplacement = z.strictObject({ user_id: userId, total, status }, FIELDS);

/** What `PATCH /orders/:id` takes: at least one field. */
export const orderChange = z
  .strictObject(
    { user_id: userId.optional(), total: total.optional(), status: status.optional() },
    FIELDS,
  )
  .refine((order) => Object.keys(order).length > 0, 'must have user_id, total or status');

/** A body with an order's fields in `{"order": {…}}`. */
export const wrapped = <T extends z.ZodType>(order: T) => z.strictObject({ order }, FIELDS);

const urlId = urlNumber(Number.MAX_SAFE_INTEGER, 'must be a whole number from 1');

/** The id in `/orders/:id`. */
export const orderId = urlId;

/** The query of `GET /orders`. */
export const listQuery = z.strictObject({
  user_id: urlId.optional().meta({ type: 'integer', minimum: 1 }),
  status: status.optional(),
  limit: urlNumber(PAGE.most, `must be a whole number from 1 to ${PAGE.most}`)
    .default(PAGE.usual)
    .meta({
      ...{ type: 'integer', minimum: 1, maximum: PAGE.most },
      description: `${PAGE.usual} unless given`,
    }),
  cursor: urlNumber(Number.MAX_SAFE_INTEGER, 'must be the next_cursor of a page')
    .optional()
    .meta({ type: 'string', description: 'next_cursor of the page before' }),
});

/** An order as it is answered. */
export const order = z.object({
  id: z.number().int().min(1),
  user_id: z.number().int().min(1),
  total: z
    .number()
    .min(0)
    .meta({ description: 'with two decimals', examples: [29.99] }),
  status: z.enum(ORDER_STATUSES),
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
});

/** What is wrong, by field. */
export const fieldErrors = z.object({ errors: z.record(z.string(), z.array(z.string()).min(1)) });

/** Any other refusal. */
export const failure = z.object({ error: z.object({ code: z.string(), message: z.string() }) });

/** Failing events that an answer lists unless asked for otherwise, and at the most. */
const FAILURES = { usual: 10, most: 1000 };

const FAILURES_SHOWN = says(`must be a whole number up to ${FAILURES.most}`);

/** The query of `GET /outbox`. */
export const outboxQuery = z.strictObject({
  max: z.coerce
    .number(FAILURES_SHOWN)
    .int(FAILURES_SHOWN)
    .min(0, FAILURES_SHOWN)
    .max(FAILURES.most, FAILURES_SHOWN)
    .default(FAILURES.usual),
});

const OUTBOX_IDS = says('must be a list of up to 1000 ids of events');

/** The body of `POST /outbox/retry`; without ids it means all failing events. */
export const retryBody = z.strictObject(
  {
    ids: z
      .array(z.string(OUTBOX_IDS).max(64, OUTBOX_IDS), OUTBOX_IDS)
      .max(1000, OUTBOX_IDS)
      .optional(),
  },
  FIELDS,
);
