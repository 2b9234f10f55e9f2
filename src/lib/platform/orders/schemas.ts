import * as z from 'zod';
import { ORDER_STATUSES } from '../../orders/order.ts';
import { FIELDS, pageFields, says, text, urlId, whole } from '../service/schema-parts.ts';
import { SAGA_STATES } from './saga/saga.ts';

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
