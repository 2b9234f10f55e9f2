import type { Problem } from './problem.ts';

/** Work that waits for its turn. */
interface Waiting {
  readonly key: unknown;
  begin(): void;
}

export interface TurnLimits {
  /** Works at once at the most. */
  readonly most: number;
  /** Works that wait for their turn at the most; any number unless given. */
  readonly mostWaiting?: number;
  /** Milliseconds that one waits for its turn, now. */
  readonly patienceMs: () => number;
  /** What work is refused with whose turn doesn't come in time, or for which too much waits. */
  readonly busy: () => Problem;
}

/** Lets work through in bounds. */
export interface Turns {
  /**
   * Does work when nothing else of its key is under way.
   * @throws the `Problem` of `busy`; and what `work` throws
   */
  take<T>(key: unknown, work: () => Promise<T>): Promise<T>;
}

/** Work of one key goes one by one, in the order in which it came; work of several keys side by side. */
export function createTurns({
  most,
  mostWaiting = Number.POSITIVE_INFINITY,
  patienceMs,
  busy,
}: TurnLimits): Turns {
  const running = new Set<unknown>();
  const line: Waiting[] = [];

  const next = (): void => {
    for (let index = 0; index < line.length && running.size < most; ) {
      const waiting = line[index];
      if (waiting === undefined || running.has(waiting.key)) {
        index++;
        continue;
      }
      line.splice(index, 1);
      running.add(waiting.key);
      waiting.begin();
    }
  };

  const turn = (key: unknown): Promise<void> =>
    new Promise((resolve, reject) => {
      const waiting: Waiting = {
        key,
        begin: () => {
          clearTimeout(timer);
          resolve();
        },
      };
      const timer = setTimeout(() => {
        line.splice(line.indexOf(waiting), 1);
        reject(busy());
      }, patienceMs());
      line.push(waiting);
      next();
    });

  return {
    async take(key, work) {
      if (line.length >= mostWaiting) throw busy();
      await turn(key);
      try {
        return await work();
      } finally {
        running.delete(key);
        next();
      }
    },
  };
}
