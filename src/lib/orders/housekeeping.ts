import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../database/database.ts';
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
      const forgotten = await forgetKeys(database, signal);
      if (database.kind === 'pglite' && !signal.aborted) {
        await database.query('vacuum (analyze) orders, outbox');
        if (forgotten > 0) await database.query('vacuum (analyze) idempotency_keys');
      }
    } catch {
      // The database is away; whoever needs it now says so.
    }
    await sleep(INTERVAL, undefined, { signal, ref: false }).catch(() => {});
  }
}
