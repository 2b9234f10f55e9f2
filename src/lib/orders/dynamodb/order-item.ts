import type { ItemValues } from '../../aws/table-access.ts';
import type { Order, OrderStatus } from '../order.ts';
import type { OrderEventType } from '../order-event.ts';

/** An event of an order that is not published yet. */
export interface WaitingEvent {
  readonly id: string;
  readonly type: OrderEventType;
  /** The event as the JSON text that is published. */
  readonly payload: string;
}

/** An order with the events that wait, as one item: DynamoDB writes both, or neither. */
export interface OrderItem {
  readonly order: Order;
  /** The oldest first; they are published in this order. */
  readonly events: readonly WaitingEvent[];
  /** The id of its first event: tells the call that made the order. */
  readonly createdBy: string;
  /** Grows with each write, which is made on the version that was read. */
  readonly version: number;
  /** While events wait: milliseconds since 1970 from which on somebody else may publish them. */
  readonly due: number;
  /** While events wait: when the oldest was written, in milliseconds since 1970. */
  readonly since: number;
  /** How often the oldest event was refused. */
  readonly attempts: number;
  /** Why the last attempt failed; undefined where it didn't. */
  readonly lastError: string | undefined;
}

/** What `outbox` says of an order with events that wait; others don't have it, and so are in no index of them. */
export const WAITING = 'waiting';

/** The key of an order. */
export function orderKey(id: number): { readonly pk: string; readonly id: number } {
  return { pk: 'order', id };
}

/** The range key of the orders of one user and status. @param id the order's, or undefined for the end of the range */
export function statusId(status: OrderStatus, id: number | undefined): string {
  // "~" comes after every digit.
  return `${status}#${id === undefined ? '~' : String(id).padStart(16, '0')}`;
}

/** The order of an item, of the table or of an index. */
export function orderOfItem(item: ItemValues): Order {
  const { id, user_id, total, status, created_at, updated_at } = item as unknown as Order;
  return { id, user_id, total, status, created_at, updated_at };
}

/** An item as it was read. */
export function readOrderItem(item: ItemValues): OrderItem {
  const { events = [], created_by, version, due = 0, since = 0, attempts = 0, last_error } = item;
  return {
    order: orderOfItem(item),
    events: events as readonly WaitingEvent[],
    createdBy: String(created_by),
    version: Number(version),
    due: Number(due),
    since: Number(since),
    attempts: Number(attempts),
    lastError: last_error as string | undefined,
  };
}

/** An item as it is written. */
export function orderItemValues(item: OrderItem): ItemValues {
  const { order, events, createdBy, version, due, since, attempts, lastError } = item;
  const outbox = { outbox: WAITING, events, due, since, attempts, last_error: lastError };
  return {
    ...orderKey(order.id),
    user_id: order.user_id,
    total: order.total,
    status: order.status,
    status_id: statusId(order.status, order.id),
    created_at: order.created_at,
    updated_at: order.updated_at,
    created_by: createdBy,
    version,
    ...(events.length > 0 && outbox),
  };
}
