/** What the samples of one metric in one minute add up to. */
export interface Measured {
  count: number;
  sum: number;
  min: number;
  max: number;
}

/** The measures of one resource, by the name of the metric. */
export type Measures = ReadonlyMap<string, Readonly<Measured>>;

/** Counts what happens to queues, topics and functions, by ARN, until somebody takes the counts. */
export class Meter {
  #resources = new Map<string, Map<string, Measured>>();

  /** Adds a sample. @param metric as CloudWatch names it */
  add(arn: string, metric: string, value = 1): void {
    let measures = this.#resources.get(arn);
    if (measures === undefined) {
      measures = new Map();
      this.#resources.set(arn, measures);
    }
    const measured = measures.get(metric);
    if (measured === undefined) {
      measures.set(metric, { count: 1, sum: value, min: value, max: value });
      return;
    }
    measured.count += 1;
    measured.sum += value;
    if (value < measured.min) measured.min = value;
    if (value > measured.max) measured.max = value;
  }

  /** What was counted since this was last asked, by ARN. */
  take(): ReadonlyMap<string, Measures> {
    const taken = this.#resources;
    if (taken.size > 0) this.#resources = new Map();
    return taken;
  }
}
