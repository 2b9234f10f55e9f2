import { ServiceError } from '../errors.ts';
import { damaged } from './damaged.ts';
import type { Journal, JournalKey, JournalRefusal } from './journal.ts';
import { Tables } from './lmdb.ts';
import { readLogs } from './log-file.ts';
import { LoggedTables } from './logged-tables.ts';
import { refused } from './refused.ts';
import type { Write } from './write.ts';

/** How long written data may wait to be flushed to the disk, in milliseconds. */
const FLUSH_DELAY_MS = 1000;

// A test runner's fake timers may replace them in the whole process.
const { setImmediate, setTimeout, clearTimeout } = globalThis;

const NOTHING_PENDING = Promise.resolve();

/** What will be committed together, and who waits for it. */
interface Group {
  readonly writes: Write[];
  readonly done: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * A journal in a folder. Everything put in one turn of the event loop, by however many calls, is one commit, made on the
 * spot at the turn's end: it goes to the page cache only, and handing it to another thread would cost more than making
 * it. It is safe against the death of the process from then on; against the death of the machine, once it has been
 * flushed, which happens in the background and costs no call a wait.
 *
 * @throws Error when the folder can't be read
 */
export async function durableJournal(stateDir: string, folder: string): Promise<Journal> {
  const tables = new Tables(folder);
  try {
    const left = readLogs(folder, tables.applied, tables.codec);
    return new DurableJournal(stateDir, new LoggedTables(folder, tables, left));
  } catch (error) {
    await tables.close();
    throw error;
  }
}

class DurableJournal implements Journal {
  readonly durable = true;
  onCommit: Journal['onCommit'] = () => undefined;
  onRefusal: Journal['onRefusal'] = () => undefined;
  refusal: JournalRefusal | undefined;
  readonly #stateDir: string;
  readonly #tables: LoggedTables;
  #group: Group | undefined;
  #flushing: NodeJS.Timeout | undefined;

  constructor(stateDir: string, tables: LoggedTables) {
    this.#stateDir = stateDir;
    this.#tables = tables;
  }

  get pending(): boolean {
    return this.#group !== undefined;
  }

  put(table: string, key: JournalKey, value: unknown): void {
    this.#add({ table, key, value, last: false });
  }

  append(table: string, key: number, value: unknown): void {
    this.#add({ table, key, value, last: true });
  }

  remove(table: string, key: JournalKey): void {
    this.#add({ table, key, value: undefined, last: false });
  }

  committed(): Promise<void> {
    return this.#group === undefined ? NOTHING_PENDING : this.#group.done;
  }

  clear(keep: readonly string[]): void {
    this.#group?.resolve();
    this.#group = undefined;
    this.#tables.clear(keep);
    this.#flushLater();
  }

  *entries(table: string): Generator<{ key: JournalKey; value: unknown }> {
    try {
      yield* this.#tables.entries(table);
    } catch (cause) {
      throw damaged(this.#stateDir, cause);
    }
  }

  async close(): Promise<void> {
    this.#commit();
    clearTimeout(this.#flushing);
    await this.#tables.close();
  }

  async abandon(): Promise<void> {
    this.#group = undefined;
    clearTimeout(this.#flushing);
    await this.#tables.abandon();
  }

  #add(write: Write): void {
    if (this.#group === undefined) {
      this.#group = newGroup();
      setImmediate(() => this.#commit());
    }
    this.#group.writes.push(write);
  }

  #commit(): void {
    if (this.#group === undefined) return;
    this.onCommit();
    const { writes, resolve, reject } = this.#group;
    this.#group = undefined;
    try {
      this.#tables.commit(writes);
      this.#flushLater();
      this.refusal = undefined;
      resolve();
    } catch (cause) {
      const refusal = refused(this.#stateDir, cause);
      this.refusal = refusal;
      // Later commits would hold what depends on this one: memory has to forget it first.
      this.onRefusal(refusal);
      reject(new ServiceError('ServiceUnavailable', refusal.message, { status: 503 }));
    }
  }

  #flushLater(): void {
    this.#flushing ??= setTimeout(() => {
      this.#flushing = undefined;
      this.#tables.flush();
    }, FLUSH_DELAY_MS).unref();
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
