import { closeSync, fdatasync, fdatasyncSync, openSync, statfsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Database, Key, RootDatabase } from 'lmdb';
import { diskProblem } from '../../rules/text/disk-problem.ts';
import { ServiceError } from '../errors.ts';
import { damaged } from './damaged.ts';
import { DATA_FILE } from './folder.ts';
import type { Journal, JournalKey, JournalRefusal } from './journal.ts';

// Its CommonJS build is one file, and loads in half the time of its dozen modules.
const { open }: typeof import('lmdb') = createRequire(import.meta.url)('lmdb');

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

/** How long written data may wait to be flushed to the disk, in milliseconds. */
const FLUSH_DELAY = 1000;

/** LMDB then fills each page before it begins the next, and searches for no place. */
const APPEND = { append: true };

const NOTHING_PENDING = Promise.resolve();

type Table = Database<unknown, Key>;

/** One write that waits for the next commit. */
interface Write {
  readonly table: Table;
  readonly key: Key;
  /** Undefined to remove the key. */
  readonly value: unknown;
  /** Whether the key goes behind all others. */
  readonly last: boolean;
}

/** What will be committed together, and who waits for it. */
interface Group {
  readonly writes: Write[];
  readonly done: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * A journal in an LMDB environment. Everything put in one turn of the event loop, by however many calls, is one
 * transaction, made on the spot at the turn's end: it goes to the page cache only, and handing it to another thread
 * would cost more than making it. It is safe against the death of the process from then on; against the death of the
 * machine, once it has been flushed, which happens in the background and costs no call a wait.
 */
export function lmdbJournal(stateDir: string, folder: string): Journal {
  const root = openEnvironment(folder);
  const tables = new Map<string, Table>();
  const data = openSync(join(folder, DATA_FILE), 'r+');
  let group: Group | undefined;
  let refusal: JournalRefusal | undefined;
  let flushing: NodeJS.Timeout | undefined;

  const tableOf = (name: string) => {
    let table = tables.get(name);
    if (table === undefined) {
      table = root.openDB<unknown, Key>({ name });
      tables.set(name, table);
    }
    return table;
  };
  const add = (write: Write) => {
    if (group === undefined) {
      group = newGroup();
      setImmediate(commit);
    }
    group.writes.push(write);
  };
  const commit = () => {
    if (group === undefined) return;
    journal.onCommit();
    const { writes, resolve, reject } = group;
    group = undefined;
    try {
      root.transactionSync(() => {
        for (const { table, key, value, last } of writes) {
          if (value === undefined) void table.remove(key);
          else if (last) table.putSync(key, value, APPEND);
          else void table.put(key, value);
        }
      });
      flushing ??= setTimeout(flush, FLUSH_DELAY).unref();
      refusal = undefined;
      resolve();
    } catch (cause) {
      refusal = refused(stateDir, cause);
      // Later commits would hold what depends on this one: memory has to forget it first.
      journal.onRefusal(refusal);
      reject(new ServiceError('ServiceUnavailable', refusal.message, { status: 503 }));
    }
  };
  const flush = () => {
    flushing = undefined;
    // A flush that fails is no reason to stop: what it was to save is in the page cache still.
    fdatasync(data, () => undefined);
  };

  const journal: Journal = {
    durable: true,
    get pending() {
      return group !== undefined;
    },
    put: (name, key, value) => add({ table: tableOf(name), key: key as Key, value, last: false }),
    append: (name, key, value) => add({ table: tableOf(name), key, value, last: true }),
    remove: (name, key) =>
      add({ table: tableOf(name), key: key as Key, value: undefined, last: false }),
    committed() {
      return group === undefined ? NOTHING_PENDING : group.done;
    },
    onCommit() {},
    onRefusal() {},
    get refusal() {
      return refusal;
    },
    clear(keep) {
      group?.resolve();
      group = undefined;
      root.transactionSync(() => {
        for (const [name, table] of tables) if (!keep.includes(name)) table.clearSync();
      });
    },
    *entries(name) {
      try {
        for (const { key, value } of tableOf(name).getRange()) {
          yield { key: key as JournalKey, value };
        }
      } catch (cause) {
        throw damaged(stateDir, cause);
      }
    },
    async close() {
      commit();
      clearTimeout(flushing);
      await root.close();
      fdatasyncSync(data);
      closeSync(data);
    },
    async abandon() {
      group = undefined;
      clearTimeout(flushing);
      await root.close();
      closeSync(data);
    },
  };
  return journal;
}

function refused(stateDir: string, cause: unknown): JournalRefusal {
  // LMDB calls a write that found room for a part of it an input/output error.
  const full = hasLittleRoom(stateDir) ? diskProblem({ code: 'ENOSPC' }) : undefined;
  const reason =
    full ?? diskProblem(cause) ?? (cause instanceof Error ? cause.message : String(cause));
  return { message: `The local engine can't write to ${stateDir}: ${reason}.`, cause };
}

/** A disk with less room than this, in bytes, is taken for full when it refuses a commit. */
const LITTLE_ROOM = 16 * 1024 * 1024;

function hasLittleRoom(folder: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize < LITTLE_ROOM;
  } catch {
    return false;
  }
}

function newGroup(): Group {
  const { promise, resolve, reject } = withResolvers();
  // Not every group has somebody who waits for it.
  promise.catch(() => undefined);
  return { writes: [], done: promise, resolve, reject };
}

function withResolvers() {
  let resolve: () => void = () => undefined;
  let reject: (error: unknown) => void = () => undefined;
  const promise = new Promise<void>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}
