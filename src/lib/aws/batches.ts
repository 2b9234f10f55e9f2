/** Bounds of one batch. */
export interface BatchLimits {
  readonly entries: number;
  readonly bytes: number;
  /** Milliseconds that an incomplete batch waits for more once the source is slow. */
  readonly linger: number;
  /** Aborted to take nothing more from the source, also while it is being waited for. */
  readonly signal: AbortSignal;
}

const WAITED = Symbol('waited');
const STOPPED = Symbol('stopped');

/**
 * Groups a stream into batches by count and by bytes. A batch goes out early when the source pauses for longer than
 * the linger time, so that a slow source is not held up until ten are there. What was taken from the source is always
 * handed out, also when the signal aborts.
 * @param size bytes of one item; an item larger than `limits.bytes` makes a batch of its own.
 */
export async function* batches<T>(
  source: AsyncIterable<T> | Iterable<T>,
  size: (item: T) => number,
  limits: BatchLimits,
): AsyncGenerator<T[]> {
  const items = iterate(source);
  let batch: T[] = [];
  let bytes = 0;
  const full = (): T[] => {
    const done = batch;
    batch = [];
    bytes = 0;
    return done;
  };
  let next = items.next();
  try {
    for (;;) {
      const result = await first(next, limits.signal, batch.length > 0 ? limits.linger : undefined);
      if (result === STOPPED) break;
      if (result === WAITED) {
        yield full();
        continue;
      }
      if (result.done) break;
      const itemBytes = size(result.value);
      if (batch.length > 0 && bytes + itemBytes > limits.bytes) yield full();
      batch.push(result.value);
      bytes += itemBytes;
      next = items.next();
      if (batch.length === limits.entries) yield full();
    }
    if (batch.length > 0) yield full();
  } finally {
    // Not awaited: a source that is still waiting for its next item would hold up the end.
    void items.return?.(undefined).catch(() => {});
    void next.catch(() => {});
  }
}

async function* iterate<T>(source: AsyncIterable<T> | Iterable<T>): AsyncGenerator<T> {
  yield* source;
}

/**
 * The promise's value, or what came first: a stop, or the end of the linger time in milliseconds. No `Promise.race`
 * with a promise that outlives the wait: it would keep every value of every wait in memory.
 */
function first<T>(
  next: Promise<T>,
  signal: AbortSignal,
  linger: number | undefined,
): Promise<T | typeof WAITED | typeof STOPPED> {
  return new Promise((resolve, reject) => {
    const end = (settle: () => void): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      settle();
    };
    const stop = (): void => end(() => resolve(STOPPED));
    const timer =
      linger === undefined ? undefined : setTimeout(() => end(() => resolve(WAITED)), linger);
    signal.addEventListener('abort', stop);
    next.then(
      (value) => end(() => resolve(value)),
      (error: unknown) => end(() => reject(error)),
    );
    if (signal.aborted) stop();
  });
}
