import type { Database } from '../../database/database.ts';
import type { OrderStore } from '../order-store.ts';
import { changeOrder } from './change-order.ts';
import { createOrderCreator, type OrderCreatorOptions } from './create-orders.ts';
import { findOrder, findOrders } from './find-orders.ts';
import { findAnswer } from './idempotency.ts';

/** Orders in a database; their events go into its outbox. */
export function createSqlOrderStore(
  database: Database,
  options: OrderCreatorOptions = {},
): OrderStore {
  const { create } = createOrderCreator(database, options);
  return {
    create,
    findAnswer: ({ key }) => findAnswer(database, key),
    change: (id, change, traceparent) => changeOrder(database, id, change, traceparent),
    find: (id) => findOrder(database, id),
    list: (query) => findOrders(database, query),
  };
}
