import { randomUUID } from 'node:crypto';
import type { EventType, OrderEvent, OrderStatus } from './order-event.ts';

/** What an event is made from; the rest is filled in. */
export interface OrderFacts {
  readonly order_id: number;
  readonly user_id: number;
  readonly total: string;
  readonly status?: OrderStatus;
}

/** The orders of the demo, and of `publish` where nothing else is said. */
export const SAMPLE_ORDERS: readonly [OrderFacts, ...OrderFacts[]] = [
  { order_id: 1, user_id: 1, total: '29.99' },
  { order_id: 2, user_id: 2, total: '149.50' },
  { order_id: 3, user_id: 1, total: '75.00' },
];

/** The status that an order has after an event, unless it is given. */
export function defaultStatus(eventType: EventType): OrderStatus {
  return eventType === 'order.created' ? 'pending' : 'confirmed';
}

/** An event about an order, with an id of its own and the present time. */
export function createOrderEvent(eventType: EventType, facts: OrderFacts): OrderEvent {
  return {
    event_id: randomUUID(),
    event_type: eventType,
    order_id: facts.order_id,
    user_id: facts.user_id,
    total: facts.total,
    status: facts.status ?? defaultStatus(eventType),
    timestamp: new Date().toISOString(),
  };
}

/** The facts of the n-th sample order (from 0): the samples in turn, with order ids that go on. */
export function sampleOrder(index: number): OrderFacts {
  const sample = SAMPLE_ORDERS[index % SAMPLE_ORDERS.length] ?? SAMPLE_ORDERS[0];
  return { ...sample, order_id: index + 1 };
}
