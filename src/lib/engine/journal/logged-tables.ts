import { type Entry, inKeyOrder, type Tables } from './lmdb.ts';
import { type LeftLog, LogFile } from './log-file.ts';
import { LogBuffer } from './log-format.ts';
import { keyText, Pending } from './pending.ts';
import type { PlacedWrite, Write } from './write.ts';

/** Bytes of a log. */
const LOG_BYTES = 4 * 1024 * 1024;

/** Keys that may wait: to write them to the tables holds up everything else for some 20 ms. */
const MAX_PENDING = 8_192;

/** Logs that may wait for the disk to have the tables. */
const MAX_RETIRED = 4;

/**
 * Tables behind a log. A commit is one write to the end of a file, a tenth of the work of one in the tables. They get
 * what is left of many commits at once: when the log is full, or somebody looks. A log goes when the disk has what the
 * tables got of it.
 */
export class LoggedTables {
  readonly #folder: string;
  readonly #tables: Tables;
  readonly #buffer: LogBuffer;
  readonly #pending = new Pending();
  #log: LogFile;
  /** Logs that are in the tables, which may not be on the disk yet. */
  #retired: LogFile[] = [];
  /** Commits in the tables, and how many of them the disk has: one may have left no log. */
  #changes = 0;
  #flushed = 0;

  /** @param left logs that the tables lack: they get them now. */
  constructor(folder: string, tables: Tables, left: readonly LeftLog[]) {
    this.#folder = folder;
    this.#tables = tables;
    this.#buffer = new LogBuffer(LOG_BYTES, tables.codec);
    const applied = left.at(-1)?.generation ?? tables.applied;
    if (left.length > 0) this.#applyLeft(left, applied);
    this.#log = new LogFile(folder, applied + 1);
  }

  /** Keeps all writes or none. @throws when it can't */
  commit(writes: readonly Write[]): void {
    if (this.#pending.size < MAX_PENDING && this.#append(writes)) return;
    this.settle();
    if (this.#append(writes)) return;
    // More than a log holds.
    const names = new Set(writes.map(({ table }) => table));
    this.#tables.change(names, () => {
      for (const { table, key, value } of writes) {
        if (value === undefined) this.#tables.remove(table, key);
        else this.#tables.put(table, key, value);
      }
    });
    this.#changes += 1;
  }

  /** Writes to the tables what they lack. @throws when it can't: all of that waits on */
  settle(): void {
    if (this.#buffer.used === LogBuffer.BEGIN) return;
    this.#change(() => {
      for (const write of this.#pending.writes()) this.#apply(write);
    });
  }

  /** A table's entries in the order of their keys. */
  entries(name: string): Iterable<Entry> {
    const waiting = this.#pending.of(name);
    if (waiting.size === 0) return this.#tables.entries(name);
    try {
      this.settle();
      return this.#tables.entries(name);
    } catch {
      // A disk that is full.
      return this.#merged(name, waiting);
    }
  }

  /** Empties all tables but some. */
  clear(keep: readonly string[]): void {
    this.#change(() => {
      this.#tables.clear(keep);
      for (const write of this.#pending.writes())
        if (keep.includes(write.table)) this.#apply(write);
    });
  }

  /** Lets the disk have everything, in the background. */
  flush(): void {
    this.#log.flush();
    const changes = this.#changes;
    const logs = [...this.#retired];
    if (changes === this.#flushed && logs.length === 0) return;
    this.#tables.flush(() => {
      this.#flushed = Math.max(this.#flushed, changes);
      this.#drop(logs);
    });
  }

  /** Lets the disk have everything and ends. What the tables can't take stays in the log, for the next start. */
  async close(): Promise<void> {
    try {
      this.settle();
      this.#tables.flushSync();
      this.#drop(this.#retired);
    } catch {
      // A disk that is full.
    }
    await this.abandon();
  }

  /** Ends; everything stays as it is. */
  async abandon(): Promise<void> {
    this.#log.close();
    await this.#tables.close();
  }

  #append(writes: readonly Write[]): boolean {
    const commit = this.#buffer.encode(writes);
    if (commit === undefined) return false;
    this.#write(commit.end);
    this.#buffer.used = commit.end;
    for (const write of commit.writes) this.#pending.add(write);
    return true;
  }

  #write(end: number): void {
    const { bytes, used } = this.#buffer;
    try {
      this.#log.write(bytes, used, end);
    } catch (error) {
      if (this.#retired.length === 0) throw error;
      // They may be what the disk is full of.
      this.#tables.flushSync();
      this.#drop(this.#retired);
      this.#log.write(bytes, used, end);
    }
  }

  /** Makes a commit in the tables that ends the log. */
  #change(callback: () => void): void {
    const { generation } = this.#log;
    this.#tables.change(this.#pending.tables(), () => {
      callback();
      this.#tables.setApplied(generation);
    });
    this.#changes += 1;
    this.#pending.clear();
    if (this.#buffer.used > LogBuffer.BEGIN) this.#retired.push(this.#log);
    this.#log = new LogFile(this.#folder, generation + 1);
    this.#buffer.begin();
    if (this.#retired.length >= MAX_RETIRED) this.flush();
  }

  #apply({ table, key, start, end, last }: PlacedWrite): void {
    if (end === 0) this.#tables.remove(table, key);
    else this.#tables.putEncoded(table, key, this.#buffer.bytes.subarray(start, end), last);
  }

  #applyLeft(left: readonly LeftLog[], generation: number): void {
    const writes = left.flatMap((each) => each.writes);
    const names = new Set(writes.map(({ table }) => table));
    this.#tables.change(names, () => {
      for (const { table, key, value } of writes) {
        if (value === undefined) this.#tables.remove(table, key);
        else this.#tables.putEncoded(table, key, value, false);
      }
      this.#tables.setApplied(generation);
    });
    this.#retired = left.map((each) => new LogFile(this.#folder, each.generation));
  }

  #merged(name: string, waiting: ReadonlyMap<string | number, PlacedWrite>): Entry[] {
    const { bytes } = this.#buffer;
    const kept = [...this.#tables.entries(name)].filter(({ key }) => !waiting.has(keyText(key)));
    const added = [...waiting.values()]
      .filter(({ end }) => end > 0)
      .map(({ key, start, end }) => ({
        key,
        value: this.#tables.codec.decode(bytes.subarray(start, end)),
      }));
    return [...kept, ...added].sort(inKeyOrder);
  }

  #drop(logs: readonly LogFile[]): void {
    for (const log of logs) log.remove();
    this.#retired = this.#retired.filter((each) => !logs.includes(each));
  }
}
