/** Points are kept by the minute. */
export const MINUTE_MS = 60_000;

/** A dimension of a metric. */
export interface Dimension {
  readonly Name: string;
  readonly Value: string;
}

/** What a metric is found by, within one account and region. */
export interface MetricName {
  readonly namespace: string;
  readonly name: string;
  /** In any order. */
  readonly dimensions: readonly Dimension[];
}

/** What one minute's samples of a metric add up to. */
export interface Point {
  /** Minutes since the epoch. */
  readonly minute: number;
  /** The last of the minutes in a row that were the same; `minute` itself where the next one was another. */
  last: number;
  /** As CloudWatch names it: `Count`, `Seconds`, `None`. */
  readonly unit: string;
  count: number;
  sum: number;
  min: number;
  max: number;
}

/** A metric's points, the earliest first; one a minute for each unit. */
export interface Series extends MetricName {
  readonly points: Point[];
}

/** A metric's place among those of its account and region. */
export function metricKey({ namespace, name, dimensions }: MetricName): string {
  const pairs = dimensions.map(({ Name, Value }) => [Name, Value]).sort(byName);
  return JSON.stringify([namespace, name, pairs]);
}

function byName([a = '']: readonly string[], [b = '']: readonly string[]): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/**
 * Adds the next minute of a metric that gets one point a minute. Minutes that are the same are kept as one.
 * @returns whether it is a new point
 */
export function appendTo({ points }: Series, added: Point): boolean {
  const before = points.at(-1);
  const isSame =
    before !== undefined &&
    before.last === added.minute - 1 &&
    before.count === added.count &&
    before.sum === added.sum &&
    before.min === added.min &&
    before.max === added.max;
  if (isSame) before.last = added.minute;
  else points.push(added);
  return !isSame;
}

/** Adds samples to the point of their minute and unit. @returns whether it is a new point */
export function addTo({ points }: Series, added: Point): boolean {
  let index = points.length;
  while (index > 0 && (points[index - 1]?.minute ?? 0) > added.minute) index -= 1;
  for (let before = index - 1; before >= 0; before -= 1) {
    const point = points[before];
    if (point === undefined || point.minute < added.minute) break;
    if (point.unit !== added.unit) continue;
    point.count += added.count;
    point.sum += added.sum;
    point.min = Math.min(point.min, added.min);
    point.max = Math.max(point.max, added.max);
    return false;
  }
  points.splice(index, 0, { ...added });
  return true;
}
