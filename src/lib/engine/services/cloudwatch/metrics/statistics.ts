import { notHere, validationError } from '../errors.ts';
import { MINUTE_MS, type Point, type Series } from './series.ts';

/** What a period's points add up to. */
export interface Aggregate {
  /** Milliseconds since the epoch. */
  readonly start: number;
  readonly unit: string;
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
}

/** The statistics that the engine computes. */
export type Statistic = 'SampleCount' | 'Average' | 'Sum' | 'Minimum' | 'Maximum';

const VALUES: Readonly<Record<Statistic, (aggregate: Aggregate) => number>> = {
  SampleCount: ({ count }) => count,
  Average: ({ sum, count }) => sum / count,
  Sum: ({ sum }) => sum,
  Minimum: ({ min }) => min,
  Maximum: ({ max }) => max,
};
const STATISTICS = Object.keys(VALUES) as Statistic[];

const PERCENTILE = /^(p|tm|wm|tc|ts|TM|WM|TC|TS|PR|IQM)/;

/**
 * Reads the name of a statistic.
 * @throws ServiceError `ValidationError`, in words for the percentiles that AWS has and the engine hasn't
 */
export function readStatistic(name: string): Statistic {
  const known = STATISTICS.find((each) => each === name);
  if (known !== undefined) return known;
  if (PERCENTILE.test(name)) {
    throw notHere(`the statistic ${name}: it keeps ${STATISTICS.join(', ')} of each minute`);
  }
  throw validationError(
    `The value ${name} for parameter Stat is not supported. It must be one of ${STATISTICS.join(', ')}.`,
  );
}

/** A statistic of a period. */
export function statisticOf(statistic: Statistic, aggregate: Aggregate): number {
  return VALUES[statistic](aggregate);
}

/**
 * A metric by periods, the earliest first; periods without a sample are left out. Times are milliseconds since the epoch.
 * @param window from `start`, which is a period's, to before `end`; `periodMs` a multiple of a minute
 * @param unit only samples of that unit; all of them together unless given
 */
export function aggregates(
  series: Series | undefined,
  window: { readonly start: number; readonly end: number; readonly periodMs: number },
  unit?: string,
): Aggregate[] {
  const { start, end, periodMs } = window;
  const found = new Map<number, Aggregate>();
  for (const point of series?.points ?? []) {
    if (unit !== undefined && point.unit !== unit) continue;
    const last = Math.min(point.last * MINUTE_MS, end - 1);
    const first = Math.max(point.minute * MINUTE_MS, start);
    for (let time = first; time <= last; time += MINUTE_MS) {
      const period = start + Math.floor((time - start) / periodMs) * periodMs;
      found.set(period, joined(found.get(period), point, period));
    }
  }
  return [...found.values()].sort((a, b) => a.start - b.start);
}

function joined(before: Aggregate | undefined, point: Point, start: number): Aggregate {
  const { unit, count, sum, min, max } = point;
  if (before === undefined) return { start, unit, count, sum, min, max };
  return {
    start,
    unit: before.unit,
    count: before.count + count,
    sum: before.sum + sum,
    min: Math.min(before.min, min),
    max: Math.max(before.max, max),
  };
}

/** The start of the period that a moment is in; both in milliseconds. */
export function periodStart(time: number, periodMs: number): number {
  return Math.floor(time / periodMs) * periodMs;
}
