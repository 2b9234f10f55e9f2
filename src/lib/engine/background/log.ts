import { closeSync, openSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { followFile } from '../../process/follow-file.ts';
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
export function followLog(stateDir: string, signal: AbortSignal): AsyncGenerator<string> {
  return followFile(logPath(stateDir), signal);
}
