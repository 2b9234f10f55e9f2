import type { InvokeOutcome } from './invoke.ts';

/** An event that waits for its function, or for another try ("Asynchronous invocation"). */
export interface PendingEvent {
  /** The request's id, which every try has. */
  readonly id: string;
  /** With the qualifier where one was named. */
  readonly functionArn: string;
  /** JSON. */
  readonly payload: string;
  /** Of the message in the topic that it came from; undefined where it came from no topic. */
  readonly messageId?: string;
  /** Base64; empty for none. */
  readonly clientContext: string;
  /** On the engine's time line. */
  readonly acceptedAt: number;
  /** When the next try is due, on the engine's time line. */
  readonly due: number;
  /** Tries that failed by an error of the function. */
  readonly failures: number;
  /** Times that the function was throttled in a row. */
  readonly throttles: number;
  /** Absent while the function may be called for it. */
  readonly end?: EventEnd;
}

/** "up to two more times" and "up to six hours", unless the function is configured otherwise. */
export const DEFAULT_RETRIES = 2;
export const DEFAULT_MAX_AGE_SECONDS = 21_600;

/** "a one-minute wait before the first two attempts, and two minutes …", in milliseconds. */
export const RETRY_DELAYS_MS: readonly number[] = [60_000, 120_000];

/**
 * "from 1 second after the first attempt to a maximum of 5 minutes" for throttled events, in milliseconds; for
 * destinations that can't be told as well.
 */
export function throttleDelay(throttles: number): number {
  return Math.min(1000 * 2 ** throttles, 300_000);
}

/**
 * Why an event was given up. While a function's reserved concurrency is zero, its events are given up at once, without a
 * try ("Configuring reserved concurrency for a function").
 */
export type GivenUp = 'RetriesExhausted' | 'EventAgeExceeded' | 'ZeroReservedConcurrency';

/** Who is told of an event's end: its destination, or the dead-letter queue of the function's version. */
export type EventListener = 'destination' | 'deadLetterQueue';

/** An event that came to its end: the function is not called for it any more. */
export interface EventEnd {
  readonly condition: 'Success' | GivenUp;
  /** Of the last try; absent where there was none. */
  readonly outcome?: Pick<InvokeOutcome, 'ok' | 'payload' | 'version'>;
  /** On the engine's time line. */
  readonly endedAt: number;
  /** Who has yet to be told. */
  readonly untold: readonly EventListener[];
  /** Times that somebody could not be told. */
  readonly tries: number;
}
