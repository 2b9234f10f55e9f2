import {
  closeSync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { AppError, EXIT, type ExitCode } from '../rules/errors.ts';
import { fileProblem } from '../rules/text/file-problem.ts';
import {
  HANDLED_WINDOW,
  type HandledEvents,
  handledKey,
  rememberHandledEvents,
} from './handled-events.ts';

/** A store in a file. */
export interface HandledEventsFile extends HandledEvents {
  close(): void;
}

/** The first line of a store, so that no other file is ever taken for one. */
const HEADER = '{"format":"pubsub handled events","version":1}\n';
/** Lines beyond twice what is remembered from which on the file is written anew. */
const SPARE_LINES = 10_000;
const CHUNK_BYTES = 262_144;
/** Milliseconds after which a lock counts as left behind by a process that was killed. */
const STALE_LOCK = 10_000;

/**
 * Opens a store of handled events in a file that survives restarts: a line for each event, appended when it was
 * handled. Any number of processes and subscribers may share it, and see what the others have added. What was added
 * before a `kill -9` stays; a line that was being written then is skipped. It is not forced to the disk for each event:
 * when the machine itself goes down, the latest events may be handled twice.
 * @param path of the file; made where there is none. Its folder MUST be there.
 * @param options.window events of each subscriber that are remembered at the least.
 * @param options.spareLines lines beyond twice of that after which it is written anew.
 * @throws AppError (exit 2) where it can't be opened, or is something else.
 */
export function openHandledEvents(
  path: string,
  options: { readonly window?: number; readonly spareLines?: number } = {},
): HandledEventsFile {
  return new StoreFile(path, options.window ?? HANDLED_WINDOW, options.spareLines ?? SPARE_LINES);
}

class StoreFile implements HandledEventsFile {
  private readonly path: string;
  private readonly spareLines: number;
  private readonly window: number;
  private remembered: ReturnType<typeof rememberHandledEvents>;
  private readonly chunk = Buffer.alloc(CHUNK_BYTES);
  private descriptor = -1;
  private inode = -1;
  /** Bytes and lines that were read. */
  private offset = 0;
  private lines = 0;

  constructor(path: string, window: number, spareLines: number) {
    this.path = path;
    this.window = window;
    this.spareLines = spareLines;
    this.remembered = rememberHandledEvents(window);
    this.guarded(() => {
      this.open();
      this.catchUp();
    }, EXIT.usage);
  }

  has(subscriber: string, eventId: string): boolean {
    return this.guarded(() => {
      this.catchUp();
      return this.remembered.has(subscriber, eventId);
    });
  }

  add(subscriber: string, eventId: string): void {
    this.guarded(() => {
      this.append([[subscriber, handledKey(eventId)]]);
      this.catchUp();
      if (this.lines > 2 * this.remembered.size + this.spareLines) this.compact();
    });
  }

  close(): void {
    if (this.descriptor >= 0) closeSync(this.descriptor);
    this.descriptor = -1;
  }

  private open(): void {
    this.close();
    this.descriptor = openSync(this.path, 'a+', 0o600);
    const { size, ino } = fstatSync(this.descriptor);
    this.inode = ino;
    this.offset = 0;
    this.lines = 0;
    if (size === 0) writeSync(this.descriptor, HEADER);
    const first = Buffer.alloc(HEADER.length);
    readSync(this.descriptor, first, 0, first.length, 0);
    if (first.toString() !== HEADER) {
      this.close();
      throw new AppError({
        code: 'NoDedupeStore',
        message: `${this.path} is not a store of handled events; it was left as it is.`,
        hint: 'Name another file: it is made where there is none.',
        exitCode: EXIT.usage,
      });
    }
  }

  /** Reads what was added since the last time, by whomever. */
  private catchUp(): void {
    let found = statSync(this.path, { throwIfNoEntry: false });
    if (found?.ino !== this.inode) {
      this.open();
      found = fstatSync(this.descriptor);
    }
    if (found.size > this.offset) this.readOn();
  }

  private readOn(): void {
    const { chunk } = this;
    for (;;) {
      const bytes = readSync(this.descriptor, chunk, 0, chunk.length, this.offset);
      const isFull = bytes === chunk.length;
      // A line that isn't complete is read when it is; one that fills the chunk is none of ours.
      const end = chunk.subarray(0, bytes).lastIndexOf(0x0a) + 1 || (isFull ? bytes : 0);
      this.offset += end;
      for (const line of chunk.toString('utf8', 0, end).split('\n')) {
        if (line === '') continue;
        this.lines++;
        const entry = readEntry(line);
        if (entry) this.remembered.add(...entry);
      }
      if (!isFull) return;
    }
  }

  /** Appends with one write; again, where another process has written the file anew meanwhile. */
  private append(entries: readonly (readonly [string, string])[]): void {
    // The line break before it ends what a killed process may have left half-written.
    const text = `\n${entries.map((entry) => JSON.stringify(entry)).join('\n')}\n`;
    for (;;) {
      writeSync(this.descriptor, text);
      if (statSync(this.path, { throwIfNoEntry: false })?.ino === this.inode) return;
      this.open();
    }
  }

  /**
   * Writes the file anew with what is remembered. Lines that others append to the old one meanwhile are carried over:
   * they are read after the new file is in its place, and whoever writes later sees that it is.
   */
  private compact(): void {
    const lock = `${this.path}.lock`;
    try {
      mkdirSync(lock);
    } catch {
      const held = statSync(lock, { throwIfNoEntry: false });
      if (held && Date.now() - held.mtimeMs > STALE_LOCK) rmSync(lock, { recursive: true });
      return;
    }
    try {
      this.catchUp();
      const fresh = `${this.path}.new`;
      rmSync(fresh, { force: true });
      // Only as a file of its own: what somebody has put there, such as a link to another file, isn't followed.
      const descriptor = openSync(fresh, 'wx', 0o600);
      try {
        writeAll(descriptor, HEADER);
        const lines = [...this.remembered.entries()].map((entry) => JSON.stringify(entry));
        writeAll(descriptor, `${lines.join('\n')}\n`);
        fsyncSync(descriptor);
      } finally {
        closeSync(descriptor);
      }
      const before = { descriptor: this.descriptor, offset: this.offset };
      renameSync(fresh, this.path);
      this.descriptor = -1;
      this.open();
      const late = readTail(before.descriptor, before.offset);
      closeSync(before.descriptor);
      if (late.length > 0) this.append(late);
      // Anew, so that memory holds no more than the file does.
      this.remembered = rememberHandledEvents(this.window);
      this.readOn();
    } finally {
      rmSync(lock, { recursive: true, force: true });
    }
  }

  private guarded<T>(work: () => T, exitCode: ExitCode = EXIT.failed): T {
    try {
      return work();
    } catch (error) {
      if (error instanceof AppError) throw error;
      throw new AppError({
        code: 'DedupeStoreFailed',
        message: `The store of handled events ${this.path} can't be used: ${fileProblem(error)}.`,
        hint: 'Check --dedupe-store: its folder must be there, and have room.',
        exitCode,
        cause: error,
      });
    }
  }
}

/** Entries from an offset to the end of a file. */
function readTail(descriptor: number, offset: number): (readonly [string, string])[] {
  const bytes = Buffer.alloc(Math.max(0, fstatSync(descriptor).size - offset));
  readSync(descriptor, bytes, 0, bytes.length, offset);
  return bytes
    .toString('utf8')
    .split('\n')
    .flatMap((line) => {
      const entry = readEntry(line);
      return entry === undefined ? [] : [entry];
    });
}

function readEntry(line: string): readonly [string, string] | undefined {
  try {
    const entry: unknown = JSON.parse(line);
    if (!Array.isArray(entry)) return undefined;
    const [subscriber, key] = entry as unknown[];
    return typeof subscriber === 'string' && typeof key === 'string'
      ? [subscriber, key]
      : undefined;
  } catch {
    return undefined;
  }
}

function writeAll(descriptor: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at);
}
