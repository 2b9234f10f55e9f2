import type { Queryable } from '../../../database/database.ts';

/** Units of a product that somebody wants. */
export interface WantedItem {
  /** Decimal text of a whole number from 1. */
  readonly productId: string;
  /** From 1. */
  readonly quantity: number;
}

/** Units that were set aside, at the price of that moment. */
export interface ReservedItem extends WantedItem {
  /** Of one unit; decimal text with two places. */
  readonly price: string;
}

/** What became of a reservation. */
export type ReservationState = 'reserved' | 'released' | 'committed' | 'expired';

/** A reservation as it is kept. */
export interface Reservation {
  /** `expired` from its end on, also where its units haven't gone back yet. */
  readonly state: ReservationState;
  /** Undefined where it was released before it came. */
  readonly expiresAt: Date | undefined;
  readonly items: readonly ReservedItem[];
  /** Decimal text with two places. */
  readonly total: string;
}

/** The state as it is at this moment, as SQL. A transaction's `now()` is its beginning, before it waited for a lock. */
const STATE = `case when state = 'reserved' and expires_at <= clock_timestamp() then 'expired' else state end`;

/** Reads a reservation that is there. */
export async function readReservation(tx: Queryable, key: string): Promise<Reservation> {
  const { rows } = await tx.query<{
    state: ReservationState;
    expires_at: Date | null;
    total: string;
    products: string[];
    quantities: number[];
    prices: string[];
  }>(
    `select ${STATE} as state, expires_at, coalesce(sum(quantity * price), 0)::numeric(30, 2) as total,
        coalesce(array_agg(product_id::text) filter (where product_id is not null), '{}') as products,
        coalesce(array_agg(quantity) filter (where product_id is not null), '{}') as quantities,
        coalesce(array_agg(price::text) filter (where product_id is not null), '{}') as prices
      from reservations r left join reservation_items i on i.key = r.key
      where r.key = $1 group by r.key`,
    [key],
  );
  const [row] = rows;
  if (row === undefined) throw new Error('The reservation is gone.');
  return {
    state: row.state,
    expiresAt: row.expires_at ?? undefined,
    total: row.total,
    items: row.products.map((productId, index) => ({
      productId,
      quantity: row.quantities[index] ?? 0,
      price: row.prices[index] ?? '',
    })),
  };
}

/** Locks a reservation. @returns its state at this moment; undefined where there is none */
export async function lockReservation(
  tx: Queryable,
  key: string,
): Promise<{ readonly state: ReservationState; readonly isDue: boolean } | undefined> {
  const { rows } = await tx.query<{ state: ReservationState; is_due: boolean | null }>(
    `select state, expires_at <= clock_timestamp() as is_due from reservations
      where key = $1 for update`,
    [key],
  );
  return rows[0] && { state: rows[0].state, isDue: rows[0].is_due ?? false };
}

/** Writes how reservations ended. */
export async function settle(
  tx: Queryable,
  keys: readonly string[],
  state: ReservationState,
): Promise<void> {
  await tx.query(
    'update reservations set state = $2, updated_at = now() where key = any ($1::text[])',
    [keys, state],
  );
}

/** Where units go: those set aside become available again or are sold, and those that were sold come back. */
const MOVES = {
  available: 'available = p.available + i.quantity, reserved = p.reserved - i.quantity',
  sold: 'on_hand = p.on_hand - i.quantity, reserved = p.reserved - i.quantity',
  returned: 'on_hand = p.on_hand + i.quantity, available = p.available + i.quantity',
};

/**
 * Moves the units of reservations.
 * @param keys of reservations that this transaction has locked
 */
export async function moveUnits(
  tx: Queryable,
  keys: readonly string[],
  to: keyof typeof MOVES,
): Promise<void> {
  await tx.query(
    `select id from products
      where id in (select product_id from reservation_items where key = any ($1::text[]))
      order by id for no key update`,
    [keys],
  );
  await tx.query(
    `update products p set ${MOVES[to]}
      from (
        select product_id, sum(quantity)::int as quantity from reservation_items
          where key = any ($1::text[]) group by product_id
      ) i
      where p.id = i.product_id`,
    [keys],
  );
}
