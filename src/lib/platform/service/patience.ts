import { setTimeout as sleep } from 'node:timers/promises';
import { Code, ConnectError } from '@connectrpc/connect';
import { isLocked, isOutage } from '../../http/failures.ts';
import { Problem } from '../../http/problem.ts';

/** Milliseconds before the first new try, and between two at the most. */
const PAUSE_MS = { first: 100, most: 2_000 };

/**
 * Does work that others wait for, again and again while what it needs is away: a message that is handed back instead
 * would end among the dead letters during an outage.
 * @param signal aborted to give up
 * @throws what `work` throws of its own, and what it throws last once `signal` is aborted
 */
export async function untilThere<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (let pauseMs = PAUSE_MS.first; ; pauseMs = Math.min(2 * pauseMs, PAUSE_MS.most)) {
    try {
      return await work();
    } catch (error) {
      if (signal.aborted || !isAway(error)) throw error;
      await sleep(pauseMs, undefined, { signal }).catch(() => {});
    }
  }
}

/** Whether what is asked was away, rather than asked the wrong thing. */
function isAway(error: unknown): boolean {
  if (error instanceof ConnectError) {
    const { code, cause } = error;
    if (cause instanceof Problem) return isAway(cause);
    return code === Code.Unavailable || code === Code.DeadlineExceeded;
  }
  if (error instanceof Problem) return error.status === 503;
  return isLocked(error) || isOutage(error);
}
