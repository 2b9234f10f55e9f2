import type { StatusSnapshot, SubscriberStatus } from './status.ts';

/** How fast messages come into a queue and leave it; null where it can't be told yet. */
export interface SubscriberRates {
  /** Messages a second. */
  readonly in: number | null;
  readonly out: number | null;
  /**
   * Whether they were counted. Else they are what the queue grew or shrank by, at the least: what came and went between
   * two looks does not show in it.
   */
  readonly exact: boolean;
}

const UNKNOWN: SubscriberRates = { in: null, out: null, exact: false };

/**
 * The rates of each subscriber between two readings, by name: from counters where both have them, else from how the
 * counts changed. Unknown where a queue wasn't there, counters began anew, or no time has passed.
 */
export function ratesBetween(
  before: StatusSnapshot | undefined,
  now: StatusSnapshot,
): ReadonlyMap<string, SubscriberRates> {
  const seconds = before === undefined ? 0 : (now.time - before.time) / 1000;
  return new Map(
    now.subscribers.map((subscriber) => {
      const earlier = before?.subscribers.find(({ name }) => name === subscriber.name);
      const known = earlier !== undefined && seconds > 0;
      return [subscriber.name, known ? ratesOf(earlier, subscriber, seconds) : UNKNOWN];
    }),
  );
}

/** What a queue's rates are told from. */
export type CountedQueue = Pick<
  SubscriberStatus,
  'depth' | 'inFlight' | 'delayed' | 'arrived' | 'left'
>;

/** The rates of one queue between two readings. @param seconds between them, above 0. */
export function ratesOf(before: CountedQueue, now: CountedQueue, seconds: number): SubscriberRates {
  if (now.arrived !== null && now.left !== null) {
    const arrived = now.arrived - (before.arrived ?? Number.POSITIVE_INFINITY);
    const left = now.left - (before.left ?? Number.POSITIVE_INFINITY);
    // Lower than before: somebody else counts, such as an engine that was started again.
    if (arrived < 0 || left < 0) return { ...UNKNOWN, exact: true };
    return { in: arrived / seconds, out: left / seconds, exact: true };
  }
  const [then, since] = [held(before), held(now)];
  if (then === undefined || since === undefined) return UNKNOWN;
  const growth = (since - then) / seconds;
  return { in: Math.max(0, growth), out: Math.max(0, -growth), exact: false };
}

function held({ depth, inFlight, delayed }: CountedQueue): number | undefined {
  return depth === null ? undefined : depth + (inFlight ?? 0) + (delayed ?? 0);
}

/** The latest readings of a queue's rates, the oldest first; null where one wasn't known. */
export interface RateSeries {
  readonly in: readonly (number | null)[];
  readonly out: readonly (number | null)[];
}

/** What a watch has seen so far. */
export interface StatusHistory {
  readonly latest: StatusSnapshot | undefined;
  /** By subscriber. */
  readonly rates: ReadonlyMap<string, SubscriberRates>;
  readonly series: ReadonlyMap<string, RateSeries>;
}

/** Before the first reading. */
export const NO_HISTORY: StatusHistory = { latest: undefined, rates: new Map(), series: new Map() };

/** Rates that are kept of each subscriber: more than any sparkline is wide. */
const KEPT = 120;

/** A history with one more reading. */
export function withSnapshot(history: StatusHistory, snapshot: StatusSnapshot): StatusHistory {
  const latestRates = ratesBetween(history.latest, snapshot);
  const series = new Map(
    [...latestRates].map(([name, rate]): [string, RateSeries] => {
      const before = history.series.get(name) ?? { in: [], out: [] };
      return [
        name,
        {
          in: [...before.in, rate.in].slice(-KEPT),
          out: [...before.out, rate.out].slice(-KEPT),
        },
      ];
    }),
  );
  return { latest: snapshot, rates: latestRates, series };
}
