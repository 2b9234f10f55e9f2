import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../../rules/errors.ts';
import { fileProblem } from '../../rules/text/file-problem.ts';

/** What an engine in the background leaves in its state folder, so that other processes find it. */
export interface EngineRecord {
  readonly pid: number;
  readonly port: number;
  readonly endpoint: string;
  /** Tells this start of the engine from any other. */
  readonly instance: string;
  readonly ephemeral: boolean;
  readonly version: string;
  /** ISO 8601. */
  readonly startedAt: string;
  /** The port that was asked for: 0 when any would do. */
  readonly requestedPort: number;
  /** The address of its page, with the token that lets that change something; not there where an older version ran. */
  readonly page?: string;
}

const FILE = 'engine.json';

/**
 * The record of the engine that runs, or last ran, on a state folder; absent when there is none, or none that makes
 * sense.
 *
 * @throws AppError `StateFolderUnusable` where it can't be read: an engine may run there.
 */
export function readRecord(stateDir: string): EngineRecord | undefined {
  const text = readStateFile(stateDir, FILE);
  if (text === undefined) return undefined;
  try {
    const record: unknown = JSON.parse(text);
    return isRecord(record) ? record : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The text of a file of a state folder; absent when it isn't there.
 *
 * @throws AppError `StateFolderUnusable` where it can't be read.
 */
export function readStateFile(stateDir: string, name: string): string | undefined {
  try {
    return readFileSync(join(stateDir, name), 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new AppError({
      code: 'StateFolderUnusable',
      message: `${join(stateDir, name)} of the local engine can't be read: ${fileProblem(cause)}.`,
      hint: "Use its owner's account, or another folder: XDG_STATE_HOME=/a/folder/of/yours pubsub local start",
      cause,
    });
  }
}

/** Replaces the record in one step: readers see the old one or the new one, never half of it. */
export function writeRecord(stateDir: string, record: EngineRecord): void {
  const temporary = join(stateDir, `${FILE}.${process.pid}`);
  writeFileSync(temporary, `${JSON.stringify(record, null, 2)}\n`, { mode: 0o600 });
  renameSync(temporary, join(stateDir, FILE));
}

function isRecord(value: unknown): value is EngineRecord {
  if (typeof value !== 'object' || value === null) return false;
  const { pid, endpoint, instance } = value as Partial<EngineRecord>;
  return typeof pid === 'number' && typeof endpoint === 'string' && typeof instance === 'string';
}
