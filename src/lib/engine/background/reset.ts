import { existsSync, rmSync } from 'node:fs';
import { AppError } from '../../rules/errors.ts';
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
    throw new AppError({
      code: 'EngineRunning',
      message: `The local engine (pid ${status.pid}) is running on ${stateDir}.`,
      hint: 'pubsub local stop',
    });
  }
  const folder = journalFolder(stateDir);
  const existed = existsSync(folder);
  rmSync(folder, { recursive: true, force: true });
  return existed;
}
