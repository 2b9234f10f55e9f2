/** Counts of one function, all versions together, since the engine started. */
export interface FunctionTally {
  /** Invocations that ended. */
  readonly invocations: number;
  /** Those of them that failed. */
  readonly errors: number;
  /** Invocations refused for reserved concurrency, each try of a mapping counted. */
  readonly throttles: number;
  /** Invocations for which a process was started. */
  readonly coldStarts: number;
  /** Spent on invocations, starts included. */
  readonly seconds: number;
}

/** What one invocation adds. */
type TallyChange = Partial<FunctionTally>;

const NOTHING: FunctionTally = {
  invocations: 0,
  errors: 0,
  throttles: 0,
  coldStarts: 0,
  seconds: 0,
};

/** Counts of all functions, by ARN. */
export class FunctionTallies {
  readonly #tallies = new Map<string, FunctionTally>();

  of(arn: string): FunctionTally {
    return this.#tallies.get(arn) ?? NOTHING;
  }

  add(arn: string, change: TallyChange): void {
    const before = this.of(arn);
    this.#tallies.set(arn, {
      invocations: before.invocations + (change.invocations ?? 0),
      errors: before.errors + (change.errors ?? 0),
      throttles: before.throttles + (change.throttles ?? 0),
      coldStarts: before.coldStarts + (change.coldStarts ?? 0),
      seconds: before.seconds + (change.seconds ?? 0),
    });
  }

  /** Forgets a function. */
  drop(arn: string): void {
    this.#tallies.delete(arn);
  }
}
