import type { Queryable } from '../../database/database.ts';
import type { StoredAnswer } from '../order-store.ts';

/** Hours for which a key is remembered at least. */
export const KEY_LIFETIME_HOURS = 24;

/** Keys that one step removes. */
const STEP = 1000;

/** The answer that was given to a key's first request; undefined where there was none. */
export async function findAnswer(
  database: Queryable,
  key: string,
): Promise<StoredAnswer | undefined> {
  const { rows } = await database.query<StoredAnswer>(
    'select request_hash as hash, status, body from idempotency_keys where key = $1',
    [key],
  );
  return rows[0];
}

/** Forgets keys past their time, in small steps. @returns how many. */
export async function forgetKeys(database: Queryable, signal?: AbortSignal): Promise<number> {
  let forgotten = 0;
  for (;;) {
    const { rowCount } = await database.query(
      `delete from idempotency_keys where key in (
        select key from idempotency_keys where created_at < now() - $1 * interval '1 hour'
          order by created_at limit $2 for update skip locked)`,
      [KEY_LIFETIME_HOURS, STEP],
    );
    forgotten += rowCount;
    if (rowCount < STEP || signal?.aborted) return forgotten;
  }
}
