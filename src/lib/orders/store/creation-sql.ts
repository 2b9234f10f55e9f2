import { FIRST_STATUS, type Order } from '../order.ts';
import { eventSql, jsonObjectSql, quoted, timeSql } from './event-sql.ts';

/**
 * One statement that stores many orders: `$1` user ids, `$2` totals, `$3` event ids, `$4` idempotency keys or null,
 * `$5` the hashes of their requests, `$6` the traces that they belong to, or null. An order whose key was used before is left out, with its event. Answers a row for
 * each order that was stored: its place in the arrays from 1, its id and time.
 *
 * A key that another transaction is writing at this moment makes it wait for that one's end. Keys are taken in their
 * own order, so that two such statements can't wait for each other.
 *
 * @param announce whether each order's event goes into the outbox; without it, for measuring what that costs
 */
export function creationSql(announce: boolean): string {
  const order = jsonObjectSql({
    id: 'id',
    user_id: 'user_id',
    total: 'total',
    status: `'"${FIRST_STATUS}"'`,
    created_at: quoted(timeSql('at')),
    updated_at: quoted(timeSql('at')),
  } satisfies Record<keyof Order, string>);
  const event = eventSql({
    eventId: 'event_id',
    type: 'order.created',
    orderId: 'id',
    userId: 'user_id',
    total: 'total',
    status: `'${FIRST_STATUS}'`,
    at: 'at',
  });
  const announced = `, announced as (
    insert into outbox (order_id, event_id, event_type, payload, traceparent)
      select id, event_id, 'order.created', ${event}, traceparent from taken order by id
  )`;
  return `with input as (
    select n, nextval('orders_id_seq') as id, user_id, total::numeric(10, 2) as total, event_id, key, hash, traceparent,
        now()::timestamptz(3) as at
      from unnest($1::bigint[], $2::numeric[], $3::uuid[], $4::text[], $5::text[], $6::text[])
        with ordinality as t (user_id, total, event_id, key, hash, traceparent, n)
  ), keys as (
    insert into idempotency_keys (key, request_hash, status, body)
      select key, hash, 201, ${order} from input where key is not null order by key
      on conflict (key) do nothing returning key
  ), taken as (
    select * from input where key is null or key in (select key from keys)
  ), stored as (
    insert into orders (id, user_id, total, status, created_at, updated_at)
      select id, user_id, total, '${FIRST_STATUS}', at, at from taken
  )${announce ? announced : ''}
  select n, id, at from taken`;
}
