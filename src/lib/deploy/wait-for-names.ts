import { setTimeout as sleep } from 'node:timers/promises';
import { readWaitingNames } from '../aws/observer.ts';
import type { Place } from '../topology/inspect.ts';
import { interrupted } from './follow-stack.ts';

/** Milliseconds between two looks at what the engine's clock has left. */
const POLL_MS = 500;

/** Queues whose names aren't free yet, and for how long at most. */
export interface NameWait {
  readonly queues: readonly string[];
  readonly secondsLeft: number;
}

/** Reads which of these queues were deleted less than a minute ago; undefined where none was. */
export async function readNameWait(
  { aws, identity }: Pick<Place, 'aws' | 'identity'>,
  names: readonly string[],
): Promise<NameWait | undefined> {
  if (names.length === 0) return undefined;
  const waiting = await readWaitingNames(aws, identity.account);
  const queues = names.filter((name) => waiting.has(name));
  if (queues.length === 0) return undefined;
  return { queues, secondsLeft: Math.max(...queues.map((name) => waiting.get(name) ?? 0)) };
}

/**
 * Waits until the names of queues are free, as `pubsub setup` does: a stack with one that isn't would be made in part and
 * taken back.
 * @param onWait told again and again while it lasts.
 * @throws AppError `Interrupted` (exit 130) where it is stopped first.
 */
export async function waitForNames(
  place: Pick<Place, 'aws' | 'identity'>,
  names: readonly string[],
  { stop, onWait }: { readonly stop: AbortSignal; readonly onWait: (wait: NameWait) => void },
): Promise<void> {
  while (!stop.aborted) {
    const wait = await readNameWait(place, names);
    if (wait === undefined) return;
    onWait(wait);
    await sleep(POLL_MS, undefined, { signal: stop }).catch(() => undefined);
  }
  throw interrupted('Interrupted; nothing was changed.');
}
