import type { Queryable } from '../database/database.ts';
import type { FailingEvent, OutboxLag, OutboxStatus, RetriedEvent } from './outbox-counts.ts';

/** Counts what waits: cheap enough for a health check, unless very much does. */
export async function readOutboxLag(database: Queryable): Promise<OutboxLag> {
  const { rows } = await database.query<OutboxLag>(
    `SELECT count(*)::int AS waiting, count(last_error)::int AS failing,
       extract(epoch FROM now() - min(created_at))::float8 AS "oldestAgeSeconds"
     FROM outbox WHERE delivered_at IS NULL`,
  );
  return rows[0] ?? { waiting: 0, failing: 0, oldestAgeSeconds: null };
}

/** Reads the whole state; it counts the delivered ones too. @param shown failing events to list at the most. */
export async function readOutboxStatus(database: Queryable, shown: number): Promise<OutboxStatus> {
  const lag = await readOutboxLag(database);
  const kept = await database.query<{ delivered: number }>(
    'SELECT count(*)::int AS delivered FROM outbox WHERE delivered_at IS NOT NULL',
  );
  const failures = await database.query<FailingEvent>(
    `SELECT id::text AS id, order_id::text AS "key", event_id::text AS "eventId",
       event_type AS "eventType", attempts, last_error AS "lastError",
       greatest(0, extract(epoch FROM next_attempt_at - now()))::float8 AS "retryInSeconds"
     FROM outbox WHERE delivered_at IS NULL AND last_error IS NOT NULL ORDER BY outbox.id LIMIT $1`,
    [shown],
  );
  return { ...lag, delivered: kept.rows[0]?.delivered ?? 0, failures: failures.rows };
}

/**
 * Makes failing events due at once.
 * @param ids outbox ids or event ids; all failing ones where it is left out.
 * @returns the events that are due now; an id that is not among them names none that fails.
 */
export async function retryFailing(
  database: Queryable,
  ids?: readonly string[],
): Promise<readonly RetriedEvent[]> {
  const chosen =
    ids === undefined
      ? ''
      : ` AND (id::text = ANY(string_to_array($1, ',')) OR event_id::text = ANY(string_to_array($1, ',')))`;
  const { rows } = await database.query<RetriedEvent>(
    `UPDATE outbox SET next_attempt_at = least(next_attempt_at, now())
     WHERE delivered_at IS NULL AND last_error IS NOT NULL${chosen}
     RETURNING id::text AS id, event_id::text AS "eventId"`,
    ids === undefined ? [] : [ids.join(',').toLowerCase()],
  );
  return rows;
}
