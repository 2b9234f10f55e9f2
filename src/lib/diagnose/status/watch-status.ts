import { backoffDelay } from '../../aws/backoff.ts';
import { isTransient } from '../../aws/transient.ts';
import { AppError } from '../../rules/errors.ts';
import { pause } from '../../topology/pause.ts';
import type { Status, StatusSnapshot } from './status.ts';

/** What a watch tells. */
export type WatchEvent =
  | { readonly kind: 'snapshot'; readonly snapshot: StatusSnapshot }
  | {
      readonly kind: 'trouble';
      readonly error: AppError;
      /** Readings that failed in a row, this one included. */
      readonly failures: number;
      /** Milliseconds until the next try. */
      readonly retryIn: number;
    };

/** Times between tries while readings fail, where the interval is shorter. */
const RETRY = { first: 1_000, most: 30_000 } as const;

/**
 * Reads a status at each interval, until the signal is aborted. What may pass by itself, such as throttling or an
 * endpoint that is gone, is told and tried again.
 * @param options.interval milliseconds from the beginning of one reading to that of the next.
 * @throws AppError of a reading that would fail again, such as one that isn't allowed.
 */
export async function* watchStatus(options: {
  readonly read: () => Promise<Status>;
  readonly interval: number;
  readonly signal: AbortSignal;
}): AsyncGenerator<WatchEvent> {
  const { read, interval, signal } = options;
  let failures = 0;
  while (!signal.aborted) {
    const began = performance.now();
    let wait = interval;
    try {
      const status = await unlessAborted(read(), signal);
      if (status === undefined) return;
      failures = 0;
      yield { kind: 'snapshot', snapshot: { time: Date.now(), ...status } };
      wait = interval - (performance.now() - began);
    } catch (error) {
      if (!(error instanceof AppError) || !isTransient(error)) throw error;
      failures += 1;
      wait = Math.max(interval, backoffDelay(RETRY, failures));
      yield { kind: 'trouble', error, failures, retryIn: wait };
    }
    await pause(Math.max(0, wait), signal);
  }
}

/** Undefined as soon as the signal is aborted: a reading that nobody waits for may end by itself. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  let onAbort = (): void => {};
  const aborted = new Promise<undefined>((resolve) => {
    onAbort = () => resolve(undefined);
    signal.addEventListener('abort', onAbort);
  });
  try {
    return signal.aborted ? undefined : await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
