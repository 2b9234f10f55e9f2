import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '../rules/errors.ts';
import { backoffDelay } from './backoff.ts';
import type { EntryResult } from './received-messages.ts';
import { isTransient } from './transient.ts';

const ATTEMPTS = 5;
const BACKOFF = { first: 100, most: 2_000 };

/**
 * Makes a batch call, again for the entries and the failures that may pass.
 * @returns the last word on each item, in their order. @throws AppError of a call that failed for good; what an earlier
 * call has done stays done.
 */
export async function retried<T>(
  items: readonly T[],
  send: (items: readonly T[]) => Promise<readonly EntryResult[]>,
): Promise<EntryResult[]> {
  const results: EntryResult[] = items.map(() => ({ ok: false, reason: '', retryable: true }));
  let open = items.map((item, index) => ({ item, index }));
  for (let attempt = 1; open.length > 0; attempt++) {
    try {
      const answers = await send(open.map(({ item }) => item));
      open.forEach(({ index }, at) => {
        results[index] = answers[at] ?? { ok: false, reason: 'no answer', retryable: true };
      });
    } catch (error) {
      if (!(error instanceof AppError) || !isTransient(error) || attempt === ATTEMPTS) throw error;
    }
    open = open.filter(({ index }) => {
      const result = results[index];
      return result?.ok === false && result.retryable;
    });
    if (attempt === ATTEMPTS) break;
    if (open.length > 0) await sleep(backoffDelay(BACKOFF, attempt));
  }
  return results;
}
