import { setTimeout as sleep } from 'node:timers/promises';
import { backoffDelay } from '../aws/backoff.ts';
import type { MessageQueue } from '../aws/message-queue.ts';
import type { EntryResult } from '../aws/received-messages.ts';
import { isTransient } from '../aws/transient.ts';
import { AppError } from '../rules/errors.ts';
import { MAX_BATCH_ENTRIES } from '../rules/limits.ts';
import type { SettleOperation, Tracing } from '../tracing/tracing.ts';
import { createCollector } from './collector.ts';

/** A received message that is to be deleted or made visible. */
export interface Held {
  readonly messageId: string;
  readonly receiptHandle: string;
  /** Since when its visibility timeout runs, on `performance.now()`'s clock. */
  readonly heldSince: number;
  /** Of its handler's span, where traces are recorded. */
  readonly traceparent?: string | undefined;
}

/** Gives received messages back to SQS, in batches: deletes them, or sets when they are visible again. */
export interface Settler {
  delete(message: Held): void;
  /** @param seconds from now; 0 for at once. @param onShown called when SQS has confirmed it. */
  show(message: Held, seconds: number, onShown?: () => void): void;
  /** Sends what waits and resolves when all is done with. Retries end within seconds from now on. */
  finish(): Promise<void>;
}

export interface SettlerOptions {
  readonly queue: MessageQueue;
  /** Seconds for which a received message is held; asked for only when a call has failed. */
  readonly visibility: () => Promise<number>;
  /** Records traces; absent where nobody does. */
  readonly tracing?: Tracing | undefined;
  /** Told each message whose deletion SQS has confirmed. */
  readonly onDeleted: () => void;
  /** Told once a message that stays undeleted, whatever was tried. */
  readonly onUndeleted: (messageId: string, reason: string) => void;
  /** Told of a failure that no retry mends: the queue is gone, the caller lacks a permission. */
  readonly onFatal: (error: AppError) => void;
}

/** Milliseconds for which a handled message may wait for others to be deleted with. */
const LINGER = 200;
const BACKOFF = { first: 100, most: 2000 };
/** Milliseconds for which retries go on after `finish`; container runtimes kill 10 s after SIGTERM. */
const FINISH_WITHIN = 8000;

/**
 * Creates the settler of one queue. An entry that SQS refuses for a reason of its own (`SenderFault: false`), and a
 * call that fails for a reason that passes, are tried again for as long as the message is held.
 */
export function createSettler(options: SettlerOptions): Settler {
  const { queue, tracing } = options;
  let giveUpAt = Number.POSITIVE_INFINITY;
  const limits = { entries: MAX_BATCH_ENTRIES, linger: LINGER };

  const settle = async <T extends Held>(
    operation: SettleOperation,
    batch: readonly T[],
    send: (batch: readonly T[]) => Promise<EntryResult[]>,
    onDone: (item: T) => void,
    onFailed: (item: T, reason: string) => void,
  ): Promise<void> => {
    let open = batch;
    for (let tries = 1; open.length > 0; tries++) {
      const results = await attempt(operation, open, send);
      const failed = results.some((result) => !result.ok && result.retryable);
      const hidden = failed ? (await options.visibility()) * 1000 : 0;
      const delay = backoffDelay(BACKOFF, tries);
      const again = performance.now() + delay;
      open = open.filter((item, index) => {
        const result = results[index];
        if (result === undefined || result.ok) {
          onDone(item);
          return false;
        }
        if (result.retryable && again < Math.min(item.heldSince + hidden, giveUpAt)) return true;
        onFailed(item, result.reason);
        return false;
      });
      if (open.length > 0) await sleep(delay);
    }
  };

  const attempt = async <T extends Held>(
    operation: SettleOperation,
    batch: readonly T[],
    send: (batch: readonly T[]) => Promise<EntryResult[]>,
  ): Promise<EntryResult[]> => {
    const endSpan = tracing?.settling(queue.url, operation, batch);
    try {
      const results = await send(batch);
      endSpan?.(results.find((result) => !result.ok)?.reason);
      return results;
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      endSpan?.(error.message);
      const retryable = isTransient(error);
      if (!retryable) options.onFatal(error);
      return batch.map(() => ({ ok: false, reason: error.message, retryable }));
    }
  };

  const deletes = createCollector<Held>(limits, (batch) =>
    settle(
      'delete',
      batch,
      (open) => queue.delete(open.map(({ receiptHandle }) => receiptHandle)),
      () => options.onDeleted(),
      ({ messageId }, reason) => options.onUndeleted(messageId, reason),
    ),
  );
  const shows = createCollector<Held & { seconds: number; onShown: (() => void) | undefined }>(
    limits,
    (batch) =>
      settle(
        'change visibility',
        batch,
        (open) => queue.changeVisibility(open),
        ({ onShown }) => onShown?.(),
        // It becomes visible by itself when its visibility timeout ends: nobody needs to be told.
        () => {},
      ),
  );
  return {
    delete: (message) => deletes.add(message),
    show: (message, seconds, onShown) => shows.add({ ...message, seconds, onShown }),
    async finish() {
      giveUpAt = performance.now() + FINISH_WITHIN;
      await Promise.all([deletes.flush(), shows.flush()]);
    },
  };
}
