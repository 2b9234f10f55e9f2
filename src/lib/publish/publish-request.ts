import { setTimeout as sleep } from 'node:timers/promises';
import { backoffDelay } from '../aws/backoff.ts';
import type { EntryOutcome } from '../aws/publish.ts';
import { isTransient, mayHaveArrived } from '../aws/transient.ts';
import { AppError } from '../rules/errors.ts';
import type { Prepared, PublishTo } from './publish-item.ts';
import { traceBatch } from './trace-batch.ts';

/** Times that an entry is sent at the most. */
const ATTEMPTS = 5;
const ENTRY_BACKOFF = { first: 100, most: 2000 };
/** Between requests that failed as a whole; the SDK has tried each of them several times (AWS_MAX_ATTEMPTS). */
const REQUEST_BACKOFF = { first: 200, most: 5000 };
/** Failures of a request in a row from which it is worth telling. */
const TROUBLE = 2;

export interface SendOptions<E> {
  /** Seconds for which a request may keep failing for a reason that passes. */
  readonly retryFor: number;
  /** Aborted to try nothing again. */
  readonly stopped: AbortSignal;
  /** Aborted when the run has ended: nothing more is sent. */
  readonly ended: AbortSignal;
  readonly onTrouble: (error: AppError) => void;
  /** Told that a request was answered. */
  readonly onAnswer: () => void;
  /** Told what became of each entry, for good. */
  readonly onSettled: (prepared: Prepared<E>, outcome: EntryOutcome) => void;
}

/** What is left of a batch when the run ends. */
export interface Unsettled<E> {
  readonly left: readonly Prepared<E>[];
  /** Why requests failed for good; undefined where this one was never made again, because another one did. */
  readonly error: AppError | undefined;
  /** Whether one may have arrived without an answer. */
  readonly isUnsure: boolean;
}

/**
 * Sends a batch until each entry is accepted or refused for good.
 * @returns undefined then; what is left where the run has ended instead.
 */
export async function sendBatch<E>(
  to: PublishTo<E>,
  batch: readonly Prepared<E>[],
  options: SendOptions<E>,
): Promise<Unsettled<E> | undefined> {
  if (to.tracing === undefined) return sendAll(to, batch, options, undefined);
  const traced = traceBatch(to.tracing, to.topic.address, batch);
  const onSettled: SendOptions<E>['onSettled'] = (prepared, outcome) => {
    traced.settled(prepared, outcome);
    options.onSettled(prepared, outcome);
  };
  const left = await sendAll(to, traced.batch, { ...options, onSettled }, traced.traceHeader);
  traced.end(left && (left.error ?? NOT_SENT));
  return left;
}

const NOT_SENT = { code: 'NotSent', message: 'It was not sent.' };

async function sendAll<E>(
  to: PublishTo<E>,
  batch: readonly Prepared<E>[],
  options: SendOptions<E>,
  traceHeader: string | undefined,
): Promise<Unsettled<E> | undefined> {
  let waiting = batch;
  for (let attempt = 1; waiting.length > 0; attempt++) {
    const answer = await request(to, waiting, options, traceHeader);
    if (!Array.isArray(answer)) return { left: waiting, ...answer };
    waiting = waiting.filter((prepared, index) => {
      const outcome = answer[index] ?? NO_ANSWER;
      if (!outcome.ok && outcome.retryable && attempt < ATTEMPTS) return true;
      options.onSettled(prepared, outcome);
      return false;
    });
    if (waiting.length > 0) await sleep(backoffDelay(ENTRY_BACKOFF, attempt));
  }
  return undefined;
}

const NO_ANSWER: EntryOutcome = {
  ok: false,
  code: 'NoAnswer',
  message: 'No answer.',
  retryable: true,
};

/** Makes one request, again through trouble that passes. */
async function request<E>(
  { topic }: PublishTo<E>,
  batch: readonly Prepared<E>[],
  { retryFor, stopped, ended, onTrouble, onAnswer }: SendOptions<E>,
  traceHeader: string | undefined,
): Promise<EntryOutcome[] | Omit<Unsettled<E>, 'left'>> {
  const entries = batch.map(({ entry }) => entry);
  const giveUpAt = performance.now() + retryFor * 1000;
  let isUnsure = false;
  const onAttemptFailed = (error: unknown): void => {
    isUnsure ||= mayHaveArrived(error);
  };
  for (let failures = 1; !ended.aborted; failures++) {
    try {
      const outcomes = await topic.publish(entries, { onAttemptFailed, traceHeader });
      onAnswer();
      return outcomes;
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      const delay = backoffDelay(REQUEST_BACKOFF, failures);
      const again = isTransient(error) && !stopped.aborted;
      if (!again || performance.now() + delay > giveUpAt) {
        return { error, isUnsure };
      }
      if (failures >= TROUBLE) onTrouble(error);
      await sleep(delay, undefined, { signal: stopped }).catch(() => {});
      if (ended.aborted) return { error: undefined, isUnsure };
    }
  }
  return { error: undefined, isUnsure };
}
