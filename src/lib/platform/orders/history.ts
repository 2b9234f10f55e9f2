import type { Queryable } from '../../database/database.ts';
import type { Order, OrderStatus } from '../../orders/order.ts';
import type { OrderEventType } from '../../orders/order-event.ts';
import type { OrderItem } from './saga/saga.ts';

/** What an event changed of an order. The first one has all of it. */
export interface OrderFacts {
  readonly user_id?: number;
  /** Decimal text with two places. */
  readonly total?: string;
  readonly status?: OrderStatus;
  readonly items?: readonly OrderItem[];
  /** Of the saga that made it. */
  readonly saga_id?: string;
}

/** Something that happened to an order. */
export interface OrderEvent {
  /** From 1, without gaps. */
  readonly version: number;
  readonly event_id: string;
  readonly event_type: OrderEventType;
  readonly data: OrderFacts;
  /** ISO 8601 with milliseconds. */
  readonly recorded_at: string;
}

/** An order with its items, as its events made it. */
export interface OrderState extends Order {
  readonly items: readonly OrderItem[];
  /** Of its last event. */
  readonly version: number;
}

/** An order as its events made it; undefined where there are none. */
export function orderFrom(id: number, events: readonly OrderEvent[]): OrderState | undefined {
  const [first, last] = [events[0], events.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  const facts: OrderFacts = Object.assign({}, ...events.map(({ data }) => data));
  const { user_id, total, status, items = [] } = facts;
  if (user_id === undefined || total === undefined || status === undefined) return undefined;
  return {
    ...{ id, user_id, total, status, items, version: last.version },
    created_at: first.recorded_at,
    updated_at: last.recorded_at,
  };
}

/** The events of an order, the first one first. */
export async function readEvents(database: Queryable, id: number): Promise<OrderEvent[]> {
  const { rows } = await database.query<Omit<OrderEvent, 'recorded_at'> & { recorded_at: Date }>(
    `select version, event_id::text, event_type, data, recorded_at from order_history
      where stream = $1::bigint order by version`,
    [id],
  );
  return rows.map((row) => ({ ...row, recorded_at: row.recorded_at.toISOString() }));
}

/** Somebody else added an event since the order was read. */
export class VersionConflictError extends Error {
  override name = 'VersionConflictError';
}

/** SQLSTATE of a key that is there already. */
const UNIQUE_VIOLATION = '23505';

/**
 * Adds the next event of an order. Of two transactions that add the same version, the second waits for the first, and
 * fails.
 * @throws VersionConflictError
 */
export async function addEvent(tx: Queryable, id: number, event: OrderEvent): Promise<void> {
  const { version, event_id, event_type, data, recorded_at } = event;
  try {
    await tx.query(
      `insert into order_history (stream, version, event_id, event_type, data, recorded_at)
        values ($1::bigint, $2, $3::uuid, $4, $5::text::json, $6::timestamptz)`,
      [id, version, event_id, event_type, JSON.stringify(data), recorded_at],
    );
  } catch (error) {
    if ((error as { code?: unknown }).code !== UNIQUE_VIOLATION) throw error;
    throw new VersionConflictError(`Version ${version} of order ${id} is there already.`);
  }
}
