import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../database/database.ts';
import { reclaimRoom } from '../database/reclaim-room.ts';
import { forgetKeys } from './store/idempotency.ts';

/** Milliseconds between two rounds. */
const INTERVAL = 15 * 60_000;

/**
 * Forgets old idempotency keys now and then, and tidies the embedded database, which has nobody else for it. What fails
 * is tried again the next time.
 * @param signal aborted to end it; resolves then
 */
export async function runHousekeeping(database: Database, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await forgetKeys(database, signal);
      if (!signal.aborted) await reclaimRoom(database);
    } catch {
      // The database is away; whoever needs it now says so.
    }
    await sleep(INTERVAL, undefined, { signal, ref: false }).catch(() => {});
  }
}
