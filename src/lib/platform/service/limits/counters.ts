/** How often something happened in the present window. */
export interface Counted {
  readonly count: number;
  /** Milliseconds until it counts from 0 again. */
  readonly resetMs: number;
}

/** Counts things by name, in windows that begin with the first of each. */
export interface Counters {
  /** Counts one more. @param windowMs milliseconds that the window lasts */
  add(key: string, windowMs: number): Promise<Counted>;
  /** Takes one back, where it was counted. */
  takeBack(key: string): Promise<void>;
  /** Counts from 0 again. */
  reset(key: string): Promise<void>;
}

/** Names that are counted at once in memory; more push out those that were counted first. */
const MOST = 100_000;

/** Counters of this process. @param now milliseconds since 1970 */
export function createMemoryCounters(now: () => number = Date.now): Counters {
  const windows = new Map<string, { count: number; endsAt: number }>();
  return {
    add: async (key, windowMs) => {
      let window = windows.get(key);
      if (window === undefined || window.endsAt <= now()) {
        windows.delete(key);
        window = { count: 0, endsAt: now() + windowMs };
        windows.set(key, window);
        if (windows.size > MOST) windows.delete(windows.keys().next().value ?? '');
      }
      window.count++;
      return { count: window.count, resetMs: window.endsAt - now() };
    },
    takeBack: async (key) => {
      const window = windows.get(key);
      if (window !== undefined && window.count > 0) window.count--;
    },
    reset: async (key) => {
      windows.delete(key);
    },
  };
}
