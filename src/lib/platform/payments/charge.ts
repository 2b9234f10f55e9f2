import { Code, ConnectError } from '@connectrpc/connect';
import type { Database } from '../../database/database.ts';
import { PAYMENT_COLUMNS, type PaymentRow } from './payment.ts';

/** Money that is to be taken. */
export interface Charge {
  readonly key: string;
  /** The order that is paid, as decimal text of a whole number from 1; undefined where it isn't known. */
  readonly orderId: string | undefined;
  /** Decimal text of a whole number from 1. */
  readonly userId: string;
  /** Decimal text with two places. */
  readonly amount: string;
  readonly method: string;
  /** Why the provider declines; undefined where it pays. */
  readonly declineCode: string | undefined;
}

/** What is kept of a key, and whether this call brought it. */
export interface Charged {
  readonly payment: PaymentRow;
  readonly isFirst: boolean;
}

/**
 * Takes money, or keeps that it was declined. What is kept of a key stays, whoever asks again.
 * @throws ConnectError ALREADY_EXISTS where the key stands for another payment, ABORTED where it was refunded before
 */
export async function charge(database: Database, wanted: Charge): Promise<Charged> {
  const { key, orderId = null, userId, amount, method, declineCode = null } = wanted;
  const { rows } = await database.query<PaymentRow>(
    `insert into payments (key, status, user_id, amount, method, decline_code, order_id)
      values ($1, $2, $3, $4, $5, $6, $7) on conflict (key) do nothing returning ${PAYMENT_COLUMNS}`,
    [key, declineCode === null ? 'paid' : 'declined', userId, amount, method, declineCode, orderId],
  );
  const [made] = rows;
  if (made !== undefined) return { payment: made, isFirst: true };
  const payment = await findByKey(database, key);
  if (payment.status === 'refused') {
    throw new ConnectError('The key was refunded before it was paid.', Code.Aborted);
  }
  // Callers of the version before name no order.
  const isSameOrder = (payment.order_id ?? orderId) === (orderId ?? payment.order_id);
  const isSame =
    isSameOrder &&
    payment.user_id === userId &&
    payment.amount === amount &&
    payment.method === method;
  if (isSame) return { payment, isFirst: false };
  throw new ConnectError('The key stands for another payment.', Code.AlreadyExists);
}

/** Rows are never removed: one that another transaction had in hand is there now. */
async function findByKey(database: Database, key: string): Promise<PaymentRow> {
  const { rows } = await database.query<PaymentRow>(
    `select ${PAYMENT_COLUMNS} from payments where key = $1`,
    [key],
  );
  const [row] = rows;
  if (row === undefined) throw new Error('The payment is gone.');
  return row;
}

/**
 * Gives the money of a key back, all of it. A key that is unknown is kept as refused.
 * @returns whether this call gave money back.
 */
export async function refund(database: Database, key: string): Promise<boolean> {
  const refused = await database.query(
    `insert into payments (key, status) values ($1, 'refused')
      on conflict (key) do nothing returning id`,
    [key],
  );
  if (refused.rowCount > 0) return false;
  const { rowCount } = await database.query(
    `update payments set status = 'refunded', refunded_at = now()
      where key = $1 and status = 'paid' returning id`,
    [key],
  );
  return rowCount > 0;
}
