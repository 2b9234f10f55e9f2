import { randomUUID } from 'node:crypto';
import { failedItems } from '../../../../rules/batch-answer.ts';
import { recordFilter } from '../../../../rules/record-filter.ts';
import { ServiceError } from '../../../errors.ts';
import { EnvironmentsClosed } from '../invoke/environments.ts';
import { InvocationExpired, type InvokeOutcome, invokeFunction } from '../invoke/invoke.ts';
import { type Failing, failingOf, traceOutcome } from '../invoke/trace.ts';
import { routedVersion, targetNamed } from '../lookup.ts';
import type { LambdaState } from '../state.ts';
import { type Batch, cutIntoBatches } from './batch.ts';
import type { EventSourceMapping } from './mapping.ts';
import { QueueCallFailed, type QueueClient } from './queue-client.ts';
import { type ReceivedMessage, recordOf, type SqsRecord } from './record.ts';

/** Messages that were received together. */
export interface ReceivedBatch {
  readonly messages: readonly ReceivedMessage[];
  /** When the first of them can be received again, on the engine's time line. */
  readonly visibleUntil: number;
  /** How long they are hidden after a receive, in seconds. */
  readonly visibility: number;
}

type Hidden = Omit<ReceivedBatch, 'messages'>;

/** Waits before a throttled function is called again, and a delete is tried again, in milliseconds. */
const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 5_000;
const DELETE_TRIES = 5;

/** Why messages failed that the function itself did not fail with, in words. */
const THROTTLED: Failing = {
  errorType: 'TooManyRequestsException',
  reason: 'throttled until it was too late to begin',
};
const NAMED: Failing = {
  errorType: 'BatchItemFailure',
  reason: 'the function named it in batchItemFailures',
};
const RUBBISH: Failing = {
  errorType: 'BatchItemFailure',
  reason: 'the function answered batchItemFailures that are none: the whole batch failed',
};

/** Who is told how a mapping's function does, which decides how many batches are received. */
export interface BatchListener {
  /** The function handled a batch, or some messages of it. */
  onSuccess(): void;
  /** The function failed, or was throttled: also when it is tried again. */
  onFailure(): void;
}

/** Takes one received batch to its end: filter, invoke, delete what was handled. */
export class BatchHandler {
  readonly #state: LambdaState;
  readonly #mapping: EventSourceMapping;
  readonly #client: QueueClient;
  readonly #told: BatchListener;
  readonly #passes: (record: SqsRecord) => boolean;
  #endWork: () => void = () => undefined;

  constructor(
    state: LambdaState,
    mapping: EventSourceMapping,
    client: QueueClient,
    told: BatchListener,
  ) {
    this.#state = state;
    this.#mapping = mapping;
    this.#client = client;
    this.#told = told;
    this.#passes = recordFilter(mapping.filters);
  }

  /** MUST be called once. @throws QueueCallFailed, EnvironmentsClosed; ServiceError where the function is gone. */
  async handle(received: ReceivedBatch): Promise<void> {
    this.#beginWork();
    try {
      await this.#handle(received);
    } finally {
      this.#endWork();
    }
  }

  async #handle({ messages, ...hidden }: ReceivedBatch): Promise<void> {
    const { queueArn, region } = this.#mapping;
    const records = messages.map((message) => recordOf(message, queueArn, region));
    const wanted = records.filter((record) => this.#passes(record));
    // "Lambda automatically deletes from your queue messages that don't match."
    const unmatched = records.filter((record) => !wanted.includes(record));
    for (const { messageId } of unmatched) this.#traceUnmatched(messageId);
    await this.#delete(unmatched);
    const fifo = queueArn.endsWith('.fifo');
    for (const batch of cutIntoBatches(wanted)) {
      const failed = await this.#process(batch, hidden);
      // What follows in a message group has to wait for what failed before it.
      if (failed && fifo) return;
    }
  }

  /** @returns whether a message of it failed. */
  async #process(batch: Batch, hidden: Hidden): Promise<boolean> {
    const requestId = randomUUID();
    const outcome = await this.#invoke(batch, requestId, hidden);
    if (outcome === undefined) {
      this.#traceAll(batch, requestId, () => THROTTLED);
      return true;
    }
    const { partialFailures } = this.#mapping;
    const ids = new Set(batch.records.map(({ messageId }) => messageId));
    const failed: ReadonlySet<string> | 'all' = !outcome.ok
      ? 'all'
      : partialFailures
        ? failedItems(outcome.payload, ids)
        : new Set<string>();
    const ofAll = outcome.ok && failed === 'all' ? RUBBISH : failingOf(outcome);
    this.#traceAll(batch, requestId, (messageId) => {
      const isNamed = failed !== 'all' && failed.has(messageId);
      return ofAll ?? (isNamed ? NAMED : undefined);
    });
    // "Lambda doesn't scale down the message polling" of functions that report their failures.
    if (outcome.ok || partialFailures) this.#told.onSuccess();
    else this.#told.onFailure();
    if (failed === 'all') return true;
    await this.#delete(batch.records.filter(({ messageId }) => !failed.has(messageId)));
    return failed.size > 0;
  }

  #traceAll(
    { records }: Batch,
    requestId: string,
    why: (messageId: string) => Failing | undefined,
  ): void {
    const { queueArn, functionArn } = this.#mapping;
    for (const { messageId } of records) {
      const traced = { messageId, queueArn, functionArn, requestId };
      traceOutcome(this.#state, traced, why(messageId));
    }
  }

  #traceUnmatched(messageId: string): void {
    const { queueArn, functionArn, account, region } = this.#mapping;
    const time = this.#state.parts.clock.now();
    const where = { messageId, queueArn, functionArn, account, region };
    this.#state.parts.trace.emit({ kind: 'unmatched', time, ...where });
  }

  /**
   * Calls the function, again and again while it is throttled.
   * @returns undefined where it could not be called early enough: the messages are received again.
   */
  async #invoke(
    batch: Batch,
    requestId: string,
    hidden: Hidden,
  ): Promise<InvokeOutcome | undefined> {
    const { clock } = this.#state.parts;
    for (let wait = FIRST_RETRY_MS; ; wait = Math.min(wait * 2, LAST_RETRY_MS)) {
      const target = targetNamed(this.#state, this.#mapping, this.#mapping.functionArn);
      const version = routedVersion(target);
      const startBefore = latestStart(hidden, version.timeout);
      try {
        return await invokeFunction(this.#state, {
          fn: target.fn,
          version,
          arn: target.arn,
          requestId,
          payload: batch.payload,
          startBefore,
        });
      } catch (error) {
        if (error instanceof InvocationExpired) return undefined;
        if (!isThrottled(error)) throw error;
        // "Lambda gradually backs off retries by reducing the amount of concurrency allocated to your … mapping."
        this.#told.onFailure();
        // The last try comes just before the end.
        const left = startBefore - clock.now() - 1;
        if (left <= 0) return undefined;
        await this.#pause(Math.min(wait, left));
      }
    }
  }

  async #delete(records: readonly SqsRecord[]): Promise<void> {
    let handles = records.map(({ receiptHandle }) => receiptHandle);
    for (let attempt = 1; handles.length > 0; attempt += 1) {
      try {
        const left = await this.#client.delete(handles);
        handles = left.flatMap((index) => handles[index] ?? []);
      } catch (error) {
        if (!(error instanceof QueueCallFailed) || attempt >= DELETE_TRIES) throw error;
      }
      if (handles.length === 0 || attempt >= DELETE_TRIES) return;
      await this.#pause(FIRST_RETRY_MS * 2 ** attempt);
    }
  }

  #pause(ms: number): Promise<void> {
    const { parts, closed } = this.#state;
    if (closed.aborted) return Promise.reject(new EnvironmentsClosed());
    this.#endWork();
    return new Promise((resolve, reject) => {
      const end = () => reject(new EnvironmentsClosed());
      closed.signal.addEventListener('abort', end, { once: true });
      parts.clock.schedule(parts.clock.now() + ms, () => {
        closed.signal.removeEventListener('abort', end);
        this.#beginWork();
        resolve();
      });
    });
  }

  /** A clock that is advanced waits for work, but not for work that waits for the clock. */
  #beginWork(): void {
    this.#state.parts.clock.track(
      new Promise<void>((resolve) => {
        this.#endWork = resolve;
      }),
    );
  }
}

/**
 * When a function may begin at the latest, so that it ends before others receive its messages: its timeout before that;
 * where the queue leaves it little more than its timeout, for half of the time that messages are hidden.
 *
 * @param timeout in seconds
 */
function latestStart({ visibleUntil, visibility }: Hidden, timeout: number): number {
  return visibleUntil - Math.min(timeout, visibility / 2) * 1000;
}

function isThrottled(error: unknown): boolean {
  return error instanceof ServiceError && error.code === 'TooManyRequestsException';
}
