import { batches } from '../aws/batches.ts';
import type { EntryOutcome } from '../aws/publish.ts';
import type { AppError } from '../rules/errors.ts';
import { MAX_BATCH_ENTRIES, SNS_MAX_MESSAGE_BYTES } from '../rules/limits.ts';
import { GroupedBatches } from './publish-groups.ts';
import {
  type Prepared,
  type PublishFailure,
  type PublishItem,
  type PublishOptions,
  type PublishReport,
  type PublishTo,
  prepare,
} from './publish-item.ts';
import { sendBatch } from './publish-request.ts';

/** Batches in flight at once. */
const FLIGHTS = 8;
/** Milliseconds that an incomplete batch waits for a slow source. */
const LINGER = 20;
/** Seconds for which requests are tried again unless said otherwise. */
const DEFAULT_RETRY_FOR = 30;
/** What is read of a source beyond the flights, to find events of other FIFO groups. */
const AHEAD = { items: 500, bytes: 8 * 1_048_576 } as const;

type Failure<E> = Omit<PublishFailure<E>, 'item'>;

/** One call of `publish`: counts, and the first error that ended it. */
export class PublishRun<E> {
  private readonly to: PublishTo<E>;
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
  /** The order of a FIFO topic's groups; a standard topic has none. */
  private readonly groups: GroupedBatches<Prepared<E>> | undefined;
  /** Groups of which an event failed. */
  private readonly closed = new Set<string>();

  constructor(to: PublishTo<E>, options: PublishOptions<E>) {
    this.to = to;
    this.options = options;
    const { signal } = options;
    this.stopped = signal ? AbortSignal.any([signal, this.ended.signal]) : this.ended.signal;
    const limits = { ...this.limits(), ahead: AHEAD };
    this.groups = to.topic.fifo ? new GroupedBatches(limits) : undefined;
  }

  report(): PublishReport {
    const { published, failed, fatal } = this;
    return { published, failed, fatal };
  }

  async drain(items: Iterable<PublishItem<E>> | AsyncIterable<PublishItem<E>>): Promise<void> {
    const prepared = this.prepare(items);
    const source = this.groups
      ? this.groups.from(prepared)
      : batches(prepared, ({ bytes }) => bytes, this.limits());
    try {
      for await (const batch of source) {
        const flight = this.send(batch).finally(() => this.flights.delete(flight));
        this.flights.add(flight);
        if (this.flights.size >= FLIGHTS) await Promise.race(this.flights);
      }
    } finally {
      // Also where the source failed: what was taken from it is seen through.
      await Promise.all(this.flights);
      const { code, message } = this.fatal ?? { code: 'NotSent', message: 'It was not sent.' };
      for (const { item } of this.groups?.rest() ?? []) {
        this.fail(item, { kind: 'unsent', code, message, fatal: true });
      }
    }
  }

  private limits() {
    const { linger = LINGER } = this.options;
    const bytes = SNS_MAX_MESSAGE_BYTES;
    return { entries: MAX_BATCH_ENTRIES, bytes, linger, signal: this.stopped };
  }

  private async *prepare(
    items: Iterable<PublishItem<E>> | AsyncIterable<PublishItem<E>>,
  ): AsyncGenerator<Prepared<E>> {
    for await (const item of items) {
      const prepared = prepare(item, this.to, this.groups !== undefined);
      if (this.closed.has(prepared.group)) {
        this.fail(item, HELD_BACK);
      } else if (prepared.bytes > SNS_MAX_MESSAGE_BYTES) {
        this.close(prepared.group);
        this.fail(item, tooLong(prepared.bytes));
      } else {
        yield prepared;
      }
    }
  }

  private async send(batch: readonly Prepared<E>[]): Promise<void> {
    const { retryFor = DEFAULT_RETRY_FOR, onTrouble } = this.options;
    const result = await sendBatch(this.to, batch, {
      retryFor,
      stopped: this.stopped,
      ended: this.ended.signal,
      onTrouble: (error) => {
        if (!this.troubled) onTrouble?.(error);
        this.troubled = true;
      },
      onAnswer: () => {
        this.troubled = false;
      },
      onSettled: (prepared, outcome) => this.settle(prepared, outcome),
    });
    if (result === undefined) return;
    this.fatal ??= result.error;
    this.ended.abort();
    const { code = '', message = '' } = this.fatal ?? {};
    const kind = result.isUnsure ? 'unsure' : 'unsent';
    for (const { item } of result.left) this.fail(item, { kind, code, message, fatal: true });
  }

  private settle({ item, group }: Prepared<E>, outcome: EntryOutcome): void {
    if (outcome.ok) {
      this.published++;
      this.options.onPublished?.(item, outcome.messageId);
      this.groups?.free(group);
      return;
    }
    const { code, message } = outcome;
    const kind = code === 'NoAnswer' ? 'unsure' : 'refused';
    this.fail(item, { kind, code, message, fatal: false });
    this.close(group);
    for (const held of this.groups?.drop(group) ?? []) this.fail(held.item, HELD_BACK);
  }

  /** Lets nothing of a FIFO group through any more. */
  private close(group: string): void {
    if (this.groups && !this.options.reopenGroups) this.closed.add(group);
  }

  private fail(item: PublishItem<E>, failure: Failure<E>): void {
    this.failed++;
    this.options.onFailed?.({ item, ...failure });
  }
}

const HELD_BACK = {
  kind: 'unsent',
  code: 'GroupHeldBack',
  message: 'An earlier event of its group was not published.',
  fatal: false,
} as const;

function tooLong(bytes: number) {
  const message = `The message has ${bytes} bytes with its attributes; SNS takes ${SNS_MAX_MESSAGE_BYTES}.`;
  return { kind: 'refused', code: 'MessageTooLong', message, fatal: false } as const;
}
