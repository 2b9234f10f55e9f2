import type { Database, OpenDatabaseOptions } from '../database/database.ts';
import { openDatabase } from '../database/open-database.ts';
import { freeClaims } from '../outbox/outbox.ts';
import { MIGRATIONS } from './migrations.ts';

/**
 * Opens the orders' database and brings its tables up to date.
 * @throws AppError as `openDatabase`
 */
export async function openOrderDatabase(options: OpenDatabaseOptions): Promise<Database> {
  return openDatabase(options, { migrations: MIGRATIONS, prepare: freeClaims });
}
