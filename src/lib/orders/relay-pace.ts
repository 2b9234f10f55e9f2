import { setTimeout as sleep } from 'node:timers/promises';

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

/** How long a relay rests between rounds while requests come in. */
export interface Pace {
  /**
   * Rests after a round.
   * @param events of the round. @param ms what it took. @param behind whether it would rather not rest.
   * @param signal aborted to end the rest at once.
   */
  rest(
    round: { readonly events: number; readonly ms: number; readonly behind: boolean },
    signal: AbortSignal,
  ): Promise<void>;
}

/** Milliseconds of rest for one that is behind. */
const GLIMPSE = 20;
/** Share of time for which requests keep the process busy from which it counts as saturated. */
const SATURATED = 0.8;

/**
 * The requests go first. As long as they leave the process time, a rest is short, and next to none for a relay that is behind;
 * where they take all of it, events are held to a rate: what the outbox may cost them, and what it catches up on later.
 * @param rest milliseconds of a usual rest. @param rate events a second while the process is saturated.
 */
export function createPace(rest: number, rate: number): Pace {
  let saturated = false;
  return {
    async rest({ events, ms, behind }, signal) {
      // How busy the requests are shows only while the relay does nothing: some rest there always is.
      const usual = behind && !saturated ? Math.min(rest, GLIMPSE) : rest;
      const before = performance.eventLoopUtilization();
      const share = saturated ? (events / rate) * 1000 - ms : 0;
      await sleep(Math.max(usual, share), undefined, { signal }).catch(() => {});
      saturated = performance.eventLoopUtilization(before).utilization >= SATURATED;
    },
  };
}
