import { AppError } from '../rules/errors.ts';
import type { Database, OpenDatabaseOptions } from './database.ts';

/**
 * Opens the orders' database and brings its tables up to date.
 * @throws AppError `DatabaseInUse`, `DatabaseUnreachable`, `DatabaseAccessDenied` (exit 4), `DatabaseDamaged`, `DatabaseTooNew`, `DatabaseTaken`, or
 * `InvalidDatabaseUrl` (exit 2)
 */
export async function openDatabase(options: OpenDatabaseOptions): Promise<Database> {
  const database = await connectDatabase(options);
  try {
    const { migrate } = await import('./migrate.ts');
    await migrate(database);
    if (database.kind === 'pglite') {
      // It has one process at a time: a relay that was killed need not be waited for.
      const { freeClaims } = await import('./outbox.ts');
      await freeClaims(database);
    }
    return database;
  } catch (error) {
    await database.close();
    throw error instanceof AppError ? error : database.unusable(error);
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
