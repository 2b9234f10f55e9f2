import type { Database } from '../../../database/database.ts';
import { moveUnits, settle } from './reservation.ts';

/** Reservations that one transaction ends. */
const STEP = 100;
/** Days for which a key is remembered at least after its units went back; as long as they are sold, it is remembered. */
const KEY_LIFETIME_DAYS = 30;

/**
 * Gives the units of reservations back whose time is over. Several processes may do it at once: each passes over what
 * another one, or a `Commit`, has in hand.
 * @returns how many reservations ended.
 */
export async function expireReservations(
  database: Database,
  signal?: AbortSignal,
): Promise<number> {
  let ended = 0;
  for (;;) {
    const count = await database.transaction(async (tx) => {
      const { rows } = await tx.query<{ key: string }>(
        `select key from reservations where state = 'reserved' and expires_at <= now()
          order by expires_at limit ${STEP} for update skip locked`,
      );
      const keys = rows.map(({ key }) => key);
      if (keys.length > 0) {
        await moveUnits(tx, keys, 'available');
        await settle(tx, keys, 'expired');
      }
      return keys.length;
    });
    ended += count;
    if (count < STEP || signal?.aborted) return ended;
  }
}

/** Forgets keys past their time, in small steps. @returns how many. */
export async function forgetReservations(
  database: Database,
  signal?: AbortSignal,
): Promise<number> {
  let forgotten = 0;
  for (;;) {
    const { rowCount } = await database.query(
      `delete from reservations where key in (
        select key from reservations
          where state in ('released', 'expired') and updated_at < now() - $1 * interval '1 day'
          order by updated_at limit ${STEP} for update skip locked) returning key`,
      [KEY_LIFETIME_DAYS],
    );
    forgotten += rowCount;
    if (rowCount < STEP || signal?.aborted) return forgotten;
  }
}
