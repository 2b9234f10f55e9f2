/** Gathers single items into batches. */
export interface Collector<T> {
  /** Adds an item; it goes out with the batch that is full, or when the linger time is over. */
  add(item: T): void;
  /** Sends what has been gathered, and resolves when everything sent so far is done with. */
  flush(): Promise<void>;
}

/**
 * Sends items in batches: at once when one is full, otherwise when its first item has waited for the linger time.
 * @param limits.entries items in a full batch.
 * @param limits.linger milliseconds.
 * @param send MUST NOT reject.
 */
export function createCollector<T>(
  limits: { readonly entries: number; readonly linger: number },
  send: (batch: readonly T[]) => Promise<void>,
): Collector<T> {
  const flights = new Set<Promise<void>>();
  let batch: T[] = [];
  let timer: NodeJS.Timeout | undefined;
  const sendOff = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (batch.length === 0) return;
    const flight = send(batch).finally(() => flights.delete(flight));
    flights.add(flight);
    batch = [];
  };
  return {
    add(item) {
      batch.push(item);
      if (batch.length >= limits.entries) sendOff();
      else timer ??= setTimeout(sendOff, limits.linger);
    },
    async flush() {
      sendOff();
      while (flights.size > 0) await Promise.all(flights);
    },
  };
}
