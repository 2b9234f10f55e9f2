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

/** How much a relay does at a time, and how long it rests in between, while requests come in. */
export interface Pace {
  /** Events of the next round, of those that one may have at the most. */
  limit(most: number): number;
  /** Takes note of a commit. */
  committed(): void;
  /**
   * Rests after a round.
   * @param lag seconds that the round's oldest event had waited. @param signal aborted to end the rest at once.
   */
  rest(lag: number, signal: AbortSignal): Promise<void>;
  /** Takes note that no requests come in. */
  calm(): void;
}

/** Seconds of lag from which a rest is next to none. */
const BEHIND = 1;
/** Seconds of lag from which a crowded process publishes more, the more the longer it is. */
const LATE = 10;

/** Milliseconds of rest for one that is behind. */
const GLIMPSE = 20;
/**
 * From when requests alone crowd the process: the share of a processor that they take, and commits a second, which show
 * it where others of this machine hold them up.
 */
const CROWDED = { share: 0.85, commits: 1_500 };
/** Until when, once it is crowded: what the relay leaves undone must not look like peace. */
const CALM = { share: 0.7, commits: 1_200 };

/**
 * The requests go first. As long as they leave the process time, a rest is short, and next to none for a relay that is
 * behind; where they take most of it, events are held to a rate: what the outbox may cost them. It catches up later, or
 * as soon as events get late: twice the rate at twice that lag, and so on.
 * @param rest milliseconds of a usual rest. @param rate events a second while the process is crowded.
 */
export function createPace(rest: number, rate: number): Pace {
  let crowded = false;
  let commits = 0;
  let lateness = 1;
  return {
    limit: (most) =>
      crowded ? Math.min(most, Math.ceil(((rate * rest) / 1000) * lateness)) : most,
    calm() {
      crowded = false;
    },
    committed() {
      commits++;
    },
    async rest(lag, signal) {
      lateness = Math.max(1, lag / LATE);
      // How busy the requests are shows only while the relay does nothing: some rest there always is.
      const before = process.cpuUsage();
      const [began, first] = [performance.now(), commits];
      await sleep(lag >= BEHIND && !crowded ? GLIMPSE : rest, undefined, { signal }).catch(
        () => {},
      );
      const { user, system } = process.cpuUsage(before);
      const seconds = (performance.now() - began) / 1000;
      const perSecond = (commits - first) / seconds;
      const bounds = crowded ? CALM : CROWDED;
      crowded = (user + system) / 1e6 / seconds >= bounds.share || perSecond >= bounds.commits;
    },
  };
}
