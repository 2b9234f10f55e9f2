import type { Database, OpenDatabaseOptions } from '../database/database.ts';
import { openDatabase } from '../database/open-database.ts';
import { MIGRATIONS } from './migrations.ts';

/**
 * Opens the orders' database and brings its tables up to date.
 * @throws AppError as `openDatabase`
 */
export async function openOrderDatabase(options: OpenDatabaseOptions): Promise<Database> {
  return openDatabase(options, { migrations: MIGRATIONS, prepare: freeOwnClaims });
}

/** An embedded database has one process at a time: a relay that was killed need not be waited for. */
async function freeOwnClaims(database: Database): Promise<void> {
  if (database.kind !== 'pglite') return;
  const { freeClaims } = await import('./outbox.ts');
  await freeClaims(database);
}
