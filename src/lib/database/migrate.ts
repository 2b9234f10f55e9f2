import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '../rules/errors.ts';
import type { Database, Queryable } from './database.ts';
import { LOCK_NOT_AVAILABLE, MIGRATION_LOCK_TIMEOUT_MS } from './limits.ts';
import { type LockHolder, watchLock } from './lock-holder.ts';

/** A step from one shape of the tables to the next. Steps that were released MUST NOT be changed: add another. */
export interface Migration {
  /** From 1, without gaps. */
  readonly version: number;
  readonly name: string;
  /** One statement each. */
  readonly statements: readonly string[];
}

/** Which of the server's advisory locks the steps are taken under; any number that nobody else uses. */
const LOCK = 7_287_413_001;

/** How a migration waits for sessions that hold what it needs. */
export interface MigrationWait {
  /** Milliseconds at the most; five minutes unless given. */
  readonly waitMs?: number;
  /** Told who is in the way, once each. */
  readonly onWait?: (holder: string) => void;
  /** Aborted to give up; a statement that runs is finished first. */
  readonly signal?: AbortSignal | undefined;
}

const WAIT_MS = 5 * 60_000;
/** Milliseconds between attempts: who asks for the tables meanwhile gets through. */
const PAUSE_MS = 500;

/**
 * Brings the tables up to date: all missing steps in one transaction, or none. Processes that start at the same moment
 * wait for each other. What another session holds is tried again and again, since everybody else waits behind who waits
 * for a table.
 * @param migrations every step, in order
 * @throws AppError `DatabaseTooNew` when a newer version of pubsub made the tables, `DatabaseTaken` when there are
 * tables of that name that pubsub did not make, `DatabaseLocked` where another session holds them for too long; the
 * signal's reason
 */
export async function migrate(
  database: Database,
  migrations: readonly Migration[],
  { waitMs = WAIT_MS, onWait, signal }: MigrationWait = {},
): Promise<void> {
  const until = performance.now() + waitMs;
  const told = new Set<number>();
  let holder: LockHolder | undefined;
  const onHolder = (found: LockHolder): void => {
    holder = found;
    if (!told.has(found.pid)) onWait?.(found.shown);
    told.add(found.pid);
  };
  for (;;) {
    signal?.throwIfAborted();
    try {
      return await attempt(database, migrations, onHolder);
    } catch (error) {
      if ((error as { code?: string }).code !== LOCK_NOT_AVAILABLE) throw error;
      if (performance.now() >= until) throw locked(database, holder);
    }
    await sleep(PAUSE_MS, undefined, { signal }).catch(() => {});
  }
}

async function attempt(
  database: Database,
  migrations: readonly Migration[],
  onHolder: (holder: LockHolder) => void,
): Promise<void> {
  const over = new AbortController();
  let watching: Promise<void> | undefined;
  const body = async (tx: Queryable): Promise<void> => {
    if (database.kind === 'postgres') {
      const { rows } = await tx.query<{ pid: number }>('select pg_backend_pid() as pid');
      watching = watchLock(database, rows[0]?.pid ?? 0, over.signal, onHolder);
    }
    await applyMissing(tx, database, migrations);
  };
  try {
    await database.transaction(body, { isSlow: true });
  } finally {
    over.abort();
    await watching;
  }
}

async function applyMissing(
  tx: Queryable,
  database: Database,
  migrations: readonly Migration[],
): Promise<void> {
  await tx.query(`select set_config('lock_timeout', '${MIGRATION_LOCK_TIMEOUT_MS}', true)`);
  await tx.query(`select pg_advisory_xact_lock(${LOCK})`);
  await tx.query(`create table if not exists pubsub_migrations (
    version int primary key,
    name text not null,
    applied_at timestamptz not null default now()
  )`);
  const { rows } = await tx.query<{ version: number }>('select version from pubsub_migrations');
  const done = new Set(rows.map(({ version }) => version));
  if (Math.max(0, ...done) > migrations.length) throw tooNew(database);
  if (done.size === 0) await expectNoTables(tx, database, tablesOf(migrations));
  for (const { version, name, statements } of migrations) {
    if (done.has(version)) continue;
    for (const statement of statements) await tx.query(statement);
    await tx.query('insert into pubsub_migrations (version, name) values ($1, $2)', [
      version,
      name,
    ]);
  }
}

/** The tables that the steps make. */
function tablesOf(migrations: readonly Migration[]): string[] {
  return migrations.flatMap(({ statements }) =>
    statements.flatMap((statement) => /^create table (\w+)/.exec(statement)?.[1] ?? []),
  );
}

async function expectNoTables(
  tx: Queryable,
  { place }: Database,
  tables: readonly string[],
): Promise<void> {
  const { rows } = await tx.query<{ name: string }>(
    `select name from unnest($1::text[]) as t (name) where to_regclass(name) is not null`,
    [tables],
  );
  if (rows.length === 0) return;
  throw new AppError({
    code: 'DatabaseTaken',
    message: `The database ${place} has tables that pubsub did not make: ${rows.map(({ name }) => name).join(', ')}.`,
    hint: 'Give it a database of its own: createdb pubsub_orders',
  });
}

function locked({ place }: Database, holder: LockHolder | undefined): AppError {
  return new AppError({
    code: 'DatabaseLocked',
    message: `The tables of the database ${place} can't be brought up to date: ${holder?.shown ?? 'another session'} holds them.`,
    hint: holder
      ? `Wait for it: it may be a pubsub that brings them up to date. Or end it with: psql "$DATABASE_URL" -c 'select pg_terminate_backend(${holder.pid})'. Then run this again.`
      : 'Run this again when it has ended.',
  });
}

function tooNew({ place }: Database): AppError {
  return new AppError({
    code: 'DatabaseTooNew',
    message: `The database ${place} was set up by a newer version of pubsub.`,
    hint: 'Update this one: npm install --global pubsub-cli@latest',
  });
}
