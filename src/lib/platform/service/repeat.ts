import { setTimeout as sleep } from 'node:timers/promises';
import type { ServiceLog } from './log.ts';

export interface RepeatOptions {
  /** For the log, such as `expiry of reservations`. */
  readonly name: string;
  /** Milliseconds between the end of one run and the next. */
  readonly pauseMs: number;
  readonly log: ServiceLog;
}

/** Work that is done again and again. */
export interface Repeating {
  /** Lets the next run begin at once. */
  wake(): void;
  /** Ends it, and resolves when the work in hand is done. */
  stop(): Promise<void>;
}

/**
 * Does work again and again in the background. What it throws is logged once until it works again or fails differently.
 * @param work gets a signal that is aborted when it is to end
 */
export function repeat(
  { name, pauseMs, log }: RepeatOptions,
  work: (signal: AbortSignal) => Promise<unknown>,
): Repeating {
  const stopping = new AbortController();
  const { signal } = stopping;
  let waking = new AbortController();
  const run = async (): Promise<void> => {
    let told = '';
    while (!signal.aborted) {
      waking = new AbortController();
      try {
        await work(signal);
        told = '';
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        if (reason !== told && !signal.aborted)
          log.warn('background work fails', { work: name, reason });
        told = reason;
      }
      await sleep(pauseMs, undefined, { signal: waking.signal }).catch(() => {});
    }
  };
  const done = run();
  return {
    wake: () => waking.abort(),
    stop: () => {
      stopping.abort();
      waking.abort();
      return done;
    },
  };
}
