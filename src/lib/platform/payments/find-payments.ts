import type { Database } from '../../database/database.ts';
import {
  PAYMENT_COLUMNS,
  type Payment,
  type PaymentRow,
  type PaymentStatus,
  paymentOf,
} from './payment.ts';

/** Which payments are asked for. */
export interface PaymentQuery {
  readonly key?: string | undefined;
  readonly order_id?: number | undefined;
  readonly user_id?: number | undefined;
  readonly status?: PaymentStatus | undefined;
  /** From 1. */
  readonly limit: number;
  /** Only payments with a higher id: where the page before ended. */
  readonly after?: number | undefined;
}

/** A page of payments, by their ids. */
export interface PaymentPage {
  readonly payments: readonly Payment[];
  /** What `after` has to be for the next page; undefined on the last. */
  readonly next: number | undefined;
}

/** A page of the payments that match; its cost doesn't grow with the pages before it. */
export async function findPayments(database: Database, query: PaymentQuery): Promise<PaymentPage> {
  const { key = null, order_id = null, user_id = null, status = null, limit, after = 0 } = query;
  const { rows } = await database.query<PaymentRow>(
    `select ${PAYMENT_COLUMNS} from payments
      where id > $1::bigint and ($2::text is null or key = $2) and ($3::bigint is null or user_id = $3)
        and ($4::text is null or status = $4) and ($5::bigint is null or order_id = $5)
      order by id limit $6`,
    [after, key, user_id, status, order_id, limit + 1],
  );
  const payments = rows.slice(0, limit).map(paymentOf);
  return { payments, next: rows.length > limit ? payments.at(-1)?.id : undefined };
}

/** The payment with this id; undefined where there is none. */
export async function findPayment(database: Database, id: number): Promise<Payment | undefined> {
  const { rows } = await database.query<PaymentRow>(
    `select ${PAYMENT_COLUMNS} from payments where id = $1::bigint`,
    [id],
  );
  return rows[0] && paymentOf(rows[0]);
}
