import type { Database } from '../database/database.ts';
import { freeLeases } from '../database/free-leases.ts';

/** An event of the outbox that a relay holds for the time of a lease. */
export interface ClaimedEvent {
  /** Digits: a `bigint`. */
  readonly id: string;
  /** Digits: what it tells of, such as an order. Events of one key are published in the order in which they were written. */
  readonly key: string;
  readonly eventId: string;
  readonly eventType: string;
  /** The event as the JSON text that is published. */
  readonly payload: string;
  /** How often it was refused before. */
  readonly attempts: number;
  /** Seconds since it was written. */
  readonly ageSeconds: number;
  /** The trace of the request that it tells of, where one was recorded. */
  readonly traceparent?: string | null;
}

/** What a relay has claimed at one time. */
export interface Claim {
  readonly events: readonly ClaimedEvent[];
  /** Until when; tells this claim of an event from every other one. Empty where nothing was claimed. */
  readonly lease: string;
}

/** Why an event waits for another attempt. */
export interface Postponed {
  readonly id: string;
  /** Seconds until it is tried again. */
  readonly delay: number;
  readonly reason: string;
}

/** Characters of a failure's reason that are kept. */
const MAX_REASON = 500;

/**
 * Ids as one parameter that every driver writes in the same way. With a condition on `delivered_at` beside it, a planner
 * without statistics would walk the whole index of waiting events instead of the primary key.
 */
const IDS = `ANY(string_to_array($1, ',')::bigint[])`;

/**
 * Holds for the claim's transaction. A planner without statistics (PGlite gathers none) takes the claim for a few rows,
 * and would read and sort the whole outbox for it.
 */
const WALK_INDEXES = `SELECT set_config('enable_sort', 'off', true),
  set_config('enable_bitmapscan', 'off', true), set_config('enable_seqscan', 'off', true)`;

/**
 * Only the oldest undelivered event of a key can be claimed: the later ones wait until it is delivered. The head is
 * found by a subquery for each row, so that the plan walks the partial indexes and stops at the limit, however many wait.
 * A row that another relay claims at this moment is skipped; one that it has just claimed fails the
 * conditions, which are looked at again on the row's newest version.
 */
const CLAIM = `
WITH due AS (
  SELECT o.id FROM outbox o
  WHERE o.delivered_at IS NULL AND o.next_attempt_at <= now()
    AND (o.lease_until IS NULL OR o.lease_until < now())
    AND o.id = (SELECT e.id FROM outbox e WHERE e.order_id = o.order_id AND e.delivered_at IS NULL
                ORDER BY e.id LIMIT 1)
  ORDER BY o.id LIMIT $1
  FOR UPDATE OF o SKIP LOCKED
)
UPDATE outbox o SET lease_until = now() + make_interval(secs => $2)
FROM due WHERE o.id = due.id
RETURNING o.id::text AS id, o.order_id::text AS "key", o.event_id::text AS "eventId",
  o.event_type AS "eventType", o.payload, o.attempts, o.traceparent, o.lease_until::text AS lease,
  extract(epoch FROM now() - o.created_at)::float8 AS "ageSeconds"`;

/**
 * Claims events that are due, the oldest first and one a key, and leaves no transaction open.
 * @param limit events at the most. @param seconds how long they are kept from other relays.
 */
export async function claimEvents(
  database: Database,
  limit: number,
  seconds: number,
): Promise<Claim> {
  const { rows } = await database.transaction(async (tx) => {
    await tx.query(WALK_INDEXES);
    return tx.query<ClaimedEvent & { lease: string }>(CLAIM, [limit, seconds]);
  });
  const events = rows.sort((one, other) => Number(one.id) - Number(other.id));
  return { events, lease: rows[0]?.lease ?? '' };
}

/** Frees what relays had claimed in an embedded database, when it is opened. */
export function freeClaims(database: Database): Promise<void> {
  return freeLeases(database, 'outbox', 'delivered_at is null');
}

/** Keeps a claim for longer. @returns the lease that holds from now on. */
export async function renewLease(
  database: Database,
  { events, lease }: Claim,
  seconds: number,
): Promise<string> {
  const { rows } = await database.query<{ lease: string }>(
    `UPDATE outbox SET lease_until = now() + make_interval(secs => $3)
     WHERE id = ${IDS} AND lease_until = $2::text::timestamptz RETURNING lease_until::text AS lease`,
    [idsOf(events), lease, seconds],
  );
  return rows[0]?.lease ?? lease;
}

/** Marks events as delivered, whoever holds them now. */
export async function markDelivered(database: Database, ids: readonly string[]): Promise<void> {
  await database.query(
    `UPDATE outbox SET delivered_at = now(), lease_until = NULL, last_error = NULL
     WHERE id = ${IDS}`,
    [ids.join(',')],
  );
}

/** Gives events back that were refused, each for a reason and until a time of its own. */
export async function postpone(
  database: Database,
  lease: string,
  refused: readonly Postponed[],
): Promise<void> {
  const records = refused.map(({ id, delay, reason }) => ({ id, delay, reason: cut(reason) }));
  await database.query(
    `UPDATE outbox o SET lease_until = NULL, attempts = o.attempts + 1, last_error = r.reason,
       next_attempt_at = now() + make_interval(secs => r.delay)
     FROM json_to_recordset($1::text::json) AS r(id bigint, delay float8, reason text)
     WHERE o.id = r.id AND o.lease_until = $2::text::timestamptz`,
    [JSON.stringify(records), lease],
  );
}

/** Gives events back that nothing was wrong with: the topic could not be reached. They stay due. */
export async function giveBack(
  database: Database,
  { events, lease }: Claim,
  reason: string,
): Promise<void> {
  await database.query(
    `UPDATE outbox SET lease_until = NULL, last_error = $3
     WHERE id = ${IDS} AND lease_until = $2::text::timestamptz`,
    [idsOf(events), lease, cut(reason)],
  );
}

function idsOf(events: readonly { readonly id: string }[]): string {
  return events.map(({ id }) => id).join(',');
}

/** Control characters don't belong into a status line, and NUL not into Postgres' text. */
function cut(reason: string): string {
  return [...reason.replaceAll(/\p{Cc}+/gu, ' ')].slice(0, MAX_REASON).join('');
}
