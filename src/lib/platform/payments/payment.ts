/** What became of a payment; `refused`: it was refunded before it was paid, and never will be paid. */
export const PAYMENT_STATUSES = ['paid', 'declined', 'refunded', 'refused'] as const;
export type PaymentStatus = (typeof PAYMENT_STATUSES)[number];

/** A payment as it is answered. */
export interface Payment {
  /** A whole number from 1. */
  readonly id: number;
  /** Of who asked for it, such as `<saga>:pay`. */
  readonly key: string;
  /** The order that it is for, whether that was made or not; null where the caller didn't name it. */
  readonly order_id: number | null;
  readonly status: PaymentStatus;
  /** Null of one that was refused, as amount and method. */
  readonly user_id: number | null;
  /** Decimal text with two places. */
  readonly amount: string | null;
  readonly method: string | null;
  /** Why it was declined, else null. */
  readonly decline_code: string | null;
  /** ISO 8601 with milliseconds. */
  readonly created_at: string;
  readonly refunded_at: string | null;
}

/** The columns of a payment as both drivers give them. */
export interface PaymentRow {
  readonly id: string;
  readonly key: string;
  readonly order_id: string | null;
  readonly status: PaymentStatus;
  readonly user_id: string | null;
  readonly amount: string | null;
  readonly method: string | null;
  readonly decline_code: string | null;
  readonly created_at: Date;
  readonly refunded_at: Date | null;
}

/** The columns that make up a `PaymentRow`. */
export const PAYMENT_COLUMNS =
  'id, key, order_id, status, user_id, amount, method, decline_code, created_at, refunded_at';

/** A payment from its row. */
export function paymentOf(row: PaymentRow): Payment {
  return {
    ...row,
    id: Number(row.id),
    order_id: row.order_id === null ? null : Number(row.order_id),
    user_id: row.user_id === null ? null : Number(row.user_id),
    created_at: row.created_at.toISOString(),
    refunded_at: row.refunded_at?.toISOString() ?? null,
  };
}
