import type { Order } from './order.ts';

/** What happens to an order that subscribers are told of. */
export type OrderEventType = 'order.created' | 'order.updated';

/** An order event as the API publishes it, in the order of its fields. */
export interface OrderEvent {
  readonly event_id: string;
  readonly event_type: OrderEventType;
  readonly order_id: number;
  readonly user_id: number;
  /** A JSON number with two decimals. */
  readonly total: number;
  readonly status: string;
  /** ISO 8601 with milliseconds. */
  readonly timestamp: string;
}

/**
 * The JSON text of the event that tells of an order as it is now.
 * @param items what it is made of, where that is known.
 */
export function orderEventJson(
  eventId: string,
  type: OrderEventType,
  order: Order,
  items?: readonly object[],
): string {
  const fields: Readonly<Record<keyof OrderEvent, string>> = {
    event_id: JSON.stringify(eventId),
    event_type: JSON.stringify(type),
    order_id: String(order.id),
    user_id: String(order.user_id),
    // As it is: a number would lose its second decimal.
    total: order.total,
    status: JSON.stringify(order.status),
    timestamp: JSON.stringify(order.updated_at),
  };
  const members = Object.entries(fields).map(([name, text]) => `"${name}":${text}`);
  if (items !== undefined) members.push(`"items":${JSON.stringify(items)}`);
  return `{${members.join(',')}}`;
}
