import type { MessageQueue } from '../aws/message-queue.ts';
import type { EntryResult } from '../aws/received-messages.ts';
import { isTransient } from '../aws/transient.ts';
import { AppError } from '../rules/errors.ts';
import { MAX_BATCH_ENTRIES, MAX_VISIBILITY_SECONDS } from '../rules/limits.ts';
import type { Held } from './settler.ts';

/** A message that is kept hidden. */
export interface Kept extends Held {
  /** When it was received, on `performance.now()`'s clock: 12 h from then on nothing keeps it hidden. */
  readonly receivedAt: number;
  /** Moved on with each extension. */
  heldSince: number;
}

/** Keeps messages hidden from others for as long as they are in hand. */
export interface Heartbeat {
  /** Begins to keep a message. */
  keep(message: Kept): void;
  /**
   * Keeps it no longer: no call about it begins from now on.
   * @returns a promise where one is under way: what is asked of SQS before it ends could be undone by it.
   */
  end(message: Kept): Promise<void> | undefined;
}

export interface HeartbeatOptions {
  readonly queue: MessageQueue;
  /** The queue's visibility timeout in seconds; asked for only where a message is in hand for long. */
  readonly visibility: () => Promise<number>;
  /** Told a message that SQS keeps hidden no longer, with its reason. */
  readonly onLost: (messageId: string, reason: string) => void;
}

/** Milliseconds in hand from which on the visibility timeout matters; before, nobody pays for reading it. */
const LONG_IN_HAND = 500;
/** Milliseconds between two looks at the least. */
const LEAST_PAUSE = 100;
/** Share of its time after which a message's visibility is extended. */
const DUE = 0.5;

/**
 * Creates the heartbeat of one queue: when half of a message's time is over it gets the visibility timeout anew
 * (`ChangeMessageVisibilityBatch`), ten a request. A queue that never hides anything has nothing to extend.
 */
export function createHeartbeat(options: HeartbeatOptions): Heartbeat {
  const { queue } = options;
  const kept = new Set<Kept>();
  const flights = new Map<Kept, Promise<void>>();
  let seconds: number | undefined;
  let timer: NodeJS.Timeout | undefined;
  let refused = false;

  const dueAt = (message: Kept): number =>
    message.heldSince + (seconds === undefined ? LONG_IN_HAND : seconds * 1000 * DUE);

  const schedule = (): void => {
    if (timer !== undefined || refused || seconds === 0) return;
    let next = Number.POSITIVE_INFINITY;
    for (const message of kept) if (!flights.has(message)) next = Math.min(next, dueAt(message));
    if (next === Number.POSITIVE_INFINITY) return;
    const pause = Math.max(LEAST_PAUSE, next - performance.now());
    timer = setTimeout(() => {
      timer = undefined;
      void beat();
    }, pause);
    // What is in hand keeps the process alive, not this.
    timer.unref();
  };

  const beat = async (): Promise<void> => {
    const isDue = (message: Kept): boolean =>
      !flights.has(message) && dueAt(message) <= performance.now();
    if (seconds === undefined && [...kept].some(isDue)) {
      seconds = await options.visibility();
      if (seconds === 0) return;
    }
    const due = seconds === undefined ? [] : [...kept].filter(isDue);
    for (let at = 0; at < due.length; at += MAX_BATCH_ENTRIES) {
      const batch = due.slice(at, at + MAX_BATCH_ENTRIES);
      const flight = extend(batch, seconds ?? 0).finally(() => {
        for (const message of batch) flights.delete(message);
        schedule();
      });
      for (const message of batch) flights.set(message, flight);
    }
    schedule();
  };

  const extend = async (batch: readonly Kept[], visibility: number): Promise<void> => {
    const now = performance.now();
    const changes = batch.flatMap((message) => {
      const left = extensionSeconds(visibility, (now - message.receivedAt) / 1000);
      if (left === 0) kept.delete(message);
      return left === 0 ? [] : [{ message, receiptHandle: message.receiptHandle, seconds: left }];
    });
    if (changes.length === 0) return;
    let results: EntryResult[];
    try {
      results = await queue.changeVisibility(changes);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      // Tried again at the next look.
      if (isTransient(error)) return;
      // Once: what is refused for one message is refused for all, also for those under way.
      if (!refused) options.onLost(batch[0]?.messageId ?? '', error.message);
      refused = true;
      return;
    }
    for (const [index, { message }] of changes.entries()) {
      const result = results[index];
      if (result === undefined || result.ok) message.heldSince = now;
      else if (!result.retryable && kept.delete(message)) {
        options.onLost(message.messageId, result.reason);
      }
    }
  };

  return {
    keep(message) {
      kept.add(message);
      schedule();
    },
    end(message) {
      kept.delete(message);
      return flights.get(message);
    },
  };
}

/**
 * Seconds for which a message may be hidden from now on: SQS keeps none hidden for more than 12 h from its receive on,
 * however often that is extended ("Amazon SQS visibility timeout").
 * @param visibility seconds asked for. @param age seconds since the receive.
 * @returns whole seconds; 0 where its time is used up.
 */
export function extensionSeconds(visibility: number, age: number): number {
  return Math.max(0, Math.min(visibility, Math.floor(MAX_VISIBILITY_SECONDS - age - 1)));
}
