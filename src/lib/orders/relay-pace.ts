/** Waits that a call, or the end, cuts short. */
export interface Alarm {
  /** Ends a wait that listens to calls, or the next one at once. */
  ring(): void;
  /** Whether it rang since the last wait that listened. */
  readonly rang: boolean;
  /**
   * Waits for a call.
   * @param milliseconds at the most. @param signal aborted to end the wait at once.
   */
  wait(milliseconds: number, signal: AbortSignal): Promise<void>;
  /** Forgets earlier calls. */
  reset(): void;
}

/** Creates an alarm that has not rung. */
export function createAlarm(): Alarm {
  let rang = false;
  let wakeUp: (() => void) | undefined;
  return {
    ring() {
      rang = true;
      wakeUp?.();
    },
    get rang() {
      return rang;
    },
    reset() {
      rang = false;
    },
    wait(milliseconds, signal) {
      if (rang || signal.aborted) return Promise.resolve();
      return new Promise((resolve) => {
        const end = (): void => {
          clearTimeout(timer);
          signal.removeEventListener('abort', end);
          wakeUp = undefined;
          resolve();
        };
        const timer = setTimeout(end, milliseconds);
        signal.addEventListener('abort', end);
        wakeUp = end;
      });
    },
  };
}
