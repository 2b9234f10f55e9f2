import { setTimeout as sleep } from 'node:timers/promises';
import type { ServiceLog } from './log.ts';

export interface RepeatOptions {
  /** For the log, such as `expiry of reservations`. */
  readonly name: string;
  /** Milliseconds between the end of one run and the next. */
  readonly pauseMs: number;
  readonly log: ServiceLog;
}

/**
 * Does work again and again in the background. What it throws is logged once until it works again or fails differently.
 * @returns what ends it, and resolves when the work in hand is done
 */
export function repeat(
  { name, pauseMs, log }: RepeatOptions,
  work: (signal: AbortSignal) => Promise<unknown>,
): () => Promise<void> {
  const stop = new AbortController();
  const { signal } = stop;
  const run = async (): Promise<void> => {
    let told = '';
    while (!signal.aborted) {
      try {
        await work(signal);
        told = '';
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        if (reason !== told) log.warn('background work fails', { work: name, reason });
        told = reason;
      }
      await sleep(pauseMs, undefined, { signal }).catch(() => {});
    }
  };
  const done = run();
  return () => {
    stop.abort();
    return done;
  };
}
