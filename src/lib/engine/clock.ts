/**
 * The engine's sense of time. What waits or ages does so by `now`, which never goes back and takes no notice of
 * somebody setting the machine's clock; what is told to people and programs goes through `timestamp`.
 */
export interface Clock {
  /**
   * Milliseconds on the engine's own time line. It began at the wall clock's time, and goes on by a monotonic clock.
   */
  now(): number;
  /** The wall clock's time, in milliseconds since the epoch, at a moment of `now`; at this moment unless one is given. */
  timestamp(at?: number): number;
  /**
   * Runs `task` once when `now` has come to `time`, or soon when that has passed. Tasks never keep the process alive, and none runs after
   * `stop`. Callers SHOULD hold one schedule for their next due thing rather than one per message.
   */
  schedule(time: number, task: () => void): Scheduled;
  /** Tells of work under way outside the engine, such as a delivery over HTTP: `advance` waits for it on its way. */
  track(work: Promise<unknown>): void;
  /** Cancels everything scheduled. */
  stop(): void;
}

export interface Scheduled {
  cancel(): void;
}
