import type { Database } from '../../../database/database.ts';
import type { IdempotencyKey } from '../../../orders/order-store.ts';
import { KEY_LIFETIME_HOURS } from '../../../orders/store/idempotency.ts';
import type { Saga, SagaState, WantedItem } from './saga.ts';
import { SAGA_COLUMNS, type SagaRow, sagaOf } from './saga-rows.ts';

/** An order that somebody wants. */
export interface NewSaga {
  /** A UUID. */
  readonly id: string;
  readonly userId: number;
  readonly items: readonly WantedItem[];
  readonly paymentMethod: string;
  /** The caller's name for the request, and what it asks for. */
  readonly key: IdempotencyKey | undefined;
  readonly traceparent: string | undefined;
}

/**
 * Stores a saga under a lease of whoever stores it, or finds the one that a request with the same key began.
 * @returns `isNew` where it was stored now.
 */
export async function beginSaga(
  database: Database,
  wanted: NewSaga,
  leaseSeconds: number,
): Promise<{ readonly saga: Saga; readonly isNew: boolean }> {
  const { id, userId, items, paymentMethod, key, traceparent } = wanted;
  // A key that is forgotten between the two looks is as good as new.
  for (;;) {
    const stored = await database.query<SagaRow>(
      `insert into sagas (id, user_id, items, payment_method, idempotency_key, request_hash, traceparent, lease_until,
          planned_order_id)
        values ($1::uuid, $2::bigint, $3::text::json, $4, $5, $6, $7, now() + make_interval(secs => $8),
          nextval('orders_id_seq'))
        on conflict (user_id, idempotency_key) where idempotency_key is not null do nothing
        returning ${SAGA_COLUMNS}`,
      [
        ...[id, userId, JSON.stringify(items), paymentMethod],
        ...[key?.key ?? null, key?.hash ?? null, traceparent ?? null, leaseSeconds],
      ],
    );
    if (stored.rows[0]) return { saga: sagaOf(stored.rows[0]), isNew: true };
    const found = await database.query<SagaRow>(
      `select ${SAGA_COLUMNS} from sagas where user_id = $1::bigint and idempotency_key = $2`,
      [userId, key?.key],
    );
    if (found.rows[0]) return { saga: sagaOf(found.rows[0]), isNew: false };
  }
}

/**
 * Claims sagas that are due, those that wait the longest first, and leaves no transaction open. Those that another
 * claims at this moment are passed over.
 * @param limit at the most. @param seconds how long they are kept from others.
 */
export async function claimSagas(
  database: Database,
  limit: number,
  seconds: number,
): Promise<readonly Saga[]> {
  const { rows } = await database.query<SagaRow>(
    `with due as (
      select id as due_id from sagas
        where state in ('running', 'compensating') and next_attempt_at <= now()
          and (lease_until is null or lease_until < now())
        order by next_attempt_at limit $1 for update skip locked
    )
    update sagas s set lease = s.lease + 1, lease_until = now() + make_interval(secs => $2)
      from due where s.id = due.due_id
      returning ${SAGA_COLUMNS}`,
    [limit, seconds],
  );
  return rows.map(sagaOf);
}

/** Gives up the claim of a saga, which stays due. */
export async function freeSaga(database: Database, { id, lease }: Saga): Promise<void> {
  await database.query('update sagas set lease_until = null where id = $1::uuid and lease = $2', [
    id,
    lease,
  ]);
}

/** What became of asking for another attempt. */
export type RetryOutcome =
  | { readonly kind: 'retried'; readonly saga: Saga }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'ended'; readonly state: SagaState };

/**
 * Makes a saga due at once: one that could not be undone is undone again, and one that waits goes on.
 * @param id a UUID.
 */
export async function retrySaga(database: Database, id: string): Promise<RetryOutcome> {
  const entry = JSON.stringify({ outcome: 'retried', at: new Date().toISOString() });
  const { rows } = await database.query<SagaRow>(
    `update sagas set attempts = 0, next_attempt_at = now(),
        state = case state when 'compensation_failed' then 'compensating' else state end,
        log = case state when 'compensation_failed'
          then (log::jsonb || ($2::text::jsonb || jsonb_build_object('step', step)))::json else log end,
        updated_at = greatest(now(), updated_at)
      where id = $1::uuid and state in ('running', 'compensating', 'compensation_failed')
      returning ${SAGA_COLUMNS}`,
    [id, entry],
  );
  if (rows[0]) return { kind: 'retried', saga: sagaOf(rows[0]) };
  const found = await database.query<{ state: SagaState }>(
    'select state from sagas where id = $1::uuid',
    [id],
  );
  return found.rows[0] ? { kind: 'ended', state: found.rows[0].state } : { kind: 'unknown' };
}

/** Which sagas are asked for. */
export interface SagaQuery {
  readonly user_id?: number | undefined;
  readonly state?: SagaState | undefined;
  /** Only those that began before: where the page before ended. */
  readonly after?: number | undefined;
  /** From 1. */
  readonly limit: number;
}

/** A page of sagas, the newest first. */
export async function findSagas(
  database: Database,
  { user_id, state, after, limit }: SagaQuery,
): Promise<{ readonly sagas: readonly Saga[]; readonly next: number | undefined }> {
  const { rows } = await database.query<SagaRow>(
    `select ${SAGA_COLUMNS} from sagas
      where ($1::bigint is null or user_id = $1::bigint) and ($2::text is null or state = $2)
        and ($3::bigint is null or number < $3::bigint)
      order by sagas.number desc limit $4`,
    [user_id ?? null, state ?? null, after ?? null, limit + 1],
  );
  const sagas = rows.slice(0, limit).map(sagaOf);
  return { sagas, next: rows.length > limit ? sagas.at(-1)?.number : undefined };
}

/** Keys that are forgotten in one statement at the most. */
const FORGET_STEP = 1_000;

/** Forgets the keys of sagas that ended long ago, until there are none or `signal` aborts. */
export async function forgetSagaKeys(database: Database, signal?: AbortSignal): Promise<void> {
  for (let forgotten = FORGET_STEP; forgotten === FORGET_STEP && !signal?.aborted; ) {
    const { rowCount } = await database.query(
      `update sagas set idempotency_key = null where id in (
        select id from sagas
          where idempotency_key is not null and created_at < now() - make_interval(hours => ${KEY_LIFETIME_HOURS})
            and state not in ('running', 'compensating')
          order by created_at limit ${FORGET_STEP} for update skip locked)`,
    );
    forgotten = rowCount;
  }
}
