import { retried } from '../aws/retried.ts';
import type { StoredQueue } from '../aws/stored-queue.ts';
import { AppError } from '../rules/errors.ts';
import { type DeadLetterFilter, isMeant, readDeadLetter } from './dead-letter.ts';
import { createHold, lookThrough } from './hold.ts';

export interface DropResult {
  /** Messages that the filter meant, up to the bound. */
  readonly matched: number;
  /** Deleted, confirmed. */
  readonly dropped: number;
  readonly failures: readonly { readonly messageId: string; readonly reason: string }[];
  /** What ended the run early. */
  readonly fatal: AppError | undefined;
}

/**
 * Deletes those messages of a queue that a filter means, and shows the others again.
 * @param options.signal aborted to take no more. @param options.dryRun only counts.
 * @returns what was done, also where it ended early.
 */
export async function dropMatching(options: {
  readonly queue: StoredQueue;
  readonly filter: DeadLetterFilter;
  readonly max: number | undefined;
  readonly dryRun: boolean;
  readonly signal: AbortSignal;
  readonly onProgress?: (dropped: number) => void;
}): Promise<DropResult> {
  const { queue, filter, max = Number.POSITIVE_INFINITY, dryRun, signal } = options;
  const hold = createHold(queue);
  const failures: { messageId: string; reason: string }[] = [];
  let matched = 0;
  let dropped = 0;
  let fatal: AppError | undefined;
  try {
    const { visible } = await queue.depth();
    for await (const messages of lookThrough(hold, { signal, expected: visible })) {
      const now = Date.now();
      const meant = messages
        .filter((message) => isMeant(readDeadLetter(message), filter, now))
        .slice(0, max - matched);
      matched += meant.length;
      if (!dryRun) {
        const results = await retried(meant, (open) =>
          queue.delete(open.map((message) => hold.handle(message))),
        );
        meant.forEach((message, index) => {
          const result = results[index];
          if (result?.ok === false) {
            failures.push({ messageId: message.messageId, reason: result.reason });
          } else {
            hold.forget(message);
            dropped++;
          }
        });
        options.onProgress?.(dropped);
      }
      if (matched >= max) break;
    }
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    fatal = error;
  } finally {
    await hold.release();
  }
  return { matched, dropped, failures, fatal };
}
