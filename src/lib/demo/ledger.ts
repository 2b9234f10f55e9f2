import { AppError, EXIT } from '../rules/errors.ts';

/** Which events each subscriber should handle, and which it has. */
export class DemoLedger {
  private readonly expected = new Map<string, Set<string>>();
  private readonly received = new Map<string, Set<string>>();
  private readonly watchers = new Set<() => void>();
  private readonly stop: AbortSignal;

  /** @param stop aborted to end every wait. */
  constructor(stop: AbortSignal) {
    this.stop = stop;
  }

  expect(subscriber: string, eventId: string): void {
    entry(this.expected, subscriber).add(eventId);
  }

  /** Notes that a subscriber handled an event. */
  receive(subscriber: string, eventId: string): void {
    entry(this.received, subscriber).add(eventId);
    this.wake();
  }

  /** Lets what waits look again at its condition. */
  wake(): void {
    for (const watcher of this.watchers) watcher();
  }

  has(subscriber: string, eventId: string): boolean {
    return entry(this.received, subscriber).has(eventId);
  }

  /** Expected events of a subscriber, how many of those it handled, and how many others. */
  count(subscriber: string): { expected: number; received: number; unexpected: number } {
    const expected = entry(this.expected, subscriber);
    const received = entry(this.received, subscriber);
    return {
      expected: expected.size,
      received: [...expected].filter((id) => received.has(id)).length,
      unexpected: [...received].filter((id) => !expected.has(id)).length,
    };
  }

  /**
   * Waits until a condition holds; it is looked at after each handled event.
   * @param timeout in milliseconds.
   * @returns whether it came true in time.
   * @throws AppError `Interrupted` (exit 130) when the demo is stopped.
   */
  waitFor(condition: () => boolean, timeout: number): Promise<boolean> {
    return new Promise((resolve, reject) => {
      const end = (settle: () => void): void => {
        clearTimeout(timer);
        this.watchers.delete(look);
        this.stop.removeEventListener('abort', stopped);
        settle();
      };
      const look = (): void => {
        if (condition()) end(() => resolve(true));
      };
      const stopped = (): void => end(() => reject(interrupted()));
      const timer = setTimeout(() => end(() => resolve(false)), timeout);
      this.watchers.add(look);
      this.stop.addEventListener('abort', stopped);
      if (this.stop.aborted) stopped();
      else look();
    });
  }
}

/** What ends a demo that the user stopped. */
export function interrupted(): AppError {
  return new AppError({
    code: 'Interrupted',
    message: 'Interrupted.',
    exitCode: EXIT.interrupted,
  });
}

function entry(map: Map<string, Set<string>>, key: string): Set<string> {
  let set = map.get(key);
  if (!set) {
    set = new Set();
    map.set(key, set);
  }
  return set;
}
