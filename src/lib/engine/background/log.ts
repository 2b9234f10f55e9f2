import { closeSync, openSync, renameSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeFolder } from '../../process/make-folder.ts';
import { readStateFile } from './record.ts';

/** One line of the engine's log. */
export interface LogEntry {
  /** ISO 8601. */
  readonly time: string;
  readonly level: 'info' | 'error';
  readonly message: string;
  readonly [detail: string]: unknown;
}

/** A log larger than this at a start, in bytes, is put aside as `engine.log.1`, in place of the one before. */
const LARGEST_LOG = 5 * 1024 * 1024;

/** How often a followed log is looked at, in milliseconds. */
const POLL = 200;

const FILE = 'engine.log';

/** Where the engine of a state folder logs: one JSON object a line. */
export function logPath(stateDir: string): string {
  return join(stateDir, FILE);
}

/** Opens the log for a new engine to write to; the caller closes the descriptor. */
export function openLog(stateDir: string): number {
  makeFolder(stateDir, { mode: 0o700 });
  const path = logPath(stateDir);
  try {
    if (statSync(path).size > LARGEST_LOG) renameSync(path, `${path}.1`);
  } catch {
    // There is no log yet.
  }
  return openSync(path, 'a', 0o600);
}

export { closeSync as closeLog };

/** The last `lines` lines of the log; none when there is no log. @throws AppError `StateFolderUnusable`. */
export function readLog(stateDir: string, lines = 1000): string[] {
  const text = readStateFile(stateDir, FILE) ?? '';
  const all = text.split('\n').filter((line) => line !== '');
  return all.slice(Math.max(0, all.length - lines));
}

/** The lines that come to the log from now on, until `signal` aborts. */
export async function* followLog(stateDir: string, signal: AbortSignal): AsyncGenerator<string> {
  const path = logPath(stateDir);
  let position = sizeOf(path);
  let partial = '';
  while (!signal.aborted) {
    const size = sizeOf(path);
    if (size < position) position = 0;
    if (size > position) {
      const file = await open(path, 'r');
      try {
        const { buffer, bytesRead } = await file.read(
          Buffer.alloc(size - position),
          0,
          size - position,
          position,
        );
        position += bytesRead;
        partial += buffer.toString('utf8', 0, bytesRead);
      } finally {
        await file.close();
      }
      const lines = partial.split('\n');
      partial = lines.pop() ?? '';
      yield* lines;
    } else {
      await sleep(POLL, undefined, { signal }).catch(() => undefined);
    }
  }
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
