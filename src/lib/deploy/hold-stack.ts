import { setTimeout as sleep } from 'node:timers/promises';
import { claim } from '../process/lock.ts';
import { makeFolder } from '../process/make-folder.ts';
import { interrupted } from './follow-stack.ts';

/** Milliseconds between two tries. */
const POLL_MS = 200;
/** What the lock files in a stack's folder begin with. */
const LOCK = 'deploy';

/** Whether a name in a stack's folder is that of its lock. */
export function isLock(name: string): boolean {
  return name.startsWith(`${LOCK}.`);
}

/**
 * Waits until no other run on this machine works on a stack, and holds it: two would stage code in one folder, of which
 * each removes what it doesn't use, and plan under one name.
 * @param folder of the stack's code (`stagingFolder`).
 * @param onWait told once of the process that holds it.
 * @returns what lets go of it. It ends with the process too.
 * @throws AppError `Interrupted`
 */
export async function holdStack(
  folder: string,
  { stop, onWait }: { readonly stop: AbortSignal; readonly onWait: (pid: number) => void },
): Promise<() => void> {
  let isTold = false;
  while (!stop.aborted) {
    makeFolder(folder);
    const held = await claim(folder, LOCK).catch(unlessGone);
    if (held?.held) return held.release;
    if (held !== undefined && !isTold) onWait(held.pid);
    isTold ||= held !== undefined;
    await sleep(POLL_MS, undefined, { signal: stop }).catch(() => undefined);
  }
  throw interrupted('Interrupted; nothing was changed.');
}

/** A run that deletes the stack takes the folder with it. */
function unlessGone(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}
