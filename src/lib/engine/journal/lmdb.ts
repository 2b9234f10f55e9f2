import { closeSync, fdatasync, fdatasyncSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { type Database, type Key, open, type RootDatabase } from 'lmdb';
import { damaged } from './damaged.ts';
import { DATA_FILE } from './folder.ts';
import type { Journal, JournalKey } from './journal.ts';

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
  });
}

/** How long written data may wait to be flushed to the disk, in milliseconds. */
const FLUSH_DELAY = 1000;

/**
 * A journal in an LMDB environment. Everything put in one turn of the event loop is committed together, and what comes
 * while a commit is under way waits for the next, so that many calls share one commit. A commit is safe against the
 * death of the process as soon as it is made; against the death of the machine, once it has been flushed, which is done
 * in the background and costs no call a wait.
 */
export function lmdbJournal(stateDir: string, folder: string): Journal {
  const root = openEnvironment(folder);
  const tables = new Map<string, Database<unknown, Key>>();
  let last: Promise<unknown> | undefined;
  let failure: Error | undefined;
  const data = openSync(join(folder, DATA_FILE), 'r+');
  let flushing: NodeJS.Timeout | undefined;

  const table = (name: string) => {
    let found = tables.get(name);
    if (found === undefined) {
      found = root.openDB<unknown, Key>({ name });
      tables.set(name, found);
    }
    return found;
  };
  const flush = () => {
    flushing = undefined;
    // A flush that fails is no reason to stop: what it was to save is in the page cache still.
    fdatasync(data, () => undefined);
  };
  const track = (commit: Promise<unknown>) => {
    // All writes of one turn share one promise.
    if (commit === last) return;
    last = commit;
    flushing ??= setTimeout(flush, FLUSH_DELAY).unref();
    commit.then(
      () => {
        if (last === commit) last = undefined;
      },
      (error: Error) => {
        failure ??= error;
      },
    );
  };

  return {
    durable: true,
    get pending() {
      return last !== undefined || failure !== undefined;
    },
    put(name, key, value) {
      track(table(name).put(key as Key, value));
    },
    remove(name, key) {
      track(table(name).remove(key as Key));
    },
    async committed() {
      await last;
      if (failure !== undefined) throw failure;
    },
    *entries(name) {
      try {
        for (const { key, value } of table(name).getRange()) {
          yield { key: key as JournalKey, value };
        }
      } catch (cause) {
        throw damaged(stateDir, cause);
      }
    },
    async close() {
      clearTimeout(flushing);
      await root.committed;
      await root.close();
      fdatasyncSync(data);
      closeSync(data);
    },
  };
}
