import type { Queryable } from '../../database/database.ts';
import { ORDER_COLUMNS, type Order, type OrderRow, orderOf } from '../order.ts';
import type { OrderPage, OrderQuery } from '../order-store.ts';

/** The order with this id; undefined where there is none. */
export async function findOrder(database: Queryable, id: number): Promise<Order | undefined> {
  const { rows } = await database.query<OrderRow>(
    `select ${ORDER_COLUMNS} from orders where id = $1::bigint`,
    [id],
  );
  return rows[0] && orderOf(rows[0]);
}

/** A page of the orders that match; its cost doesn't grow with the pages before it. */
export async function findOrders(database: Queryable, query: OrderQuery): Promise<OrderPage> {
  const params: unknown[] = [query.limit + 1];
  const conditions: string[] = [];
  const where = (condition: string, value: unknown): void => {
    if (value === undefined) return;
    params.push(value);
    conditions.push(`${condition} $${params.length}`);
  };
  where('user_id =', query.user_id);
  where('status =', query.status);
  where('id <', query.before);
  const filter = conditions.length > 0 ? `where ${conditions.join(' and ')}` : '';
  const { rows } = await database.query<OrderRow>(
    `select ${ORDER_COLUMNS} from orders ${filter} order by id desc limit $1`,
    params,
  );
  const orders = rows.slice(0, query.limit).map(orderOf);
  return { orders, next: rows.length > query.limit ? orders.at(-1)?.id : undefined };
}
