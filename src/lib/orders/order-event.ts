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
