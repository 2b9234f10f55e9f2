import * as z from 'zod';
import { FIELDS, says } from '../../http/fields.ts';
import { ORDER_STATUSES } from '../../orders/order.ts';
import { pageFields, pageOf, text, urlId, whole } from '../service/schema-parts.ts';
import { FORWARD_STEPS, SAGA_STATES, UNDO_STEPS } from './saga/saga.ts';

/** Products of one order at the most, and units of one product. */
const MAX = { items: 50, quantity: 1_000_000 };

const ITEMS = `must be a list of 1 to ${MAX.items} items`;

const item = z.strictObject(
  {
    product_id: whole(1, Number.MAX_SAFE_INTEGER),
    quantity: whole(1, MAX.quantity),
  },
  FIELDS,
);

/** What `POST /orders` takes. */
export const newOrder = z.strictObject(
  {
    items: z
      .array(item, says(ITEMS))
      .min(1, ITEMS)
      .max(MAX.items, ITEMS)
      .refine(
        (items) => new Set(items.map(({ product_id }) => product_id)).size === items.length,
        'must name each product once',
      ),
    payment_method: text(1, 64),
  },
  FIELDS,
);

const status = z.enum(ORDER_STATUSES, says(`must be one of ${ORDER_STATUSES.join(', ')}`));

/** What `PATCH /orders/:id` takes. */
export const statusChange = z.strictObject({ status }, FIELDS);

/** The query of `GET /orders`. */
export const orderQuery = z.strictObject({
  ...pageFields,
  status: status.optional(),
  user_id: urlId.optional(),
});

/** The query of `GET /sagas`. */
export const sagaQuery = z.strictObject({
  ...pageFields,
  state: z.enum(SAGA_STATES, says(`must be one of ${SAGA_STATES.join(', ')}`)).optional(),
});

const amount = z.string().meta({ description: 'decimal, with two places', examples: ['19.90'] });
const id = z.number().int().min(1);
const units = { product_id: id, quantity: id };
const pricedItem = z.object({ ...units, price: amount });

/** An order as it is answered. */
export const order = z.object({
  id,
  user_id: id,
  total: amount,
  status: z.enum(ORDER_STATUSES),
  version: id,
  items: z.array(pricedItem),
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
});

/** What `GET /orders` answers. */
export const orderPage = pageOf({ orders: z.array(order) });

/** What `GET /orders/:id/history` answers. */
export const orderHistory = z.object({
  order_id: id,
  events: z.array(
    z.object({
      version: id,
      event_id: z.uuid(),
      event_type: z.string(),
      data: z.record(z.string(), z.unknown()),
      recorded_at: z.iso.datetime(),
    }),
  ),
});

const step = z.enum([...FORWARD_STEPS, ...UNDO_STEPS]);

/** A saga as it is answered. */
export const saga = z.object({
  id: z.uuid(),
  state: z.enum(SAGA_STATES),
  step,
  attempts: z.number().int().min(0),
  reason: z.string().nullable(),
  detail: z.string().nullable(),
  last_error: z.string().nullable(),
  user_id: id,
  items: z.array(z.object({ ...units, price: amount.optional() })),
  payment_method: z.string(),
  total: amount.nullable(),
  payment_id: z.string().nullable(),
  order_id: id.nullable(),
  log: z.array(
    z.object({
      step,
      outcome: z.enum(['done', 'refused', 'given_up', 'retried']),
      detail: z.string().optional(),
      at: z.iso.datetime(),
    }),
  ),
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
});

/** What `GET /sagas` answers. */
export const sagaPage = pageOf({ sagas: z.array(saga) });
