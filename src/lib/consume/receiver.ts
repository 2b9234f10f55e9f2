import { setTimeout as sleep } from 'node:timers/promises';
import { backoffDelay } from '../aws/backoff.ts';
import type { MessageQueue } from '../aws/message-queue.ts';
import type { ReceivedMessage } from '../aws/received-messages.ts';
import { isTransient } from '../aws/transient.ts';
import { AppError } from '../rules/errors.ts';

/** Receives from one queue through passing trouble; any number of times at once. */
export interface Receiver {
  /**
   * One long poll. Failures that pass are tried again with backoff until they have lasted for the bound; by one of the
   * polls only, the others end with nothing.
   * @param max messages at most, 1 to 10. @param waitSeconds 0 to 20.
   * @returns what came; an empty list when nothing did, or when the signal aborted.
   * @throws AppError when trouble lasts too long or can't pass.
   */
  receive(max: number, waitSeconds: number): Promise<readonly ReceivedMessage[]>;
}

export interface ReceiverOptions {
  readonly queue: MessageQueue;
  /** Who receives, for `User-Agent` (see `receiverProduct`). */
  readonly product?: string;
  /** Ends polls: those that wait at once, one that was just begun when its answer can't be on its way any more. */
  readonly signal: AbortSignal;
  /** Seconds for which calls may fail in a row. */
  readonly retryFor: number;
  /** Told the first failure in a row. */
  readonly onTrouble: (error: AppError) => void;
  /** Told each poll that was answered, with what came and when it was begun, in milliseconds since the epoch. */
  readonly onAnswer?: ((messages: readonly ReceivedMessage[], begunAt: number) => void) | undefined;
  /** Told the first success after that, and how many seconds the trouble took. */
  readonly onRecovered: (seconds: number) => void;
}

const BACKOFF = { first: 500, most: 10_000 };
/** Milliseconds beyond its own wait after which a poll counts as lost: a sleeping laptop leaves dead connections. */
const OVERDUE = 15_000;
/**
 * Milliseconds within which a poll is answered where messages are there. One that is younger isn't cut off: SQS may
 * have handed out messages already, and nobody would see them until their visibility timeout ends.
 */
const ANSWER = 300;

/** Creates the receiver of one queue. */
export function createReceiver(options: ReceiverOptions): Receiver {
  const { queue, product, signal } = options;
  /** Since when calls fail. */
  let troubledSince: number | undefined;
  let failures = 0;

  const poll = async (max: number, waitSeconds: number): Promise<readonly ReceivedMessage[]> => {
    // A controller for each poll: listeners on the consumer's own signal would pile up in the SDK.
    const controller = new AbortController();
    const begun = performance.now();
    const begunAt = Date.now();
    let ended = false;
    const abort = (): void => controller.abort();
    const stop = (): void => {
      const left = begun + ANSWER - performance.now();
      if (left <= 0) abort();
      // After what the network has brought by then, also where this process was held up.
      else setTimeout(() => setImmediate(() => !ended && abort()), left);
    };
    signal.addEventListener('abort', stop, { once: true });
    const overdue = setTimeout(abort, waitSeconds * 1000 + OVERDUE);
    try {
      const messages = await queue.receive({
        max,
        waitSeconds,
        signal: controller.signal,
        ...(product === undefined ? {} : { product }),
      });
      options.onAnswer?.(messages, begunAt);
      return messages;
    } catch (error) {
      if (signal.aborted) return [];
      throw controller.signal.aborted ? noAnswer(queue.url, error) : error;
    } finally {
      ended = true;
      clearTimeout(overdue);
      signal.removeEventListener('abort', stop);
    }
  };

  const recovered = (): void => {
    if (troubledSince === undefined) return;
    options.onRecovered((performance.now() - troubledSince) / 1000);
    troubledSince = undefined;
    failures = 0;
  };

  /** Tries until a call succeeds. */
  const retry = async (first: AppError, max: number): Promise<readonly ReceivedMessage[]> => {
    for (let error = first; ; ) {
      const now = performance.now();
      if (troubledSince === undefined) {
        troubledSince = now;
        options.onTrouble(error);
      }
      failures++;
      if (now - troubledSince >= options.retryFor * 1000) throw error;
      await sleep(backoffDelay(BACKOFF, failures), undefined, { signal }).catch(() => {});
      if (signal.aborted) return [];
      try {
        // A short poll finds out sooner that it is over.
        const messages = await poll(max, 0);
        if (!signal.aborted) recovered();
        return messages;
      } catch (next) {
        error = passing(next);
      }
    }
  };

  return {
    async receive(max, waitSeconds) {
      if (signal.aborted) return [];
      try {
        const messages = await poll(max, waitSeconds);
        if (!signal.aborted) recovered();
        return messages;
      } catch (error) {
        const first = passing(error);
        // Another poll has met it before, and tries on.
        return troubledSince === undefined ? retry(first, max) : [];
      }
    },
  };
}

/** What may pass by itself. @throws whatever else it is. */
function passing(error: unknown): AppError {
  if (error instanceof AppError && isTransient(error)) return error;
  throw error;
}

function noAnswer(queueUrl: string, cause: unknown): AppError {
  const timeout = Object.assign(new Error('no answer in time', { cause }), {
    name: 'TimeoutError',
  });
  return new AppError({
    code: 'EndpointUnreachable',
    message: `No answer came in time from ${queueUrl}.`,
    hint: 'Check the network.',
    cause: timeout,
  });
}
