import type { ReceivedMessage } from '../aws/received-messages.ts';
import { receiverProduct } from '../model/client-name.ts';
import {
  CONSUMER_DEFAULTS,
  type Consumed,
  type ConsumeEnd,
  type ConsumeProblem,
  type ConsumeSummary,
} from '../model/consumed.ts';
import { AppError } from '../model/errors.ts';
import type { EventReader } from '../model/event-codec.ts';
import { MAX_WAIT_SECONDS } from '../model/limits.ts';
import { orderEventCodec } from '../model/order-event-codec.ts';
import { type Capacity, createCapacity } from './capacity.ts';
import type { ConsumeOptions } from './consume-options.ts';
import { readDelivery } from './delivery.ts';
import { rememberHandledEvents } from './handled-events.ts';
import { type HandledOnce, handleOnce, handlerSeconds } from './handled-once.ts';
import { runHandler } from './handling.ts';
import { createHeartbeat, type Heartbeat, type Kept } from './heartbeat.ts';
import { createPolling, type Polling, pollsFor } from './polling.ts';
import { DEFAULT_VISIBILITY, type QueueVisibility, readWhenNeeded } from './queue-visibility.ts';
import { createReceiver, type Receiver } from './receiver.ts';
import { retryDelaySeconds } from './retry-delay.ts';
import { createSettler, type Settler } from './settler.ts';
import { createWaitingLine, type WaitingLine } from './waiting-line.ts';

export type { ConsumeOptions } from './consume-options.ts';

/** What is reckoned with until the visibility timeout is read, in seconds: shorter ones are of no use to anybody. */
const CAUTIOUS_VISIBILITY = 2;
/** Milliseconds of a handler from which on the visibility timeout matters; before, nobody pays for reading it. */
const SLOW_HANDLER = 250;

/** Consumes a queue of order events, as `consumeEvents` does. */
export async function consume(options: ConsumeOptions): Promise<ConsumeSummary> {
  return consumeEvents(options, orderEventCodec);
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

/** A received message that waits for a handler. */
interface Taken extends Kept {
  readonly message: ReceivedMessage;
}

/** One run of a consumer. */
class Consumption<E> {
  private readonly options: ConsumeOptions<E>;
  private readonly reader: EventReader<E>;
  private readonly concurrency: number;
  private readonly visibility: QueueVisibility;
  private readonly capacity: Capacity;
  private readonly polling: Polling;
  private readonly waiting: WaitingLine<Taken>;
  private readonly once: HandledOnce;
  private readonly heartbeat: Heartbeat;
  private readonly settler: Settler;
  private readonly running = new Set<Promise<void>>();
  private readonly outcomes = { handled: 0, failed: 0, invalid: 0, timeout: 0, duplicate: 0 };
  /** Aborted by the caller's signal, or by what can't be mended. */
  private readonly ending = new AbortController();
  /** When something was last in hand, on `performance.now()`'s clock. */
  private activeAt = performance.now();
  private taken = 0;
  private deleted = 0;
  private released = 0;
  private fatal: AppError | undefined;
  private bug: { readonly error: unknown } | undefined;

  constructor(options: ConsumeOptions<E>, reader: EventReader<E>) {
    const { aws, queueUrl, subscriber } = options;
    this.options = options;
    this.reader = reader;
    this.concurrency = options.concurrency ?? CONSUMER_DEFAULTS.concurrency;
    const isFifo = queueUrl.endsWith('.fifo');
    const visibility = readWhenNeeded(aws, queueUrl);
    this.visibility = visibility;
    this.capacity = createCapacity(
      this.concurrency,
      () => visibility.seconds ?? CAUTIOUS_VISIBILITY,
    );
    this.polling = createPolling({
      receiver: this.createReceiver(),
      signal: this.ending.signal,
      // Of a FIFO queue one at a time: answers that cross on their way could turn a group's order round.
      most: isFifo ? 1 : pollsFor(this.concurrency),
      room: (asked) => this.room(asked),
      waitSeconds: () => this.waitSeconds(),
      onMessages: (messages) => this.take(messages),
      end: () => this.end(),
      onFailed: (error) => this.fail(error),
    });
    // A standard queue's groups are about fairness; they have no order.
    this.waiting = createWaitingLine(({ message }) => (isFifo ? message.groupId : undefined));
    this.once = handleOnce(subscriber, options.handledEvents ?? rememberHandledEvents());
    this.settler = createSettler({
      aws,
      queueUrl,
      visibility: () => visibility.read(),
      onDeleted: () => {
        this.deleted++;
      },
      onUndeleted: (messageId, reason) =>
        this.tell({ kind: 'undeleted', subscriber, messageId, reason }),
      onFatal: (error) => this.fail(error),
    });
    this.heartbeat = createHeartbeat({
      aws,
      queueUrl,
      visibility: () => visibility.read(),
      onLost: (messageId, reason) =>
        this.tell({ kind: 'unextended', subscriber, messageId, reason }),
    });
  }

  async run(): Promise<ConsumeSummary> {
    const { signal, subscriber } = this.options;
    const stop = (): void => this.ending.abort();
    const onEnding = (): void => {
      // At once, not after the handlers: others can have these, and a container may be killed before those are done.
      this.releaseWaiting();
      this.polling.wake();
    };
    this.ending.signal.addEventListener('abort', onEnding, { once: true });
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
    try {
      const end = await this.polling.run();
      await this.finish();
      if (this.bug !== undefined) throw this.bug.error;
      const { outcomes, deleted, released, fatal } = this;
      return { subscriber, end: fatal ? 'failed' : end, outcomes, deleted, released, fatal };
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  private createReceiver(): Receiver {
    const { aws, queueUrl, subscriber, retryFor = CONSUMER_DEFAULTS.retryFor } = this.options;
    return createReceiver({
      product: receiverProduct('subscriber', subscriber, process.pid),
      aws,
      queueUrl,
      signal: this.ending.signal,
      retryFor,
      onTrouble: (error) => this.tell({ kind: 'trouble', subscriber, error }),
      onRecovered: (seconds) => {
        this.activeAt = performance.now();
        this.tell({ kind: 'recovered', subscriber, seconds });
      },
    });
  }

  /** Why nothing more is received, if there is a reason. */
  private end(): ConsumeEnd | undefined {
    const { max = Number.POSITIVE_INFINITY, idleTimeout = Number.POSITIVE_INFINITY } = this.options;
    if (this.ending.signal.aborted) return 'stopped';
    if (this.taken >= max) return 'max';
    if (this.inHand > 0) this.activeAt = performance.now();
    return performance.now() - this.activeAt >= idleTimeout * 1000 ? 'idle' : undefined;
  }

  /** Messages to ask for now, beside those that were asked for. */
  private room(asked: number): number {
    const { max = Number.POSITIVE_INFINITY } = this.options;
    const inHand = this.inHand + asked;
    if (!this.capacity.enough(inHand)) return 0;
    return Math.min(this.capacity.room(inHand), max - this.taken - asked);
  }

  private get inHand(): number {
    return this.waiting.size + this.running.size;
  }

  /** Seconds that the next poll waits: no longer than the idle timeout has left. */
  private waitSeconds(): number {
    const { waitSeconds = MAX_WAIT_SECONDS, idleTimeout } = this.options;
    if (idleTimeout === undefined) return waitSeconds;
    const left = idleTimeout - (performance.now() - this.activeAt) / 1000;
    return Math.min(waitSeconds, Math.max(1, Math.ceil(left)));
  }

  private take(messages: readonly ReceivedMessage[]): void {
    const receivedAt = performance.now();
    this.taken += messages.length;
    this.activeAt = receivedAt;
    for (const message of messages) {
      const { messageId, receiptHandle } = message;
      const taken = { message, messageId, receiptHandle, receivedAt, heldSince: receivedAt };
      this.waiting.add(taken);
      this.heartbeat.keep(taken);
    }
    // An answer that was on its way when the run was stopped.
    if (this.ending.signal.aborted) this.releaseWaiting();
    else this.beginNext();
  }

  /** Begins what handlers are free for. */
  private beginNext(): void {
    while (!this.ending.signal.aborted && this.running.size < this.concurrency) {
      const next = this.waiting.next();
      if (next === undefined) return;
      const { seconds = DEFAULT_VISIBILITY } = this.visibility;
      if (performance.now() > next.heldSince + seconds * 1000) this.dropExpired(next);
      else this.begin(next);
    }
  }

  private begin(taken: Taken): void {
    const run = this.handle(taken).finally(() => {
      this.running.delete(run);
      this.activeAt = performance.now();
      this.waiting.done(taken);
      this.beginNext();
      this.polling.wake();
    });
    this.running.add(run);
  }

  private dropExpired(taken: Taken): void {
    const { subscriber } = this.options;
    this.taken--;
    void this.heartbeat.end(taken);
    this.tell({ kind: 'expired', subscriber, messageId: taken.messageId });
    this.holdBack(taken);
    this.waiting.done(taken);
  }

  private async handle(taken: Taken): Promise<void> {
    const { subscriber, queueUrl, handler, timeout } = this.options;
    const { messageId, receiveCount } = taken.message;
    const delivery = readDelivery(taken.message, { subscriber, queueUrl }, this.reader);
    const base = { subscriber, messageId, event: delivery.event, receiveCount };
    if ('reason' in delivery) {
      const { reason, body } = delivery;
      await this.settle(taken, { ...base, outcome: 'invalid', ms: 0, reason, body });
      return;
    }
    let ms = 0;
    const run = async () => {
      const begun = performance.now();
      const seconds = handlerSeconds(timeout, taken.receivedAt);
      const end = await runHandler(handler, delivery.event, delivery.facts, seconds);
      ms = performance.now() - begun;
      return end;
    };
    try {
      const end = await this.once.run(this.reader.id(delivery.event), run);
      if (end === 'duplicate') {
        await this.settle(taken, { ...base, outcome: 'duplicate', ms: 0 });
        return;
      }
      this.capacity.took(ms);
      if (ms >= SLOW_HANDLER && this.visibility.seconds === undefined) void this.visibility.read();
      const { fatal, ...outcome } = { fatal: undefined, ...end };
      await this.settle(taken, { ...base, ...outcome, ms: Math.round(ms) });
      if (fatal) this.fail(fatal);
    } catch (error) {
      // Without its memory it could handle events twice, or skip what nobody handled.
      this.fail(error);
    }
  }

  /** Counts and tells what became of a message, and gives it back to SQS. */
  private async settle(taken: Taken, consumed: Consumed<E>): Promise<void> {
    const { retryDelay, onMessage } = this.options;
    const extending = this.heartbeat.end(taken);
    // An extension that is under way would undo what comes now.
    if (extending !== undefined) await extending;
    const { outcome } = consumed;
    this.outcomes[outcome]++;
    onMessage?.(consumed);
    if (outcome === 'handled' || outcome === 'duplicate') {
      this.settler.delete(taken);
      return;
    }
    this.holdBack(taken);
    if (retryDelay !== undefined) {
      const age = (performance.now() - taken.receivedAt) / 1000;
      this.settler.show(taken, retryDelaySeconds(retryDelay, consumed.receiveCount, age));
    }
  }

  /** Waits for the handlers, gives back what was not begun, and deletes what was handled. */
  private async finish(): Promise<void> {
    while (this.running.size > 0) await Promise.all(this.running);
    this.releaseWaiting();
    await this.settler.finish();
  }

  /** Makes visible again what was received and not begun. */
  private releaseWaiting(): void {
    for (const taken of this.waiting.clear()) this.giveBack(taken);
  }

  /** Gives back what waits behind a message in its group: SQS hands it out after that one. */
  private holdBack(failed: Taken): void {
    for (const taken of this.waiting.behind(failed)) {
      this.taken--;
      this.giveBack(taken);
    }
  }

  private giveBack(taken: Taken): void {
    const show = (): void =>
      this.settler.show(taken, 0, () => {
        this.released++;
      });
    const extending = this.heartbeat.end(taken);
    if (extending === undefined) {
      show();
      return;
    }
    const shown = extending.then(show).finally(() => this.running.delete(shown));
    this.running.add(shown);
  }

  private tell(problem: ConsumeProblem): void {
    this.options.onProblem?.(problem);
  }

  /** Ends the run with what can't be mended; what isn't an AppError is thrown at its end. */
  private fail(error: unknown): void {
    if (error instanceof AppError) this.fatal ??= error;
    else this.bug ??= { error };
    this.ending.abort();
  }
}
