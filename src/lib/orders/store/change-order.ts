import { randomUUID } from 'node:crypto';
import type { Database } from '../../database/database.ts';
import {
  NEXT_STATUSES,
  type OrderChange,
  type OrderRow,
  type OrderStatus,
  orderOf,
} from '../order.ts';
import type { ChangeOutcome } from '../order-store.ts';
import { eventSql } from './event-sql.ts';

const MOVES = Object.entries(NEXT_STATUSES)
  .flatMap(([from, next]) => next.map((to) => `('${from}', '${to}')`))
  .join(', ');

/**
 * `$1` the id, `$2` user, `$3` total and `$4` status or null for what stays, `$5` an event id, `$6` the
 * trace of the request or null. The row is locked first,
 * so that of two changes at once the second sees what the first left; the event gets its number under that lock, so
 * that an order's events are numbered as they happened. An order of the platform has a history, which goes on.
 */
const SQL = `with before as (
    select id, user_id, total, status from orders where id = $1::bigint for update
  ), changed as (
    update orders o set
        user_id = coalesce($2::bigint, o.user_id),
        total = coalesce($3::numeric(10, 2), o.total),
        status = coalesce($4::text, o.status),
        updated_at = case
          when coalesce($2::bigint, o.user_id) <> o.user_id or coalesce($3::numeric(10, 2), o.total) <> o.total
            or coalesce($4::text, o.status) <> o.status
          then greatest(now()::timestamptz(3), o.updated_at) else o.updated_at end
      from before b
      where o.id = b.id
        and (coalesce($4::text, b.status) = b.status or (b.status, $4::text) in (${MOVES}))
      returning o.id, o.user_id, o.total, o.status, o.created_at, o.updated_at
  ), announced as (
    insert into outbox (order_id, event_id, event_type, payload, traceparent)
      select c.id, $5::uuid, 'order.updated', ${eventSql({
        eventId: '$5::uuid',
        type: 'order.updated',
        orderId: 'c.id',
        userId: 'c.user_id',
        total: 'c.total',
        status: 'c.status',
        at: 'c.updated_at',
      })}, $6::text from changed c join before b on b.id = c.id where c.status <> b.status
      returning order_id
  ), recorded as (
    insert into order_history (stream, version, event_id, event_type, data)
      select c.id, h.version + 1, $5::uuid, 'order.updated',
          json_build_object('user_id', c.user_id, 'total', c.total::text, 'status', c.status)
        from changed c join before b on b.id = c.id
          cross join lateral (select max(version) as version from order_history where stream = c.id) h
        where h.version is not null and (c.user_id, c.total, c.status) <> (b.user_id, b.total, b.status)
  )
  select b.status as before, c.*, exists (select from announced) as announced
    from before b left join changed c on c.id = b.id`;

/** Changes an order and, where its status changed, writes the event: in one transaction, both or nothing. */
export async function changeOrder(
  database: Database,
  id: number,
  { user_id, total, status }: OrderChange,
  traceparent?: string,
): Promise<ChangeOutcome> {
  const { rows } = await database.query<
    { before: OrderStatus; announced: boolean } & (OrderRow | { id: null })
  >(SQL, [id, user_id ?? null, total ?? null, status ?? null, randomUUID(), traceparent ?? null]);
  const [row] = rows;
  if (row === undefined) return { kind: 'unknown' };
  if (row.id === null) return { kind: 'refused', from: row.before };
  return { kind: 'changed', order: orderOf(row), announced: row.announced };
}
