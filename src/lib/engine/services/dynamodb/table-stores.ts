import { mkdirSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import { join } from 'node:path';
import dynalite from 'dynalite';
import { openTableSettings, type TableSettings } from './table-settings.ts';

/** The tables of one account in one region. */
export interface TableStore {
  /** Answers DynamoDB requests that are handed to it as `request` events; it listens nowhere. */
  readonly server: Server;
  readonly settings: TableSettings;
}

/** The tables of all accounts and regions. */
export interface TableStores {
  of(account: string, region: string): TableStore;
  /** Drops all tables. */
  reset(): Promise<void>;
}

/** @param folder where the tables are kept; in memory unless given. */
export function createTableStores(folder: string | undefined): TableStores {
  const stores = new Map<string, TableStore>();
  return {
    of(account, region) {
      const key = `${account}/${region}`;
      const known = stores.get(key);
      if (known) return known;
      const path = folder === undefined ? undefined : join(folder, account, region);
      const store = { server: openStore(account, region, path), settings: openTableSettings(path) };
      stores.set(key, store);
      return store;
    },
    async reset() {
      const open = [...stores.values()];
      stores.clear();
      await Promise.all(open.map(({ server }) => closeStore(server)));
      if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
}

function openStore(account: string, region: string, path: string | undefined): Server {
  if (path !== undefined) mkdirSync(path, { recursive: true, mode: 0o700 });
  // The library reads whose tables these are from the environment, when a store is opened.
  process.env.AWS_ACCOUNT_ID = account;
  process.env.AWS_REGION = region;
  return dynalite({
    createTableMs: 0,
    deleteTableMs: 0,
    updateTableMs: 0,
    ...(path === undefined ? {} : { path: join(path, 'tables') }),
  });
}

/** Its own `close` closes the database behind it, which is what counts: it never listened. */
function closeStore(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => server.close(() => resolve()));
  });
}
