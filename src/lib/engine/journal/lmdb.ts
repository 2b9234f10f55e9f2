import { closeSync, fdatasync, fdatasyncSync, openSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Database, Key, RootDatabase } from 'lmdb';
import { DATA_FILE } from './folder.ts';
import type { JournalKey } from './journal.ts';
import type { Codec } from './log-format.ts';

// Its CommonJS build is one file, and loads in half the time of its dozen modules.
const { asBinary, compareKeys, open }: typeof import('lmdb') = createRequire(import.meta.url)(
  'lmdb',
);

/** How many tables a journal may have. */
const MAX_TABLES = 64;

/** What LMDB is told when it opens or makes a journal. */
export function openEnvironment(folder: string): RootDatabase {
  return open({
    path: folder,
    // Without this a dot in the path would make it a file's.
    noSubdir: false,
    maxDbs: MAX_TABLES,
    encoding: 'msgpack',
    // Values are arrays and small objects with the callers' own keys: shared structures would not fit them.
    encoder: { useRecords: false },
    // The system's page cache outlives the process: a commit needs no flush to survive `kill -9`.
    noSync: true,
    overlappingSync: false,
    // Else every page ever read stays mapped and counts as the engine's memory: 3.3 GB with a million messages.
    remapChunks: true,
  });
}

/** LMDB then fills each page before it begins the next, and searches for no place. */
const APPEND = { append: true };

/** Says up to which generation logs are in the tables. */
const APPLIED = { table: 'journal.applied', key: 'generation' } as const;

type Table = Database<unknown, Key>;

/** An entry of a table. */
export interface Entry {
  readonly key: JournalKey;
  readonly value: unknown;
}

/** The tables of a journal, in an LMDB environment. */
export class Tables {
  /** How values, and keys that are no numbers, are written. */
  readonly codec: Codec;
  readonly #root: RootDatabase;
  readonly #tables = new Map<string, Table>();
  readonly #data: number;

  /** @param folder that holds an environment. */
  constructor(folder: string) {
    this.#root = openEnvironment(folder);
    this.#data = openSync(join(folder, DATA_FILE), 'r+');
    // That of any table, whose options are not those of the root.
    this.codec = (this.#table(APPLIED.table) as Table & { readonly encoder: Codec }).encoder;
  }

  /** Up to which generation logs are in the tables; 0 before the first. */
  get applied(): number {
    return Number(this.#table(APPLIED.table).get(APPLIED.key) ?? 0);
  }

  /**
   * Makes one commit of what the callback changes in some tables. @throws when LMDB can't: nothing is changed then.
   */
  change(names: Iterable<string>, callback: () => void): void {
    // A table that was opened within a commit that fails is good for nothing.
    for (const name of names) this.#table(name);
    this.#root.transactionSync(callback);
  }

  /** Within `change`: says that logs up to a generation are in the tables. */
  setApplied(generation: number): void {
    this.put(APPLIED.table, APPLIED.key, generation);
  }

  /** Within `change`: writes a value. */
  put(table: string, key: JournalKey, value: unknown): void {
    this.#table(table).putSync(key as Key, value);
  }

  /**
   * Within `change`: writes what the codec made of a value.
   * @param last whether the key MUST be higher than any in the table.
   */
  putEncoded(table: string, key: JournalKey, encoded: Uint8Array, last: boolean): void {
    const value = asBinary(encoded);
    if (last) this.#table(table).putSync(key as Key, value, APPEND);
    else this.#table(table).putSync(key as Key, value);
  }

  /** Within `change`: removes a key, which may be absent. */
  remove(table: string, key: JournalKey): void {
    this.#table(table).removeSync(key as Key);
  }

  /** Within `change`: empties all tables but some. */
  clear(keep: readonly string[]): void {
    for (const [name, table] of this.#tables) if (!keep.includes(name)) table.clearSync();
  }

  /** A table's entries in the order of their keys. */
  *entries(name: string): Generator<Entry> {
    for (const { key, value } of this.#table(name).getRange()) {
      yield { key: key as JournalKey, value };
    }
  }

  /** Lets the disk have what was written, in the background; calls back when it has. */
  flush(done: () => void): void {
    // A flush that fails is not a reason to stop: what it was to save is in the page cache still.
    fdatasync(this.#data, (error) => error === null && done());
  }

  /** Lets the disk have what was written, and waits for it. @throws the system's error */
  flushSync(): void {
    fdatasyncSync(this.#data);
  }

  /** Ends; the tables stay as they are. */
  async close(): Promise<void> {
    await this.#root.close();
    closeSync(this.#data);
  }

  #table(name: string): Table {
    let table = this.#tables.get(name);
    if (table === undefined) {
      table = this.#root.openDB<unknown, Key>({ name });
      this.#tables.set(name, table);
    }
    return table;
  }
}

/** The order of keys in a table. */
export function inKeyOrder(one: Entry, other: Entry): number {
  return compareKeys(one.key as Key, other.key as Key);
}
