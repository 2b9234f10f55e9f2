import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import type { Database } from '../../../src/lib/database/database.ts';
import { openOrderDatabase } from '../../../src/lib/orders/open-order-database.ts';
import { putOrderDatabase } from '../../fixtures/order-folder.ts';
import { postgresMissing, startPostgres, type TestPostgres } from '../../fixtures/postgres.ts';

/** The database of one run of a block. Valid from `beforeAll` on. */
export interface TestDatabase {
  readonly database: Database;
  /** The server's URL. @throws Error on the embedded database */
  readonly url: string;
  /** Another handle on the same data; on Postgres only, where several processes may share it. */
  another(): Promise<Database>;
}

/** Gives a block an order database. */
export function useOrderDatabase(kind: Database['kind']): TestDatabase {
  let folder = '';
  let server: TestPostgres | undefined;
  let database: Database | undefined;
  const others: Database[] = [];
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'pubsub-orders-'));
    if (kind === 'postgres') server = await startPostgres();
    else await putOrderDatabase(folder);
    database = await openOrderDatabase({ url: server?.url, folder });
  }, 120_000);
  afterAll(async () => {
    await Promise.all([database, ...others].map((each) => each?.close()));
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  return {
    get database() {
      if (database === undefined) throw new Error('The database is there from beforeAll on.');
      return database;
    },
    get url() {
      if (server === undefined) throw new Error('It is on no server.');
      return server.url;
    },
    another: async () => {
      const other = await openOrderDatabase({ url: server?.url, folder });
      others.push(other);
      return other;
    },
  };
}

/** A database of its own, on a server where there is one: for what does not depend on the kind. */
export async function ownDatabase(): Promise<Database> {
  const folder = mkdtempSync(join(tmpdir(), 'pubsub-orders-'));
  const server = postgresMissing ? undefined : await startPostgres();
  if (!server) await putOrderDatabase(folder);
  const database = await openOrderDatabase({ url: server?.url, folder });
  return {
    ...database,
    close: async () => {
      await database.close();
      await server?.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
