import { AppError } from '../rules/errors.ts';
import type { Database, Queryable } from './database.ts';

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

/**
 * Brings the tables up to date: all missing steps in one transaction, or none. Processes that start at the same moment
 * wait for each other.
 * @param migrations every step, in order
 * @throws AppError `DatabaseTooNew` when a newer version of pubsub made the tables, `DatabaseTaken` when there are
 * tables of that name that pubsub did not make
 */
export async function migrate(database: Database, migrations: readonly Migration[]): Promise<void> {
  await database.transaction(async (tx) => {
    // Steps take their time, and others wait for them.
    await tx.query(
      `select set_config('lock_timeout', '0', true), set_config('statement_timeout', '0', true)`,
    );
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
  });
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

function tooNew({ place }: Database): AppError {
  return new AppError({
    code: 'DatabaseTooNew',
    message: `The database ${place} was set up by a newer version of pubsub.`,
    hint: 'Update this one: npm install --global pubsub-cli@latest',
  });
}
