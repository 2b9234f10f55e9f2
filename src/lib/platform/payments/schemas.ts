import * as z from 'zod';
import { says } from '../../http/fields.ts';
import { pageFields, pageOf, text, urlId } from '../service/schema-parts.ts';
import { PAYMENT_STATUSES } from './payment.ts';

/** The query of `GET /payments`. */
export const paymentQuery = z.strictObject({
  key: text(1, 200).optional(),
  order_id: urlId.optional(),
  user_id: urlId.optional(),
  status: z
    .enum(PAYMENT_STATUSES, says(`must be one of ${PAYMENT_STATUSES.join(', ')}`))
    .optional(),
  ...pageFields,
});

/** A payment as it is answered. */
export const payment = z.object({
  id: z.number().int().min(1),
  key: z.string(),
  order_id: z
    .number()
    .int()
    .min(1)
    .nullable()
    .meta({ description: 'of the order that it is for, whether that was made or not' }),
  status: z.enum(PAYMENT_STATUSES),
  user_id: z.number().int().min(1).nullable(),
  amount: z.string().nullable().meta({ description: 'decimal, with two places' }),
  method: z.string().nullable(),
  decline_code: z.string().nullable(),
  created_at: z.iso.datetime(),
  refunded_at: z.iso.datetime().nullable(),
});

/** What `GET /payments` answers. */
export const paymentPage = pageOf({ payments: z.array(payment) });
