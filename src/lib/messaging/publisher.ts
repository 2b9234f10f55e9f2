import { setTimeout as sleep } from 'node:timers/promises';
import type { Aws } from '../aws/clients.ts';
import { type EntryOutcome, entryBytes, type PublishEntry, publishBatch } from '../aws/publish.ts';
import { isTransient } from '../aws/transient.ts';
import { AppError } from '../model/errors.ts';
import type { EventWriter } from '../model/event-codec.ts';
import { fifoId, isFifo } from '../model/fifo.ts';
import { MAX_BATCH_ENTRIES, SNS_MAX_MESSAGE_BYTES } from '../model/limits.ts';
import type { OrderEvent } from '../model/order-event.ts';
import { orderEventCodec } from '../model/order-event-codec.ts';
import { backoffDelay } from './backoff.ts';
import { batches } from './batches.ts';

/** An event to publish. */
export interface PublishItem<E = OrderEvent> {
  readonly event: E;
  /** String attributes besides those that such an event always has. */
  readonly attributes?: Readonly<Record<string, string>>;
  /** Its group on a FIFO topic; what its kind of event has unless given. */
  readonly group?: string;
  /** Line of the file it came from, from 1. */
  readonly line?: number;
}

/** Why an event was not published. */
export interface PublishFailure<E = OrderEvent> {
  readonly item: PublishItem<E>;
  readonly code: string;
  readonly message: string;
  /** Set where the whole run ended, rather than this event being refused. */
  readonly fatal: boolean;
}

export interface PublishOptions<E = OrderEvent> {
  /** Aborted to take no more from the source; what is in flight is finished. */
  readonly signal?: AbortSignal;
  readonly onPublished?: (item: PublishItem<E>, messageId: string) => void;
  readonly onFailed?: (failure: PublishFailure<E>) => void;
  /** Told once that requests keep failing for a reason that passes, until one succeeds again. */
  readonly onTrouble?: (error: AppError) => void;
  /** Seconds for which a request may keep failing for a reason that passes before the run ends. */
  readonly retryFor?: number;
  /** Milliseconds that an incomplete batch waits for more events, from 0; 20 unless given. */
  readonly linger?: number;
}

export interface PublishReport {
  readonly published: number;
  readonly failed: number;
  /** What made it end before the source did: nothing more could be published. */
  readonly fatal: AppError | undefined;
}

export interface Publisher<E = OrderEvent> {
  /**
   * Publishes events in batches of ten, several batches at once. Entries that AWS refuses for a reason of its own
   * (`SenderFault: false`) are tried again with backoff, and so are requests that were throttled, met a fault of the
   * service, or no answer; what is refused for the sender's fault is not. An answer that got lost may make an event
   * arrive twice. One message makes a batch of one: there is no other path. Never throws for a failed publish: the
   * report says it.
   */
  publish(
    items: Iterable<PublishItem<E>> | AsyncIterable<PublishItem<E>>,
    options?: PublishOptions<E>,
  ): Promise<PublishReport>;
}

/** Batches in flight at once. */
const FLIGHTS = 8;
/** Milliseconds that an incomplete batch waits for a slow source. */
const LINGER = 20;
/** Times that an entry is sent at the most. */
const ATTEMPTS = 5;
const ENTRY_BACKOFF = { first: 100, most: 2000 };
/** Between requests that failed as a whole; the SDK has tried each of them several times (AWS_MAX_ATTEMPTS). */
const REQUEST_BACKOFF = { first: 200, most: 5000 };
/** Seconds for which requests are tried again unless said otherwise. */
const DEFAULT_RETRY_FOR = 30;
/** Failures of a request in a row from which it is worth telling. */
const TROUBLE = 2;

interface Prepared<E> {
  readonly item: PublishItem<E>;
  readonly entry: PublishEntry;
  readonly bytes: number;
}

/** Where events go, and how they are written. */
export interface PublishTo<E> {
  readonly aws: Aws;
  readonly topicArn: string;
  readonly writer: EventWriter<E>;
}

/** A publisher of order events to one topic. */
export function createPublisher({ aws, topicArn }: { aws: Aws; topicArn: string }): Publisher {
  return createEventPublisher({ aws, topicArn, writer: orderEventCodec });
}

/** A publisher of events of any kind to one topic. */
export function createEventPublisher<E>(to: PublishTo<E>): Publisher<E> {
  return {
    async publish(items, options = {}) {
      const run = new PublishRun(to, options);
      await run.drain(items);
      return run.report();
    },
  };
}

/** One call of `publish`: counts, and the first error that ended it. */
class PublishRun<E> {
  private readonly to: PublishTo<E>;
  private readonly fifo: boolean;
  private readonly options: PublishOptions<E>;
  private readonly flights = new Set<Promise<void>>();
  private published = 0;
  private failed = 0;
  private fatal: AppError | undefined;
  private troubled = false;
  /** Aborted by the first error that ends the run. */
  private readonly ended = new AbortController();
  /** Aborted by that, or by the caller. */
  private readonly stopped: AbortSignal;

  constructor(to: PublishTo<E>, options: PublishOptions<E>) {
    this.to = to;
    this.fifo = isFifo(to.topicArn);
    this.options = options;
    const { signal } = options;
    this.stopped = signal ? AbortSignal.any([signal, this.ended.signal]) : this.ended.signal;
  }

  report(): PublishReport {
    const { published, failed, fatal } = this;
    return { published, failed, fatal };
  }

  async drain(items: Iterable<PublishItem<E>> | AsyncIterable<PublishItem<E>>): Promise<void> {
    const limits = {
      entries: MAX_BATCH_ENTRIES,
      bytes: SNS_MAX_MESSAGE_BYTES,
      linger: this.options.linger ?? LINGER,
      signal: this.stopped,
    };
    try {
      for await (const batch of batches(this.prepare(items), ({ bytes }) => bytes, limits)) {
        const flight = this.send(batch).finally(() => this.flights.delete(flight));
        this.flights.add(flight);
        if (this.flights.size >= (this.fifo ? 1 : FLIGHTS)) await Promise.race(this.flights);
      }
    } finally {
      // Also where the source failed: what was taken from it is seen through.
      await Promise.all(this.flights);
    }
  }

  private async *prepare(
    items: Iterable<PublishItem<E>> | AsyncIterable<PublishItem<E>>,
  ): AsyncGenerator<Prepared<E>> {
    const { writer } = this.to;
    for await (const item of items) {
      const { event, attributes } = item;
      const entry: PublishEntry = {
        message: writer.serialize(event),
        subject: writer.subject(event),
        attributes: { ...writer.attributes(event), ...attributes },
        ...(this.fifo && {
          fifo: {
            groupId: fifoId(item.group ?? writer.group(event)),
            deduplicationId: fifoId(writer.id(event)),
          },
        }),
      };
      const bytes = entryBytes(entry);
      if (bytes > SNS_MAX_MESSAGE_BYTES) this.fail(item, 'MessageTooLong', tooLong(bytes));
      else yield { item, entry, bytes };
    }
  }

  private async send(batch: readonly Prepared<E>[]): Promise<void> {
    let waiting = batch;
    for (let attempt = 1; waiting.length > 0; attempt++) {
      const outcomes = await this.request(waiting);
      if (outcomes === undefined) return;
      waiting = this.settle(waiting, outcomes, attempt === ATTEMPTS);
      if (waiting.length > 0) await sleep(backoffDelay(ENTRY_BACKOFF, attempt));
    }
  }

  /** Makes one request, again through trouble that passes. @returns undefined where the run has ended instead. */
  private async request(batch: readonly Prepared<E>[]): Promise<EntryOutcome[] | undefined> {
    const { retryFor = DEFAULT_RETRY_FOR, onTrouble } = this.options;
    const entries = batch.map(({ entry }) => entry);
    const giveUpAt = performance.now() + retryFor * 1000;
    for (let failures = 1; this.fatal === undefined; failures++) {
      try {
        const outcomes = await publishBatch(this.to.aws, this.to.topicArn, entries);
        this.troubled = false;
        return outcomes;
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        const delay = backoffDelay(REQUEST_BACKOFF, failures);
        const again = isTransient(error) && !this.stopped.aborted;
        if (!again || performance.now() + delay > giveUpAt) {
          this.fatal ??= error;
          this.ended.abort();
          break;
        }
        if (failures >= TROUBLE && !this.troubled) {
          this.troubled = true;
          onTrouble?.(error);
        }
        await sleep(delay, undefined, { signal: this.stopped }).catch(() => {});
      }
    }
    const { code = '', message = '' } = this.fatal ?? {};
    for (const { item } of batch) this.fail(item, code, message, true);
    return undefined;
  }

  /** Counts what became of the entries. @returns what should be sent again. */
  private settle(
    batch: readonly Prepared<E>[],
    outcomes: readonly EntryOutcome[],
    last: boolean,
  ): readonly Prepared<E>[] {
    return batch.filter(({ item }, index) => {
      const outcome = outcomes[index];
      if (outcome?.ok) {
        this.published++;
        this.options.onPublished?.(item, outcome.messageId);
        return false;
      }
      if (outcome?.retryable && !last) return true;
      this.fail(item, outcome?.code ?? 'NoAnswer', outcome?.message ?? 'No answer.');
      return false;
    });
  }

  private fail(item: PublishItem<E>, code: string, message: string, fatal = false): void {
    this.failed++;
    this.options.onFailed?.({ item, code, message, fatal });
  }
}

function tooLong(bytes: number): string {
  return `The message has ${bytes} bytes with its attributes; SNS takes ${SNS_MAX_MESSAGE_BYTES}.`;
}
