import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Claim, claim } from '../../process/lock.ts';
import { AppError } from '../../rules/errors.ts';
import { diskProblem } from '../../rules/text/disk-problem.ts';
import { journalFolder } from '../journal/folder.ts';
import { backgroundStatus } from './status.ts';

/**
 * Throws a state folder's durable state away, so that the next engine starts afresh. What it holds isn't looked at:
 * this is the cure for a state that can't be read. Gives false when there was none.
 *
 * @throws AppError `EngineRunning` while an engine runs on it.
 */
export async function resetState(stateDir: string): Promise<boolean> {
  const status = await backgroundStatus(stateDir);
  if (status.running) {
    throw engineRunning(stateDir, status.pid);
  }
  if (!existsSync(stateDir)) return false;
  try {
    return await removeJournal(stateDir);
  } catch (error) {
    const problem = diskProblem(error);
    if (problem === undefined || error instanceof AppError) throw error;
    throw new AppError({
      code: 'StateFolderUnusable',
      message: `The state in ${stateDir} can't be deleted: ${problem}.`,
      hint: `Make it writable, or use another folder: XDG_STATE_HOME=/a/folder/of/yours pubsub local start`,
      cause: error,
    });
  }
}

const UNCLAIMED: Claim = { held: true, release: () => undefined };

/** An engine that is about to run holds the lock before it answers. */
async function removeJournal(stateDir: string): Promise<boolean> {
  const held = await claim(stateDir, 'engine').catch((error: NodeJS.ErrnoException) => {
    // Where there is no room for a lock, nobody else can take it either.
    if (error.code === 'ENOSPC' || error.code === 'EDQUOT') return UNCLAIMED;
    throw error;
  });
  if (!held.held) throw engineRunning(stateDir, held.pid);
  try {
    const folder = journalFolder(stateDir);
    const existed = existsSync(folder);
    rmSync(folder, { recursive: true, force: true });
    for (const each of ['tables', 'functions', 'ecs', 'ecs-forgotten']) {
      rmSync(join(stateDir, each), { recursive: true, force: true });
    }
    return existed;
  } finally {
    held.release();
  }
}

function engineRunning(stateDir: string, pid: number): AppError {
  return new AppError({
    code: 'EngineRunning',
    message: `The local engine (pid ${pid}) is running on ${stateDir}.`,
    hint: 'pubsub local stop',
  });
}
