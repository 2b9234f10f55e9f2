import { randomUUID } from 'node:crypto';
import type { Database, Queryable } from '../../../database/database.ts';
import { FIRST_STATUS } from '../../../orders/order.ts';
import { orderEventJson } from '../../../orders/order-event.ts';
import { appendEvent } from '../../../outbox/append-event.ts';
import { addEvent, type OrderState } from '../history.ts';
import { orderBody } from '../order-json.ts';
import type { OrderItem, Saga } from './saga.ts';
import { findSaga, writeChange } from './saga-rows.ts';
import type { SagaChange } from './transition.ts';

/**
 * Does the step `create`: the order, its items, its history, its event for the outbox and the saga's progress are
 * written in one transaction.
 * @returns the saga as it is now; undefined where another has taken it up, or the step was done before.
 */
export async function createOrder(
  database: Database,
  saga: Saga,
  change: SagaChange,
  leaseSeconds: number,
): Promise<Saga | undefined> {
  return database.transaction(async (tx) => {
    const held = await writeChange(tx, saga, change, leaseSeconds);
    if (held === undefined) return undefined;
    const order = await insertOrder(tx, held);
    const eventId = randomUUID();
    const { user_id, total, status, items, created_at } = order;
    await addEvent(tx, order.id, {
      ...{ version: order.version, event_id: eventId, event_type: 'order.created' },
      data: { user_id, total, status, items, saga_id: held.id },
      recorded_at: created_at,
    });
    await appendEvent(tx, {
      ...{ key: order.id, event_id: eventId, event_type: 'order.created' },
      payload: orderEventJson(eventId, 'order.created', order, items),
      traceparent: held.traceparent ?? undefined,
    });
    await tx.query('update sagas set order_id = $2::bigint, answer = $3 where id = $1::uuid', [
      ...[held.id, order.id],
      JSON.stringify(orderBody(order)),
    ]);
    return findSaga(tx, held.id);
  });
}

/** Writes what `GET /orders` reads. */
async function insertOrder(tx: Queryable, saga: Saga): Promise<OrderState> {
  const items = saga.items as readonly OrderItem[];
  const { rows } = await tx.query<{ id: string; created_at: Date; total: string }>(
    `insert into orders (id, user_id, total, status)
      values (coalesce($4::bigint, nextval('orders_id_seq')), $1::bigint, $2::text::numeric, $3)
      returning id, created_at, total`,
    [saga.userId, saga.total, FIRST_STATUS, saga.plannedOrderId],
  );
  const [row] = rows;
  if (row === undefined) throw new Error('An insert returns its row.');
  await tx.query(
    `insert into order_items (order_id, product_id, quantity, price)
      select $1::bigint, product_id, quantity, price
        from json_to_recordset($2::text::json) as t (product_id bigint, quantity int, price numeric)`,
    [row.id, JSON.stringify(items)],
  );
  const at = row.created_at.toISOString();
  return {
    ...{ id: Number(row.id), user_id: saga.userId, total: row.total, status: FIRST_STATUS, items },
    ...{ version: 1, created_at: at, updated_at: at },
  };
}
