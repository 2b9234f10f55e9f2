/** The engine's sense of time; tests may bring their own. Times are milliseconds since the epoch. */
export interface Clock {
  now(): number;
  /**
   * Runs `task` once at `time`, or soon when that has passed. Tasks never keep the process alive, and none runs after
   * `stop`. Callers SHOULD hold one schedule for their next due thing rather than one per message.
   */
  schedule(time: number, task: () => void): Scheduled;
  /** Cancels everything scheduled. */
  stop(): void;
}

export interface Scheduled {
  cancel(): void;
}

/** Node's timers fire at once for delays beyond 31 bits: longer waits are cut into pieces. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** The machine's clock. */
export function systemClock(): Clock {
  const timers = new Set<Timer>();
  class Timer implements Scheduled {
    #handle: NodeJS.Timeout | undefined;
    readonly #time: number;
    readonly #task: () => void;

    constructor(time: number, task: () => void) {
      this.#time = time;
      this.#task = task;
      timers.add(this);
      this.#arm();
    }

    #arm(): void {
      const wait = this.#time - Date.now();
      if (wait > LONGEST_TIMER) {
        this.#handle = setTimeout(() => this.#arm(), LONGEST_TIMER);
      } else {
        this.#handle = setTimeout(() => this.#fire(), Math.max(0, wait));
      }
      this.#handle.unref();
    }

    #fire(): void {
      // A timer may fire up to a millisecond early; a task MUST never see a time before its own.
      if (Date.now() < this.#time) {
        this.#arm();
        return;
      }
      timers.delete(this);
      this.#task();
    }

    cancel(): void {
      clearTimeout(this.#handle);
      timers.delete(this);
    }
  }
  return {
    now: Date.now,
    schedule: (time, task) => new Timer(time, task),
    stop() {
      for (const timer of timers) timer.cancel();
    },
  };
}
