import type { Database } from '../database/database.ts';

/** One bounded step of removing what was delivered long ago. */
export interface RemovalStep {
  readonly removed: number;
  /** Where to go on; undefined where the rest is too young, or nothing is left. */
  readonly next: string | undefined;
}

/** Rows that one step looks at, and removes at the most. */
export const REMOVAL_STEP = 1000;

interface Looked {
  readonly looked: number;
  readonly young: number;
  readonly removed: number;
  readonly last: string | null;
}

/**
 * Looks at the next rows in the order of their ids, and removes those that were delivered long enough ago. Needs no
 * index of its own: what was written first was delivered first, but for a few, so that the work ends with a step that meets
 * young ones only. Events that still wait are passed over.
 * @param after the id that the last step ended with; '0' to begin.
 * @param keepSeconds how long delivered events are kept, from 0.
 */
export async function removeDelivered(
  database: Database,
  after: string,
  keepSeconds: number,
): Promise<RemovalStep> {
  const { rows } = await database.query<Looked>(
    `WITH bounds AS (SELECT now() - make_interval(secs => $2) AS cutoff),
     looked AS (SELECT id, delivered_at FROM outbox WHERE id > $1::text::bigint ORDER BY id LIMIT ${REMOVAL_STEP}),
     old AS (SELECT o.id FROM outbox o, looked l, bounds b
       WHERE o.id = l.id AND o.delivered_at <= b.cutoff FOR UPDATE OF o SKIP LOCKED),
     removed AS (DELETE FROM outbox o USING old WHERE o.id = old.id RETURNING 1)
     SELECT (SELECT count(*)::int FROM looked) AS looked,
       (SELECT count(*)::int FROM looked l, bounds b WHERE l.delivered_at > b.cutoff) AS young,
       (SELECT count(*)::int FROM removed) AS removed,
       (SELECT max(id)::text FROM looked) AS last`,
    [after, keepSeconds],
  );
  const { looked = 0, young = 0, removed = 0, last = null } = rows[0] ?? {};
  const more = looked === REMOVAL_STEP && (removed > 0 || young === 0) && last !== null;
  return { removed, next: more ? last : undefined };
}
