import { DEFAULT_BATCH_SIZE, INITIAL_CONCURRENT_BATCHES } from '../rules/functions.ts';
import { MAX_RECEIVE_MESSAGES, MAX_WAIT_SECONDS } from '../rules/limits.ts';
import { MONTH_HOURS } from '../rules/prices.ts';
import type { SubscriberLoad } from './workload.ts';

/** Seconds for which `pubsub listen` lets messages gather where they trickle in. */
const LISTEN_GATHER_SECONDS = 0.1;
/** Seconds between short polls, of a queue whose receives don't wait. */
const SHORT_POLL_SECONDS = 0.1;

export const MONTH_SECONDS = MONTH_HOURS * 3600;

/** How a subscriber's messages are fetched. */
export interface Consumption {
  /** Messages that a receive brings at the mean, 1 to 10. */
  readonly receive: number;
  /** Messages that a function gets at once at the mean. */
  readonly invocation: number;
  /** Polls that are open at all times. */
  readonly pollers: number;
  /** Seconds that a poll waits for a message. */
  readonly wait: number;
  /** The share of polls that would end without a message, if each waited its whole time: 0 to 1. */
  readonly empty: number;
}

/** What is asked about consumers. */
export interface ConsumptionQuestion {
  /** Whether Lambda polls the queue for a function; otherwise a program does, such as `pubsub listen`. */
  readonly byFunction: boolean;
  /** Programs that poll. */
  readonly programs: number;
  /** Messages that a batch has, where that is given; otherwise as many as come within the batching window. */
  readonly batch: number | undefined;
}

/**
 * How messages are fetched that come evenly over the month. A long poll ends with the first message that comes, so without
 * a batching window a batch is hardly more than that one.
 */
export function consumptionOf(
  { spec, messages }: SubscriberLoad,
  { byFunction, programs, batch }: ConsumptionQuestion,
): Consumption {
  const rate = messages / MONTH_SECONDS;
  const mapping = spec.handler && 'function' in spec.handler ? spec.handler : undefined;
  const most = byFunction ? (mapping?.batchSize ?? DEFAULT_BATCH_SIZE) : MAX_RECEIVE_MESSAGES;
  const window = byFunction ? (mapping?.window ?? 0) : LISTEN_GATHER_SECONDS;
  const invocation = batch ?? Math.max(1, Math.min(most, rate * window));
  const receive = Math.min(invocation, MAX_RECEIVE_MESSAGES);
  const pollers = byFunction ? INITIAL_CONCURRENT_BATCHES : programs;
  const wait = byFunction ? MAX_WAIT_SECONDS : spec.receiveWait || SHORT_POLL_SECONDS;
  return { receive, invocation, pollers, wait, empty: emptyShare(rate / receive, pollers, wait) };
}

/**
 * Of the polls that would fit in if each waited its whole time, those that end without a message, where messages come at
 * random: with `x` arrivals expected in a wait, polls end at the rate x/(1 − e^−x) a wait, e^−x of them empty.
 */
function emptyShare(arrivals: number, pollers: number, wait: number): number {
  const expected = (arrivals / pollers) * wait;
  return expected === 0 ? 1 : expected / Math.expm1(expected);
}
