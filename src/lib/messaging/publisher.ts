import { setTimeout as sleep } from 'node:timers/promises';
import type { Aws } from '../aws/clients.ts';
import { entryBytes, type PublishEntry, publishBatch } from '../aws/publish.ts';
import { AppError } from '../model/errors.ts';
import { MAX_BATCH_ENTRIES, SNS_MAX_MESSAGE_BYTES } from '../model/limits.ts';
import { eventSubject, type OrderEvent, serializeOrderEvent } from '../model/order-event.ts';
import { batches } from './batches.ts';

/** An event to publish. */
export interface PublishItem {
  readonly event: OrderEvent;
  /** String attributes besides `event_type`. */
  readonly attributes?: Readonly<Record<string, string>>;
  /** Line of the file it came from, from 1. */
  readonly line?: number;
}

/** Why an event was not published. */
export interface PublishFailure {
  readonly item: PublishItem;
  readonly code: string;
  readonly message: string;
  /** Set where the whole run ended, rather than this event being refused. */
  readonly fatal: boolean;
}

export interface PublishOptions {
  /** Aborted to take no more from the source; what is in flight is finished. */
  readonly signal?: AbortSignal;
  readonly onPublished?: (item: PublishItem, messageId: string) => void;
  readonly onFailed?: (failure: PublishFailure) => void;
}

export interface PublishReport {
  readonly published: number;
  readonly failed: number;
  /** What made it end before the source did: nothing more could be published. */
  readonly fatal: AppError | undefined;
}

export interface Publisher {
  /**
   * Publishes events in batches of ten, several batches at once. Entries that AWS refuses for a reason of its own
   * (`SenderFault: false`) are tried again with backoff; those refused for the sender's are not. One message makes a
   * batch of one: there is no other path. Never throws for a failed publish: the report says it.
   */
  publish(
    items: Iterable<PublishItem> | AsyncIterable<PublishItem>,
    options?: PublishOptions,
  ): Promise<PublishReport>;
}

/** Batches in flight at once. */
const FLIGHTS = 8;
/** Milliseconds that an incomplete batch waits for a slow source. */
const LINGER = 20;
/** Times that an entry is sent at the most. */
const ATTEMPTS = 5;
/** Milliseconds before the second attempt; doubled for each further one. */
const BACKOFF = 100;

interface Prepared {
  readonly item: PublishItem;
  readonly entry: PublishEntry;
  readonly bytes: number;
}

/** A publisher of order events to one topic. */
export function createPublisher({ aws, topicArn }: { aws: Aws; topicArn: string }): Publisher {
  return {
    async publish(items, options = {}) {
      const run = new PublishRun(aws, topicArn, options);
      await run.drain(items);
      return run.report();
    },
  };
}

/** One call of `publish`: counts, and the first error that ended it. */
class PublishRun {
  private readonly aws: Aws;
  private readonly topicArn: string;
  private readonly options: PublishOptions;
  private readonly flights = new Set<Promise<void>>();
  private published = 0;
  private failed = 0;
  private fatal: AppError | undefined;
  /** Aborted by the first error that ends the run. */
  private readonly ended = new AbortController();

  constructor(aws: Aws, topicArn: string, options: PublishOptions) {
    this.aws = aws;
    this.topicArn = topicArn;
    this.options = options;
  }

  report(): PublishReport {
    const { published, failed, fatal } = this;
    return { published, failed, fatal };
  }

  async drain(items: Iterable<PublishItem> | AsyncIterable<PublishItem>): Promise<void> {
    const { signal } = this.options;
    const limits = {
      entries: MAX_BATCH_ENTRIES,
      bytes: SNS_MAX_MESSAGE_BYTES,
      linger: LINGER,
      signal: signal ? AbortSignal.any([signal, this.ended.signal]) : this.ended.signal,
    };
    for await (const batch of batches(this.prepare(items), ({ bytes }) => bytes, limits)) {
      const flight = this.send(batch).finally(() => this.flights.delete(flight));
      this.flights.add(flight);
      if (this.flights.size >= FLIGHTS) await Promise.race(this.flights);
    }
    await Promise.all(this.flights);
  }

  private async *prepare(
    items: Iterable<PublishItem> | AsyncIterable<PublishItem>,
  ): AsyncGenerator<Prepared> {
    for await (const item of items) {
      const { event, attributes } = item;
      const entry: PublishEntry = {
        message: serializeOrderEvent(event),
        subject: eventSubject(event),
        attributes: { event_type: event.event_type, ...attributes },
      };
      const bytes = entryBytes(entry);
      if (bytes > SNS_MAX_MESSAGE_BYTES) this.fail(item, 'MessageTooLong', tooLong(bytes));
      else yield { item, entry, bytes };
    }
  }

  private async send(batch: readonly Prepared[]): Promise<void> {
    if (this.fatal) {
      for (const { item } of batch) this.fail(item, this.fatal.code, this.fatal.message, true);
      return;
    }
    let waiting = batch;
    for (let attempt = 1; waiting.length > 0; attempt++) {
      const last = attempt === ATTEMPTS;
      waiting = await this.attempt(waiting, last);
      if (waiting.length > 0) await sleep(BACKOFF * 2 ** (attempt - 1) * (0.5 + Math.random() / 2));
    }
  }

  /** Sends a batch once. @returns what should be sent again. */
  private async attempt(batch: readonly Prepared[], last: boolean): Promise<readonly Prepared[]> {
    let outcomes: Awaited<ReturnType<typeof publishBatch>>;
    try {
      outcomes = await publishBatch(
        this.aws,
        this.topicArn,
        batch.map(({ entry }) => entry),
      );
    } catch (error) {
      // The SDK has tried a whole request again by now (AWS_MAX_ATTEMPTS): what is left, ends the run.
      if (!(error instanceof AppError)) throw error;
      this.fatal ??= error;
      this.ended.abort();
      for (const { item } of batch) this.fail(item, error.code, error.message, true);
      return [];
    }
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

  private fail(item: PublishItem, code: string, message: string, fatal = false): void {
    this.failed++;
    this.options.onFailed?.({ item, code, message, fatal });
  }
}

function tooLong(bytes: number): string {
  return `The message has ${bytes} bytes with its attributes; SNS takes ${SNS_MAX_MESSAGE_BYTES}.`;
}
