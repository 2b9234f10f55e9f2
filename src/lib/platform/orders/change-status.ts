import { randomUUID } from 'node:crypto';
import type { Database, Queryable } from '../../database/database.ts';
import { NEXT_STATUSES, type OrderStatus } from '../../orders/order.ts';
import { orderEventJson } from '../../orders/order-event.ts';
import { findOrder } from '../../orders/store/find-orders.ts';
import { appendEvent } from '../../outbox/append-event.ts';
import {
  addEvent,
  type OrderEvent,
  type OrderState,
  orderFrom,
  readEvents,
  VersionConflictError,
} from './history.ts';
import { SAGA_COLUMNS, type SagaRow, sagaOf, writeChange } from './saga/saga-rows.ts';
import { cancellation } from './saga/transition.ts';

/** What is to become of an order. */
export interface StatusChange {
  readonly id: number;
  readonly status: OrderStatus;
  /** The version that the caller saw; undefined to change whatever there is. */
  readonly expectedVersion: number | undefined;
  /** Whose order it has to be; undefined for anybody's. */
  readonly userId: number | undefined;
  readonly traceparent: string | undefined;
}

/** What became of it. */
export type StatusOutcome =
  | { readonly kind: 'changed'; readonly order: OrderState; readonly isAnnounced: boolean }
  | { readonly kind: 'unknown' }
  /** It can't go from its status to the one that was asked for. */
  | { readonly kind: 'refused'; readonly from: OrderStatus }
  /** It has another version than the caller saw. */
  | { readonly kind: 'outdated'; readonly version: number | undefined }
  /** Its saga still works on it. */
  | { readonly kind: 'unfinished' };

/** Attempts where others change the same order, and no version is expected. */
const ATTEMPTS = 5;

/**
 * Changes an order's status: its history, what `GET /orders` reads and the event for the outbox in one transaction. Of
 * one that is cancelled the saga gives money and units back.
 */
export async function changeStatus(
  database: Database,
  change: StatusChange,
): Promise<StatusOutcome> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await database.transaction((tx) => decide(tx, change));
    } catch (error) {
      if (!(error instanceof VersionConflictError)) throw error;
      if (change.expectedVersion !== undefined || attempt === ATTEMPTS) {
        return { kind: 'outdated', version: undefined };
      }
    }
  }
}

async function decide(tx: Queryable, change: StatusChange): Promise<StatusOutcome> {
  const { id, status, expectedVersion, userId } = change;
  await lockOrder(tx, id);
  const events = await readEvents(tx, id);
  const order = orderFrom(id, events) ?? (await beginHistory(tx, id));
  if (order === undefined || (userId !== undefined && order.user_id !== userId)) {
    return { kind: 'unknown' };
  }
  const { version } = order;
  if (expectedVersion !== undefined && expectedVersion !== version) {
    return { kind: 'outdated', version };
  }
  if (order.status === status) return { kind: 'changed', order, isAnnounced: false };
  if (!NEXT_STATUSES[order.status].includes(status)) return { kind: 'refused', from: order.status };
  if (!(await settleSaga(tx, id, status))) return { kind: 'unfinished' };
  const changed = await addStatus(tx, order, status, change.traceparent);
  return { kind: 'changed', order: changed, isAnnounced: true };
}

/** Writes an order that came without a history, from `pubsub serve`, as the first event of one. */
async function beginHistory(tx: Queryable, id: number): Promise<OrderState | undefined> {
  const row = await findOrder(tx, id);
  if (row === undefined) return undefined;
  const { user_id, total, status } = row;
  const first: OrderEvent = {
    ...{ version: 1, event_id: randomUUID(), event_type: 'order.created' },
    data: { user_id, total, status, items: [] },
    recorded_at: row.created_at,
  };
  await addEvent(tx, id, first);
  return orderFrom(id, [first]);
}

async function addStatus(
  tx: Queryable,
  order: OrderState,
  status: OrderStatus,
  traceparent: string | undefined,
): Promise<OrderState> {
  const { id, version } = order;
  // A clock that was set back MUST NOT make an order older than it was.
  const at = new Date(Math.max(Date.now(), Date.parse(order.updated_at))).toISOString();
  const event_id = randomUUID();
  await addEvent(tx, id, {
    ...{ version: version + 1, event_id, event_type: 'order.updated' },
    ...{ data: { status }, recorded_at: at },
  });
  const { rowCount } = await tx.query(
    `update orders set status = $2, updated_at = $3::timestamptz
      where id = $1::bigint and status = $4`,
    [id, status, at, order.status],
  );
  if (rowCount === 0) throw new VersionConflictError(`Order ${id} was changed meanwhile.`);
  const changed = { ...order, status, version: version + 1, updated_at: at };
  await appendEvent(tx, {
    ...{ key: id, event_id, event_type: 'order.updated', traceparent },
    // One of `pubsub serve` has none that are known.
    payload: orderEventJson(
      event_id,
      'order.updated',
      changed,
      changed.items.length > 0 ? changed.items : undefined,
    ),
  });
  return changed;
}

/** Has the saga undo an order that is cancelled. @returns false while the saga still works on the order. */
async function settleSaga(tx: Queryable, id: number, status: OrderStatus): Promise<boolean> {
  const { rows } = await tx.query<SagaRow>(
    `select ${SAGA_COLUMNS} from sagas where order_id = $1::bigint for update`,
    [id],
  );
  const [row] = rows;
  if (row === undefined) return true;
  const saga = sagaOf(row);
  if (saga.state !== 'completed') return false;
  if (status === 'cancelled') await writeChange(tx, saga, { ...cancellation(), delayMs: 1 }, 0);
  return true;
}

/** Waits for whoever else changes the order: the order API as well takes its row before its history. */
async function lockOrder(tx: Queryable, id: number): Promise<void> {
  await tx.query('select 1 from orders where id = $1::bigint for update', [id]);
}

/**
 * Cancels an order whose units could not be sold. One that is cancelled stays so.
 * @returns the status that can't be left for `cancelled`; undefined where it is done
 */
export async function cancelOrder(tx: Queryable, id: number): Promise<OrderStatus | undefined> {
  await lockOrder(tx, id);
  const order = orderFrom(id, await readEvents(tx, id));
  if (order === undefined || order.status === 'cancelled') return undefined;
  if (!NEXT_STATUSES[order.status].includes('cancelled')) return order.status;
  await addStatus(tx, order, 'cancelled', undefined);
  return undefined;
}
