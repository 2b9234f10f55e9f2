import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import type { Database } from '../../../src/lib/database/database.ts';
import type { Migration } from '../../../src/lib/database/migrate.ts';
import { openDatabase } from '../../../src/lib/database/open-database.ts';
import { putOrderDatabase } from '../../fixtures/order-folder.ts';
import { postgresMissing, startPostgres, type TestPostgres } from '../../fixtures/postgres.ts';

/** The database of a block. Valid from `beforeAll` on. */
export type TestDatabase = () => Database;

/**
 * Gives a block a database with a service's tables.
 * @param kind a real server where there is one, unless given
 */
export function useDatabase(
  migrations: readonly Migration[],
  kind: Database['kind'] = postgresMissing ? 'pglite' : 'postgres',
): TestDatabase {
  let folder = '';
  let server: TestPostgres | undefined;
  let database: Database | undefined;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'pubsub-platform-'));
    if (kind === 'postgres') server = await startPostgres();
    else await putOrderDatabase(folder);
    database = await openDatabase({ url: server?.url, folder }, { migrations });
  }, 120_000);
  afterAll(async () => {
    await database?.close();
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  return () => {
    if (database === undefined) throw new Error('The database is there from beforeAll on.');
    return database;
  };
}
