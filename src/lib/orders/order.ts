/** Every status that an order can have. */
export const ORDER_STATUSES = ['pending', 'confirmed', 'shipped', 'cancelled'] as const;
export type OrderStatus = (typeof ORDER_STATUSES)[number];

/** An order as it is stored. */
export interface Order {
  /** A whole number from 1. */
  readonly id: number;
  /** A whole number from 1. */
  readonly user_id: number;
  /** Decimal text with exactly two decimals. */
  readonly total: string;
  readonly status: OrderStatus;
  /** ISO 8601 with milliseconds. */
  readonly created_at: string;
  readonly updated_at: string;
}

/** What a client says of an order that is to be. */
export interface NewOrder {
  readonly user_id: number;
  readonly total: string;
}

/** What a client wants changed; what it leaves out stays. */
export interface OrderChange {
  readonly user_id?: number | undefined;
  readonly total?: string | undefined;
  readonly status?: OrderStatus | undefined;
}

/** The status of every new order. */
export const FIRST_STATUS: OrderStatus = 'pending';

/** Where an order may go from each status. */
export const NEXT_STATUSES: Readonly<Record<OrderStatus, readonly OrderStatus[]>> = {
  pending: ['confirmed', 'cancelled'],
  confirmed: ['shipped', 'cancelled'],
  shipped: [],
  cancelled: [],
};

/** An order as JSON; `total` is a number with two decimals. */
export function orderJson(order: Order): string {
  const { id, user_id, total, status, created_at, updated_at } = order;
  return `{"id":${id},"user_id":${user_id},"total":${total},"status":"${status}","created_at":"${created_at}","updated_at":"${updated_at}"}`;
}

/** The columns of an order as both drivers give them. */
export interface OrderRow {
  readonly id: string;
  readonly user_id: string;
  readonly total: string;
  readonly status: OrderStatus;
  readonly created_at: Date;
  readonly updated_at: Date;
}

/** The columns that make up an `OrderRow`. */
export const ORDER_COLUMNS = 'id, user_id, total, status, created_at, updated_at';

/** An order from its row. */
export function orderOf(row: OrderRow): Order {
  return {
    id: Number(row.id),
    user_id: Number(row.user_id),
    total: row.total,
    status: row.status,
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  };
}
