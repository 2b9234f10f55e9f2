import { busy } from './order-failures.ts';

/** Work that waits for its turn. */
interface Waiting {
  readonly key: number;
  begin(): void;
}

export interface TurnLimits {
  /** Works at once at the most. */
  readonly most: number;
  /** Milliseconds that one waits for its turn. */
  readonly patienceMs: number;
}

/** Lets work through in bounds. */
export interface Turns {
  /**
   * Does work when nothing else of its key is under way.
   * @throws Problem 503 `OrderBusy` where its turn doesn't come in time; and what `work` throws
   */
  take<T>(key: number, work: () => Promise<T>): Promise<T>;
}

/** Work of one key goes one by one, in the order in which it came; work of several keys side by side. */
export function createTurns({ most, patienceMs }: TurnLimits): Turns {
  const running = new Set<number>();
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

  const turn = (key: number): Promise<void> =>
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
      }, patienceMs);
      line.push(waiting);
      next();
    });

  return {
    async take(key, work) {
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
