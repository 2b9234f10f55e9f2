import type { Database } from '../../database/database.ts';
import type { OrderStatus } from '../../orders/order.ts';
import type { OrderState } from './history.ts';
import type { OrderItem } from './saga/saga.ts';

/** Which orders are asked for. */
export interface OrderQuery {
  readonly id?: number | undefined;
  readonly user_id?: number | undefined;
  readonly status?: OrderStatus | undefined;
  /** Only those with a lower id: where the page before ended. */
  readonly after?: number | undefined;
  /** From 1. */
  readonly limit: number;
}

type OrderRow = Omit<OrderState, 'id' | 'user_id' | 'created_at' | 'updated_at'> & {
  readonly id: string;
  readonly user_id: string;
  readonly created_at: Date;
  readonly updated_at: Date;
};

/**
 * A page of the orders that match, the newest first, as they are read: beside their history, which is written with them.
 * One of `pubsub serve` has no items, and version 1 until it is changed.
 */
export async function findOrders(
  database: Database,
  { id, user_id, status, after, limit }: OrderQuery,
): Promise<{ readonly orders: readonly OrderState[]; readonly next: number | undefined }> {
  const { rows } = await database.query<OrderRow>(
    `select o.id, o.user_id, o.total, o.status, o.created_at, o.updated_at,
        coalesce((select max(version) from order_history where stream = o.id), 1) as version,
        coalesce((select json_agg(json_build_object(
            'product_id', product_id, 'quantity', quantity, 'price', price::text) order by product_id)
          from order_items where order_id = o.id), '[]') as items
      from orders o
      where ($1::bigint is null or o.id = $1::bigint)
        and ($2::bigint is null or o.user_id = $2::bigint)
        and ($3::text is null or o.status = $3) and ($4::bigint is null or o.id < $4::bigint)
      order by o.id desc limit $5`,
    [id ?? null, user_id ?? null, status ?? null, after ?? null, limit + 1],
  );
  const orders = rows.slice(0, limit).map(
    (row): OrderState => ({
      ...row,
      id: Number(row.id),
      user_id: Number(row.user_id),
      items: row.items as readonly OrderItem[],
      created_at: row.created_at.toISOString(),
      updated_at: row.updated_at.toISOString(),
    }),
  );
  return { orders, next: rows.length > limit ? orders.at(-1)?.id : undefined };
}
