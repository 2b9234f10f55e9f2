import { type ItemQuery, queryItems } from '../../aws/table-access.ts';
import { ORDER_STATUSES, type Order, type OrderStatus } from '../order.ts';
import type { OrderPage, OrderQuery } from '../order-store.ts';
import { orderKey, orderOfItem, statusId } from './order-item.ts';
import type { OrderItems } from './order-items.ts';
import { ORDER_INDEXES } from './orders-table.ts';

/**
 * A page of the orders that match; its cost doesn't grow with the pages before it. All orders are consistently read; those
 * of a user or a status come from an index, which follows within moments ("Global secondary indexes").
 */
export async function findOrders(items: OrderItems, query: OrderQuery): Promise<OrderPage> {
  const { user_id, status, before, limit } = query;
  const ask = async (part: Omit<ItemQuery, 'newestFirst' | 'limit'>): Promise<Order[]> => {
    const found = await queryItems(items.aws, items.table, {
      ...part,
      newestFirst: true,
      limit: limit + 1,
    });
    return found.map(orderOfItem);
  };
  let found: Order[];
  if (user_id === undefined) {
    found = await ask(status === undefined ? ofAll(before) : ofStatus(status, before));
  } else {
    // Of each status the newest; among them are the newest of all.
    const statuses = status === undefined ? ORDER_STATUSES : [status];
    const lists = await Promise.all(statuses.map((each) => ask(ofUser(user_id, each, before))));
    found = lists.flat().sort((one, other) => other.id - one.id);
  }
  const orders = found.slice(0, limit);
  return { orders, next: found.length > limit ? orders.at(-1)?.id : undefined };
}

function ofAll(before: number | undefined) {
  const { pk } = orderKey(0);
  return bounded('pk = :pk', { ':pk': pk }, before);
}

function ofStatus(status: OrderStatus, before: number | undefined) {
  return {
    ...bounded('#status = :status', { ':status': status }, before),
    names: { '#status': 'status' },
    index: ORDER_INDEXES.byStatus,
  };
}

function bounded(expression: string, values: Record<string, unknown>, before: number | undefined) {
  if (before === undefined) return { expression, values };
  return { expression: `${expression} AND id < :before`, values: { ...values, ':before': before } };
}

function ofUser(user: number, status: OrderStatus, before: number | undefined) {
  return {
    expression: 'user_id = :user AND status_id BETWEEN :first AND :last',
    values: {
      ':user': user,
      ':first': statusId(status, 0),
      ':last': statusId(status, before === undefined ? undefined : before - 1),
    },
    index: ORDER_INDEXES.byUser,
  };
}
