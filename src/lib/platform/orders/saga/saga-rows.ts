import type { Queryable } from '../../../database/database.ts';
import type { Saga } from './saga.ts';
import type { SagaChange } from './transition.ts';

/** The columns of a saga, as a `SagaRow`. */
export const SAGA_COLUMNS = `id::text, number, user_id as "userId", items, payment_method as "paymentMethod",
  request_hash as "requestHash", traceparent, state, step, attempts, lease, reason, detail, last_error as "lastError",
  total::text, reserved_until as "reservedUntil", payment_id as "paymentId", order_id as "orderId",
  planned_order_id as "plannedOrderId", answer, log, created_at as "createdAt", updated_at as "updatedAt"`;

/** A saga as both drivers give it: ids are text. */
export type SagaRow = Omit<Saga, 'number' | 'userId' | 'orderId' | 'plannedOrderId'> & {
  readonly number: string;
  readonly userId: string;
  readonly orderId: string | null;
  readonly plannedOrderId: string | null;
};

/** A saga from its row. */
export function sagaOf(row: SagaRow): Saga {
  return {
    ...row,
    number: Number(row.number),
    userId: Number(row.userId),
    orderId: row.orderId === null ? null : Number(row.orderId),
    plannedOrderId: row.plannedOrderId === null ? null : Number(row.plannedOrderId),
  };
}

/** The saga with this id; undefined where there is none. @param id a UUID. */
export async function findSaga(database: Queryable, id: string): Promise<Saga | undefined> {
  const { rows } = await database.query<SagaRow>(
    `select ${SAGA_COLUMNS} from sagas where id = $1::uuid`,
    [id],
  );
  return rows[0] && sagaOf(rows[0]);
}

/** Characters of what went wrong that are kept. */
const MAX_ERROR = 500;

/**
 * Writes down what comes after an attempt, where nobody else has taken the saga up.
 * @param leaseSeconds for how long the claim is kept, where the saga goes on at once.
 * @returns the saga as it is now; undefined where it is another's, or was written down before.
 */
export async function writeChange(
  tx: Queryable,
  saga: Saga,
  change: SagaChange,
  leaseSeconds: number,
): Promise<Saga | undefined> {
  const isOver = change.state !== 'running' && change.state !== 'compensating';
  const delay = change.delayMs ?? 0;
  const { rows } = await tx.query<SagaRow>(
    `update sagas set state = $4, step = $5, attempts = $6,
        reason = coalesce($7, reason), detail = coalesce($8, detail), last_error = $9,
        next_attempt_at = now() + $10::float8 * interval '1 millisecond',
        lease_until = case when $11::boolean then now() + make_interval(secs => $12) end,
        items = coalesce($13::text::json, items), total = coalesce($14::text::numeric, total),
        reserved_until = coalesce($15::timestamptz, reserved_until),
        payment_id = coalesce($16, payment_id),
        log = case when $17::text is null then log
          else (log::jsonb || $17::text::jsonb)::json end,
        updated_at = greatest(now(), updated_at)
      where id = $1::uuid and lease = $2 and step = $3 and state = $18
      returning ${SAGA_COLUMNS}`,
    [
      ...[saga.id, saga.lease, saga.step, change.state, change.step, change.attempts],
      ...[change.reason ?? null, shortened(change.detail), shortened(change.lastError)],
      ...[delay, delay === 0 && !isOver, leaseSeconds],
      ...[change.items ? JSON.stringify(change.items) : null, change.total ?? null],
      ...[change.reservedUntil?.toISOString() ?? null, change.paymentId ?? null],
      ...[entryJson(change), saga.state],
    ],
  );
  return rows[0] && sagaOf(rows[0]);
}

function entryJson({ entry }: SagaChange): string | null {
  if (entry === undefined) return null;
  return JSON.stringify([
    { ...entry, detail: shortened(entry.detail) ?? undefined, at: new Date().toISOString() },
  ]);
}

/** NUL has no place in Postgres' text, nor other control characters in a line that shows it. */
function shortened(text: string | null | undefined): string | null {
  if (text === null || text === undefined) return null;
  return [...text.replaceAll(/\p{Cc}+/gu, ' ')].slice(0, MAX_ERROR).join('');
}
