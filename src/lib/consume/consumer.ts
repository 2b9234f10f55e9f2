import type { EventReader } from '../events/event-codec.ts';
import { type CheckMessage, messageReader } from '../events/message-reader.ts';
import { receiverProduct } from '../rules/client-name.ts';
import { AppError } from '../rules/errors.ts';
import { MAX_WAIT_SECONDS } from '../rules/limits.ts';
import { type Capacity, createCapacity } from './capacity.ts';
import type { ConsumeOptions } from './consume-options.ts';
import { CONSUMER_DEFAULTS, type ConsumeEnd, type ConsumeSummary } from './consumed.ts';
import { InHand } from './in-flight.ts';
import { createMessageWork, type Worked } from './message-work.ts';
import { createPolling, type Polling, pollsFor } from './polling.ts';
import { type QueueVisibility, readWhenNeeded } from './queue-visibility.ts';
import { createReceiver, type Receiver } from './receiver.ts';
import { traceReceive } from './trace-receive.ts';

export type { ConsumeOptions } from './consume-options.ts';

/** What is reckoned with until the visibility timeout is read, in seconds: shorter ones are of no use to anybody. */
const CAUTIOUS_VISIBILITY = 2;
/** Milliseconds of a handler from which on the visibility timeout matters; before, nobody pays for reading it. */
const SLOW_HANDLER = 250;

/**
 * Consumes a queue of messages of any kind, as `consumeEvents` does.
 * @param check finds those that break the schema of their type: they are `invalid`.
 */
export async function consume(
  options: ConsumeOptions,
  check?: CheckMessage,
): Promise<ConsumeSummary> {
  return consumeEvents(options, messageReader(check));
}

/**
 * Consumes a queue: long polls in batches of ten, hands each event to the handler, deletes what was handled and
 * nothing else, in batches. A message is begun only while it is held; the same message can come more than once
 * ("Amazon SQS at-least-once delivery").
 * @returns how the run ended, also when it could not go on: it doesn't throw for that.
 */
export async function consumeEvents<E>(
  options: ConsumeOptions<E>,
  reader: EventReader<E>,
): Promise<ConsumeSummary> {
  return new Consumption(options, reader).run();
}

/** One run of a consumer. */
class Consumption<E> {
  private readonly options: ConsumeOptions<E>;
  private readonly visibility: QueueVisibility;
  private readonly capacity: Capacity;
  private readonly polling: Polling;
  private readonly inHand: InHand<E>;
  /** Aborted by the caller's signal, or by what can't be mended. */
  private readonly ending = new AbortController();
  /** When something was last in hand, on `performance.now()`'s clock. */
  private activeAt = performance.now();
  private fatal: AppError | undefined;
  private bug: { readonly error: unknown } | undefined;

  constructor(options: ConsumeOptions<E>, reader: EventReader<E>) {
    const { queue, concurrency = CONSUMER_DEFAULTS.concurrency } = options;
    const visibility = readWhenNeeded(queue);
    this.options = options;
    this.visibility = visibility;
    this.capacity = createCapacity(concurrency, () => visibility.seconds ?? CAUTIOUS_VISIBILITY);
    this.inHand = new InHand<E>({
      ...options,
      concurrency,
      visibility,
      signal: this.ending.signal,
      work: createMessageWork(options, reader),
      onWorked: (worked) => this.noteWorked(worked),
      onFatal: (error) => this.fail(error),
    });
    this.polling = createPolling({
      receiver: this.createReceiver(),
      signal: this.ending.signal,
      // Of a FIFO queue one at a time: answers that cross on their way could turn a group's order round.
      most: queue.fifo ? 1 : pollsFor(concurrency),
      room: (asked) => this.room(asked),
      waitSeconds: () => this.waitSeconds(),
      onMessages: (messages) => {
        this.activeAt = performance.now();
        this.inHand.take(messages);
      },
      end: () => this.end(),
      onFailed: (error) => this.fail(error),
    });
  }

  async run(): Promise<ConsumeSummary> {
    const { signal, subscriber } = this.options;
    const stop = (): void => this.ending.abort();
    const onEnding = (): void => {
      this.inHand.release();
      this.polling.wake();
    };
    this.ending.signal.addEventListener('abort', onEnding, { once: true });
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
    try {
      const end = await this.polling.run();
      await this.inHand.finish();
      if (this.bug !== undefined) throw this.bug.error;
      const { fatal } = this;
      return { subscriber, end: fatal ? 'failed' : end, ...this.inHand.counts, fatal };
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  private createReceiver(): Receiver {
    const { queue, subscriber, onProblem, onAnswer, tracing } = this.options;
    return createReceiver({
      product: receiverProduct('subscriber', subscriber, process.pid),
      queue,
      signal: this.ending.signal,
      onAnswer: (messages, begunAt) => {
        onAnswer?.();
        if (tracing === undefined) return;
        traceReceive(tracing, { queueUrl: queue.url, subscriber }, messages, begunAt);
      },
      retryFor: this.options.retryFor ?? CONSUMER_DEFAULTS.retryFor,
      onTrouble: (error) => onProblem?.({ kind: 'trouble', subscriber, error }),
      onRecovered: (seconds) => {
        this.activeAt = performance.now();
        onProblem?.({ kind: 'recovered', subscriber, seconds });
      },
    });
  }

  /** Why nothing more is received, if there is a reason. */
  private end(): ConsumeEnd | undefined {
    const { max = Number.POSITIVE_INFINITY, idleTimeout = Number.POSITIVE_INFINITY } = this.options;
    if (this.ending.signal.aborted) return 'stopped';
    if (this.inHand.taken >= max) return 'max';
    if (this.inHand.size > 0) this.activeAt = performance.now();
    return performance.now() - this.activeAt >= idleTimeout * 1000 ? 'idle' : undefined;
  }

  /** Messages to ask for now, beside those that were asked for. */
  private room(asked: number): number {
    const { max = Number.POSITIVE_INFINITY } = this.options;
    const inHand = this.inHand.size + asked;
    if (!this.capacity.enough(inHand)) return 0;
    const most = this.inHand.failing.some ? 1 : this.capacity.room(inHand);
    return Math.min(most, max - this.inHand.taken - asked);
  }

  /** Seconds that the next poll waits: no longer than the idle timeout has left. */
  private waitSeconds(): number {
    const { waitSeconds = MAX_WAIT_SECONDS, idleTimeout } = this.options;
    if (idleTimeout === undefined) return waitSeconds;
    const left = idleTimeout - (performance.now() - this.activeAt) / 1000;
    return Math.min(waitSeconds, Math.max(1, Math.ceil(left)));
  }

  private noteWorked({ handlerMs, fatal }: Worked<E>): void {
    this.activeAt = performance.now();
    if (handlerMs !== undefined) {
      this.capacity.took(handlerMs);
      const isSlow = handlerMs >= SLOW_HANDLER;
      if (isSlow && this.visibility.seconds === undefined) void this.visibility.read();
    }
    if (fatal !== undefined) this.fail(fatal);
    this.polling.wake();
  }

  /** Ends the run with what can't be mended; what isn't an AppError is thrown at its end. */
  private fail(error: unknown): void {
    if (error instanceof AppError) this.fatal ??= error;
    else this.bug ??= { error };
    this.ending.abort();
  }
}
