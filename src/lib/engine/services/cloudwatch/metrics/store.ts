import type { ResourceSamples, Sample } from '../../../ports.ts';
import { addTo, appendTo, type MetricName, metricKey, type Point, type Series } from './series.ts';

/** Whose metrics they are: nothing of one account or region shows in another. */
export interface Owner {
  /** Twelve digits. */
  readonly account: string;
  readonly region: string;
}

/** Minutes that a point is kept: AWS keeps points of one minute for 15 days. */
const RETENTION_MINUTES = 15 * 24 * 60;
/** Points that are kept of all metrics together; the oldest go first. */
const MAX_POINTS = 200_000;
/** Metrics that are kept; those that were longest without a point go first. */
const MAX_SERIES = 20_000;

/** The metrics of all accounts, in memory and bounded: a restart forgets them. */
export class MetricStore {
  readonly #owners = new Map<string, Map<string, Series>>();
  /** The metrics of queues, topics and functions once more, by ARN and name: they get a point each minute. */
  #resources = new Map<string, Map<string, Series>>();
  #points = 0;
  #series = 0;

  /** Adds samples to a metric, which is made where it isn't there. */
  add(owner: Owner, metric: MetricName, point: Point): void {
    if (addTo(this.#seriesOf(owner, metric), point)) this.#points += 1;
    this.#bound();
  }

  /** Adds a minute of a queue, topic or function. @param minute since the epoch, later than any before it */
  append(resource: Omit<ResourceSamples, 'samples'>, sample: Sample, minute: number): void {
    const { arn, namespace, dimension } = resource;
    const { name, ...point } = sample;
    let known = this.#resources.get(arn);
    if (known === undefined) {
      known = new Map();
      this.#resources.set(arn, known);
    }
    let series = known.get(name);
    if (series === undefined) {
      const [Name, Value] = dimension;
      series = this.#seriesOf(resource, { namespace, name, dimensions: [{ Name, Value }] });
      known.set(name, series);
    }
    if (appendTo(series, { ...point, minute, last: minute })) this.#points += 1;
    this.#bound();
  }

  #seriesOf(owner: Owner, metric: MetricName): Series {
    const all = this.#of(owner);
    const key = metricKey(metric);
    let series = all.get(key);
    if (series === undefined) {
      const { namespace, name, dimensions } = metric;
      series = { namespace, name, dimensions, points: [] };
      all.set(key, series);
      this.#series += 1;
    }
    return series;
  }

  #bound(): void {
    if (this.#points > MAX_POINTS) this.#dropOldest();
    if (this.#series > MAX_SERIES) this.#dropIdle();
  }

  /** A metric; undefined where nothing is kept of it. */
  find(owner: Owner, metric: MetricName): Series | undefined {
    return this.#of(owner).get(metricKey(metric));
  }

  /** All metrics of an account and region, in the order in which they came. */
  list(owner: Owner): Series[] {
    return [...this.#of(owner).values()];
  }

  /** Drops points that are past their retention. @param minute the present, since the epoch */
  expire(minute: number): void {
    this.#dropBefore(minute - RETENTION_MINUTES);
  }

  #of({ account, region }: Owner): Map<string, Series> {
    const key = `${account}/${region}`;
    let all = this.#owners.get(key);
    if (all === undefined) {
      all = new Map();
      this.#owners.set(key, all);
    }
    return all;
  }

  *#all(): Iterable<Series> {
    for (const all of this.#owners.values()) yield* all.values();
  }

  /** Drops the oldest tenth, so that this is rare. */
  #dropOldest(): void {
    const minutes = Array.from(this.#all(), ({ points }) => points.map(({ last }) => last));
    const sorted = Float64Array.from(minutes.flat()).sort();
    this.#dropBefore((sorted[Math.ceil(sorted.length / 10)] ?? 0) + 1);
  }

  #dropBefore(first: number): void {
    this.#keep((series) => {
      const kept = series.points.findIndex(({ last }) => last >= first);
      const dropped = kept < 0 ? series.points.length : kept;
      if (dropped > 0) series.points.splice(0, dropped);
      this.#points -= dropped;
      return series.points.length > 0;
    });
  }

  #dropIdle(): void {
    const last = ({ points }: Series) => points.at(-1)?.last ?? 0;
    const sorted = Float64Array.from(Array.from(this.#all(), last)).sort();
    const first = sorted[Math.ceil(sorted.length / 10)] ?? 0;
    this.#keep((series) => {
      if (last(series) > first) return true;
      this.#points -= series.points.length;
      return false;
    });
  }

  /** Drops the other metrics. */
  #keep(isKept: (series: Series) => boolean): void {
    this.#resources = new Map();
    for (const all of this.#owners.values()) {
      for (const [key, series] of all) {
        if (isKept(series)) continue;
        all.delete(key);
        this.#series -= 1;
      }
    }
  }
}
