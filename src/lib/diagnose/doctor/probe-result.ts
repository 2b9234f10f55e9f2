/** What became of a subscriber's canary. Times are milliseconds. */
export interface ProbeResult {
  readonly subscriber: string;
  /** `filtered`: the subscriber's filter policy keeps it out, and it did. */
  readonly outcome: 'delivered' | 'filtered' | 'lost';
  /** What was sent, such as `payment.captured`. */
  readonly event: string;
  /** Whether the filter policy lets it through. */
  readonly expected: boolean;
  /** Until SNS had taken it. */
  readonly publishMs: number | null;
  /** From SNS to the queue, by their own clocks; null with raw delivery, which doesn't tell. */
  readonly toQueueMs: number | null;
  /** From the publish until it was received. */
  readonly totalMs: number | null;
}

/** What a probe did. */
export interface Probe {
  readonly results: readonly ProbeResult[];
  readonly interrupted: boolean;
}
