import { setTimeout as sleep } from 'node:timers/promises';
import { alive } from '../../process/alive.ts';
import { AppError } from '../../rules/errors.ts';
import { backgroundStatus } from './status.ts';

/** How long an engine may take to end by itself, in milliseconds. */
const PATIENCE = 10_000;

/** How often it is looked at, in milliseconds. */
const POLL = 10;

/** Whether an engine was there to be stopped. */
export type Stopped =
  | { readonly stopped: true; readonly pid: number }
  | { readonly stopped: false };

/**
 * Ends the engine of a state folder and waits until its process is gone. What it acknowledged is kept, unless it was
 * ephemeral.
 *
 * @throws AppError `EngineUnresponsive` when it doesn't answer or doesn't end.
 */
export async function stopBackground(stateDir: string): Promise<Stopped> {
  const status = await backgroundStatus(stateDir);
  if (!status.running) return { stopped: false };
  const { pid } = status;
  process.kill(pid, 'SIGTERM');
  const deadline = Date.now() + PATIENCE;
  while (alive(pid)) {
    if (Date.now() > deadline) {
      throw new AppError({
        code: 'EngineUnresponsive',
        message: `The local engine (pid ${pid}) did not end within ${PATIENCE / 1000} s.`,
        hint: `kill -9 ${pid}`,
      });
    }
    await sleep(POLL);
  }
  return { stopped: true, pid };
}
