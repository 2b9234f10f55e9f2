import type { StoredMessage } from '../aws/stored-message.ts';
import type { StoredQueue } from '../aws/stored-queue.ts';
import { AppError } from '../rules/errors.ts';
import { MAX_BATCH_ENTRIES, MAX_RECEIVE_MESSAGES } from '../rules/limits.ts';

/** Seconds for which a message is hidden at a time: what a killed run leaves behind is back after so long. */
export const HIDE_SECONDS = 30;
/** Milliseconds before its end at which a message's time is renewed. */
const RENEW_BEFORE = 15_000;
/** Requests under way at once. */
const FLIGHTS = 8;
/** Receives in a row that bring nothing new after which a look through a queue ends. */
const STALE_RECEIVES = 3;

/**
 * Messages that are looked at. Each is hidden from others for as long as it is held, and shown again by `release`,
 * unless it was deleted.
 */
export interface Hold {
  /** Messages held now. */
  readonly size: number;
  /** As `StoredQueue.exact`. */
  readonly exact: boolean;
  /**
   * Receives up to so many. @returns how many came, and those of them that were not seen before.
   * @throws AppError as the queue does.
   */
  receive(
    max: number,
    waitSeconds: number,
  ): Promise<{ readonly received: number; readonly fresh: readonly StoredMessage[] }>;
  /** Renews the time of what would soon be visible. */
  renew(): Promise<void>;
  /** The newest receipt handle of a message. */
  handle(message: StoredMessage): string;
  /** What was deleted is held no longer. */
  forget(message: StoredMessage): void;
  /** Shows what is held. Never throws: what can't be shown now is visible again when its time ends. */
  release(): Promise<void>;
}

/** Begins to hold messages of a queue. `release` MUST be called at the end, whatever happens. */
export function createHold(queue: StoredQueue): Hold {
  const held = new Map<string, { handle: string; until: number }>();
  const seen = new Set<string>();

  const changeBatch = async (ids: readonly string[], seconds: number): Promise<void> => {
    const batch = ids.flatMap((id) => held.get(id) ?? []);
    const changes = batch.map(({ handle }) => ({ receiptHandle: handle, seconds }));
    try {
      if (changes.length > 0) await queue.changeVisibility(changes);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
    }
    for (const each of batch) each.until = performance.now() + seconds * 1000;
  };
  const change = async (ids: readonly string[], seconds: number): Promise<void> => {
    let at = 0;
    const flight = async (): Promise<void> => {
      while (at < ids.length) {
        const batch = ids.slice(at, at + MAX_BATCH_ENTRIES);
        at += MAX_BATCH_ENTRIES;
        await changeBatch(batch, seconds);
      }
    };
    await Promise.all(Array.from({ length: FLIGHTS }, flight));
  };
  const renew = async (): Promise<void> => {
    const soon = performance.now() + RENEW_BEFORE;
    const due = [...held].filter(([, { until }]) => until < soon).map(([id]) => id);
    await change(due, HIDE_SECONDS);
  };

  return {
    exact: queue.exact,
    get size() {
      return held.size;
    },
    async receive(max, waitSeconds) {
      await renew();
      const until = performance.now() + HIDE_SECONDS * 1000;
      const options = { max, waitSeconds, hideSeconds: HIDE_SECONDS };
      const messages = await queue.receive(options);
      const fresh = messages.filter((message) => !seen.has(keyOf(message)));
      for (const message of messages) {
        seen.add(keyOf(message));
        held.set(keyOf(message), { handle: message.receiptHandle, until });
      }
      return { received: messages.length, fresh };
    },
    renew,
    handle: (message) => held.get(keyOf(message))?.handle ?? message.receiptHandle,
    forget: (message) => void held.delete(keyOf(message)),
    async release() {
      await change([...held.keys()], 0);
      held.clear();
    },
  };
}

/** What a held message is known by. */
function keyOf({ heldAs, messageId }: StoredMessage): string {
  return heldAs ?? messageId;
}

export interface LookOptions {
  /** Aborted to look no further. */
  readonly signal: AbortSignal;
  /** Messages to look at, at the most. */
  readonly limit?: number;
  /** Messages of one receive, 1 to 10. */
  readonly atOnce?: number;
  /** Messages that are there: from then on the end isn't waited for where counts are exact. */
  readonly expected?: number;
}

/**
 * Looks at each visible message of a queue once, holding all of them. Of a FIFO queue's group only the first ten are
 * seen until these are deleted: SQS hands out no more of a group that has messages in flight.
 */
export async function* lookThrough(
  hold: Hold,
  options: LookOptions,
): AsyncGenerator<readonly StoredMessage[]> {
  const { signal, limit = Number.POSITIVE_INFINITY } = options;
  const { atOnce = MAX_RECEIVE_MESSAGES, expected = Number.POSITIVE_INFINITY } = options;
  let stale = 0;
  for (let looked = 0; !signal.aborted && looked < limit; ) {
    // A long poll asks all of AWS's servers; a short one may miss messages ("Short and long polling").
    const wait = looked >= expected && hold.exact ? 0 : 1;
    const { received, fresh } = await hold.receive(Math.min(atOnce, limit - looked), wait);
    if (received === 0) return;
    stale = fresh.length === 0 ? stale + 1 : 0;
    if (stale === STALE_RECEIVES) return;
    looked += fresh.length;
    if (fresh.length > 0) yield fresh;
  }
}
