import { setTimeout as sleep } from 'node:timers/promises';
import { printable } from '../rules/text/shown-text.ts';
import type { Database } from './database.ts';
import { MIGRATION_LOCK_TIMEOUT_MS } from './limits.ts';

/** A session that holds what another one waits for. */
export interface LockHolder {
  /** The server's number of it. */
  readonly pid: number;
  /** For people, such as `session 4711 (psql, idle in transaction for 35 s)`. */
  readonly shown: string;
}

/** Milliseconds between two looks. */
const LOOK_MS = MIGRATION_LOCK_TIMEOUT_MS / 2;

/**
 * Looks again and again for who holds what a session of a server waits for. What a look fails with is left out.
 * @param pid of the session that may wait. @param over aborted to end it; resolves then
 */
export async function watchLock(
  database: Database,
  pid: number,
  over: AbortSignal,
  onHolder: (holder: LockHolder) => void,
): Promise<void> {
  for (;;) {
    await sleep(LOOK_MS, undefined, { signal: over }).catch(() => {});
    if (over.aborted) return;
    const holder = await findHolder(database, pid).catch(() => undefined);
    if (holder !== undefined) onHolder(holder);
  }
}

interface Row {
  readonly pid: number;
  readonly name: string;
  /** Null, as `seconds`, where the server shows it to the session's own user only. */
  readonly state: string | null;
  readonly seconds: number | null;
}

/** @see https://www.postgresql.org/docs/current/functions-info.html for pg_blocking_pids */
async function findHolder(database: Database, waiting: number): Promise<LockHolder | undefined> {
  const { rows } = await database.query<Row>(
    `select pid, coalesce(nullif(application_name, ''), usename::text, 'unnamed') as name, state,
        extract(epoch from clock_timestamp() - state_change)::int as seconds
      from pg_stat_activity where pid = any(pg_blocking_pids($1::int)) order by pid limit 1`,
    [waiting],
  );
  const [row] = rows;
  if (row === undefined) return undefined;
  const { pid, name, state, seconds } = row;
  const doing = state === null ? '' : `, ${state} for ${seconds ?? 0} s`;
  return { pid, shown: `session ${pid} (${printable(name)}${doing})` };
}
