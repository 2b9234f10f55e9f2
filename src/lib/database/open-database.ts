import { AppError } from '../rules/errors.ts';
import type { Database, OpenDatabaseOptions } from './database.ts';
import type { Migration } from './migrate.ts';

/** What is done to a database before anybody uses it. */
export interface DatabaseSetUp {
  /** Every step, in order. */
  readonly migrations: readonly Migration[];
  /** Done once its tables are up to date. */
  readonly prepare?: (database: Database) => Promise<void>;
}

/**
 * Opens a database and brings its tables up to date.
 * @throws AppError `DatabaseInUse`, `DatabaseUnreachable`, `DatabaseAccessDenied` (exit 4), `DatabaseDamaged`,
 * `DatabaseTooNew`, `DatabaseTaken`, `DatabaseLocked`, or `InvalidDatabaseUrl` (exit 2); the signal's reason
 */
export async function openDatabase(
  options: OpenDatabaseOptions,
  { migrations, prepare }: DatabaseSetUp,
): Promise<Database> {
  const database = await connectDatabase(options);
  try {
    const { migrate } = await import('./migrate.ts');
    await migrate(database, migrations, options);
    await prepare?.(database);
    return database;
  } catch (error) {
    await database.close();
    const { signal } = options;
    const isTold = error instanceof AppError || (signal?.aborted && error === signal.reason);
    throw isTold ? error : database.unusable(error);
  }
}

async function connectDatabase(options: OpenDatabaseOptions): Promise<Database> {
  if (options.url) {
    const { openPostgres } = await import('./postgres/postgres.ts');
    return openPostgres(options.url, options.connections);
  }
  const { openPglite } = await import('./pglite.ts');
  return openPglite(options);
}
