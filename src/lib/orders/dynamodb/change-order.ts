import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { backoffDelay } from '../../aws/backoff.ts';
import { LOCK_TIMEOUT_MS } from '../../database/limits.ts';
import { NEXT_STATUSES, type Order, type OrderChange } from '../order.ts';
import { orderEventJson } from '../order-event.ts';
import { type ChangeOutcome, OrderBusyError } from '../order-store.ts';
import { OWN_PUBLISH_MS } from './create-order.ts';
import type { OrderItem } from './order-item.ts';
import type { OrderItems } from './order-items.ts';

/** Between two looks at an order that others write. */
const BACKOFF = { first: 10, most: 200 };

/**
 * Changes an order on the version that was read, again where others were faster.
 * @returns the outcome, and the item as it is now where the order is there and the change is allowed.
 * @throws OrderBusyError where others are faster for `LOCK_TIMEOUT_MS`
 */
export async function changeOrder(
  items: OrderItems,
  id: number,
  change: OrderChange,
): Promise<{ readonly outcome: ChangeOutcome; readonly item?: OrderItem }> {
  const giveUpAt = performance.now() + LOCK_TIMEOUT_MS;
  for (let attempt = 1; ; attempt++) {
    const found = await items.read(id);
    if (found === undefined) return { outcome: { kind: 'unknown' } };
    const { order } = found;
    const { status = order.status } = change;
    if (status !== order.status && !NEXT_STATUSES[order.status].includes(status)) {
      return { outcome: { kind: 'refused', from: order.status } };
    }
    const next = changed(order, change);
    const announced = status !== order.status;
    const item = next === order ? found : await items.replace(found, written(found, next));
    if (item) return { outcome: { kind: 'changed', order: next, announced }, item };
    if (performance.now() > giveUpAt) throw new OrderBusyError(`Order ${id} is changed by others.`);
    await sleep(backoffDelay(BACKOFF, attempt));
  }
}

/** The order after a change; the same object where nothing is different. */
function changed(order: Order, { user_id, total, status }: OrderChange): Order {
  const next = {
    ...order,
    user_id: user_id ?? order.user_id,
    total: total ?? order.total,
    status: status ?? order.status,
  };
  if (
    next.user_id === order.user_id &&
    next.total === order.total &&
    next.status === order.status
  ) {
    return order;
  }
  const now = new Date().toISOString();
  return { ...next, updated_at: now > order.updated_at ? now : order.updated_at };
}

/** What is written of an order after a change: with the event where its status is another one. */
function written({ order, events, since, due }: OrderItem, next: Order): Partial<OrderItem> {
  if (next.status === order.status) return { order: next };
  const id = randomUUID();
  const type = 'order.updated';
  const now = Date.now();
  return {
    order: next,
    events: [...events, { id, type, payload: orderEventJson(id, type, next) }],
    since: events.length > 0 ? since : now,
    due: Math.max(due, now + OWN_PUBLISH_MS),
  };
}
