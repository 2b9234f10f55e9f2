import { Code, ConnectError } from '@connectrpc/connect';
import type { Database, Queryable } from '../../../database/database.ts';
import { type ReservedItem, readReservation, type WantedItem } from './reservation.ts';

/** What is to be set aside. */
export interface Wanted {
  readonly key: string;
  /** Each product once. */
  readonly items: readonly WantedItem[];
  readonly expiresAfterMs: number;
}

/** What was set aside. */
export interface Reserved {
  /** In the order in which they were asked for. */
  readonly items: readonly ReservedItem[];
  /** Decimal text with two places. */
  readonly total: string;
  readonly expiresAt: Date;
}

/**
 * Sets units aside: all or none. The key is taken first and the products are locked in the order of their ids, as by
 * everybody else who changes stock, so that nobody waits in a circle.
 * @throws ConnectError as the contract of `Reserve` has it; nothing is stored then, the key neither
 */
export async function reserve(database: Database, wanted: Wanted): Promise<Reserved> {
  return database.transaction(async (tx) => {
    const { rows } = await tx.query<{ expires_at: Date }>(
      `insert into reservations (key, state, expires_at)
        values ($1, 'reserved', now() + $2::int * interval '1 millisecond')
        on conflict (key) do nothing returning expires_at`,
      [wanted.key, wanted.expiresAfterMs],
    );
    const [taken] = rows;
    if (taken === undefined) return repeated(tx, wanted);
    const items = await priced(tx, wanted.items);
    return { items, total: await setAside(tx, wanted.key, items), expiresAt: taken.expires_at };
  });
}

/** Locks the products, and looks whether there are enough units. */
async function priced(tx: Queryable, items: readonly WantedItem[]): Promise<ReservedItem[]> {
  const { rows } = await tx.query<{ id: string; price: string; available: number }>(
    `select id, price, available from products
      where id = any ($1::bigint[]) order by id for no key update`,
    [items.map(({ productId }) => productId)],
  );
  const found = new Map(rows.map((row) => [row.id, row]));
  const absent = items.filter(({ productId }) => !found.has(productId));
  if (absent.length > 0) {
    throw new ConnectError(`There is no product ${idsOf(absent)}.`, Code.NotFound);
  }
  const short = items.filter(
    ({ productId, quantity }) => (found.get(productId)?.available ?? 0) < quantity,
  );
  if (short.length > 0) {
    const message = `There are too few units of product ${idsOf(short)}.`;
    throw new ConnectError(message, Code.FailedPrecondition);
  }
  return items.map((item) => ({ ...item, price: found.get(item.productId)?.price ?? '' }));
}

/** @returns the sum of all. */
async function setAside(
  tx: Queryable,
  key: string,
  items: readonly ReservedItem[],
): Promise<string> {
  const { rows } = await tx.query<{ total: string }>(
    `with wanted as (
        select * from unnest($2::bigint[], $3::int[], $4::numeric[]) as w (id, quantity, price)
      ), moved as (
        update products p set available = p.available - w.quantity, reserved = p.reserved + w.quantity
          from wanted w where p.id = w.id
      ), kept as (
        insert into reservation_items (key, product_id, quantity, price)
          select $1, id, quantity, price from wanted
      )
      select sum(quantity * price)::numeric(30, 2) as total from wanted`,
    [
      key,
      items.map(({ productId }) => productId),
      items.map(({ quantity }) => quantity),
      items.map(({ price }) => price),
    ],
  );
  return rows[0]?.total ?? '0.00';
}

/** The answer to a key that was used before. */
async function repeated(tx: Queryable, { key, items }: Wanted): Promise<Reserved> {
  const { state, expiresAt, total, items: kept } = await readReservation(tx, key);
  const found = new Map(kept.map((item) => [item.productId, item]));
  const isSame =
    kept.length === items.length &&
    items.every(({ productId, quantity }) => found.get(productId)?.quantity === quantity);
  // What was released before it came has no items to compare.
  if (kept.length > 0 && !isSame) {
    throw new ConnectError('The key stands for other items.', Code.AlreadyExists);
  }
  if (state !== 'reserved' || expiresAt === undefined) {
    const ended = state === 'expired' ? 'has expired' : `was ${state}`;
    throw new ConnectError(`The key stands for a reservation that ${ended}.`, Code.AlreadyExists);
  }
  return {
    items: items.map((item) => ({ ...item, price: found.get(item.productId)?.price ?? '' })),
    total,
    expiresAt,
  };
}

function idsOf(items: readonly WantedItem[]): string {
  return items.map(({ productId }) => productId).join(', ');
}
