import { setTimeout as sleep } from 'node:timers/promises';
import type { Aws } from '../aws/clients.ts';
import { type ReceivedMessage, visibilityTimeout } from '../aws/received-messages.ts';
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
import { MAX_VISIBILITY_SECONDS, MAX_WAIT_SECONDS } from '../model/limits.ts';
import type { OrderEvent } from '../model/order-event.ts';
import { orderEventCodec } from '../model/order-event-codec.ts';
import { type Capacity, createCapacity } from './capacity.ts';
import { readDelivery } from './delivery.ts';
import { type HandledEvents, rememberHandledEvents } from './handled-events.ts';
import { type Handler, type HandlerEnd, runHandler } from './handling.ts';
import { createHeartbeat, type Heartbeat, type Kept } from './heartbeat.ts';
import { createReceiver, type Receiver } from './receiver.ts';
import { retryDelaySeconds } from './retry-delay.ts';
import { createSettler, type Settler } from './settler.ts';
import { createWaitingLine, type WaitingLine } from './waiting-line.ts';

/** A queue's visibility timeout where it can't be read, in seconds (`CreateQueue`'s default). */
const DEFAULT_VISIBILITY = 30;
/** What is reckoned with until it is read, in seconds: shorter ones are of no use to anybody. */
const CAUTIOUS_VISIBILITY = 2;
/** Milliseconds of a handler from which on the visibility timeout matters; before, nobody pays for reading it. */
const SLOW_HANDLER = 250;
/** Seconds before the 12 h of a message are over at which its handler is stopped. */
const LAST_SECONDS = 30;
/** Milliseconds between two receives that weren't full under which messages are trickling in. */
const TRICKLE = 250;
/** Milliseconds to wait then for more to come. */
const GATHER = 100;

export interface ConsumeOptions<E = OrderEvent> {
  readonly aws: Aws;
  readonly queueUrl: string;
  /** Whose queue it is, for events and facts. */
  readonly subscriber: string;
  /** Aborted to stop receiving at once; handlers that run are waited for, what was not begun becomes visible again. */
  readonly signal: AbortSignal;
  readonly handler: Handler<E>;
  /** Told every message as it is done with. MUST NOT throw. */
  readonly onMessage?: (message: Consumed<E>) => void;
  /** Told what else happened. MUST NOT throw. */
  readonly onProblem?: (problem: ConsumeProblem) => void;
  /** Messages to take before the run ends; no bound unless given. */
  readonly max?: number;
  /** Seconds without a message after which the run ends (from 1); no bound unless given. */
  readonly idleTimeout?: number;
  /** Handlers at once, from 1. */
  readonly concurrency?: number;
  /** Seconds of a long poll, 0 to 20. */
  readonly waitSeconds?: number;
  /**
   * Seconds after which a message that wasn't handled is visible again, more with each receive (`retryDelaySeconds`);
   * unless given, it is when its visibility timeout ends.
   */
  readonly retryDelay?: number;
  /** Seconds that a handler may take; 12 h unless given, since SQS keeps no message hidden for longer. */
  readonly timeout?: number;
  /** What was handled before, and is skipped: in memory, of this run alone, unless given. */
  readonly handledEvents?: HandledEvents;
  /** Seconds for which calls may fail in a row before the run ends. */
  readonly retryFor?: number;
}

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
  private readonly settler: Settler;
  private readonly heartbeat: Heartbeat;
  private readonly outcomes = { handled: 0, failed: 0, invalid: 0, timeout: 0, duplicate: 0 };
  private readonly waiting: WaitingLine<Taken>;
  private readonly running = new Set<Promise<void>>();
  private readonly handledEvents: HandledEvents;
  /** What is being handled, by event id. */
  private readonly handling = new Map<string, Promise<unknown>>();
  /** Aborted by the caller's signal, or by what can't be mended. */
  private readonly ending = new AbortController();
  private readonly concurrency: number;
  private readonly capacity: Capacity;
  /** The queue's visibility timeout in seconds, once it was read. */
  private visibility: number | undefined;
  private reading: Promise<number> | undefined;
  /** When something was last in hand, on `performance.now()`'s clock. */
  private activeAt = performance.now();
  /** When messages last came, on the same clock. */
  private receivedAt = Number.NEGATIVE_INFINITY;
  private wake: () => void = () => {};
  private taken = 0;
  private deleted = 0;
  private released = 0;
  private fatal: AppError | undefined;

  constructor(options: ConsumeOptions<E>, reader: EventReader<E>) {
    this.options = options;
    this.reader = reader;
    this.concurrency = options.concurrency ?? CONSUMER_DEFAULTS.concurrency;
    this.capacity = createCapacity(this.concurrency, () => this.visibility ?? CAUTIOUS_VISIBILITY);
    const isFifo = options.queueUrl.endsWith('.fifo');
    // A standard queue's groups are about fairness; they have no order.
    this.waiting = createWaitingLine(({ message }) => (isFifo ? message.groupId : undefined));
    this.handledEvents = options.handledEvents ?? rememberHandledEvents();
    const { aws, queueUrl, subscriber } = options;
    this.settler = createSettler({
      aws,
      queueUrl,
      visibility: () => this.readVisibility(),
      onDeleted: () => {
        this.deleted++;
      },
      onUndeleted: (messageId, reason) =>
        options.onProblem?.({ kind: 'undeleted', subscriber, messageId, reason }),
      onFatal: (error) => this.fail(error),
    });
    this.heartbeat = createHeartbeat({
      aws,
      queueUrl,
      visibility: () => this.readVisibility(),
      onLost: (messageId, reason) =>
        options.onProblem?.({ kind: 'unextended', subscriber, messageId, reason }),
    });
  }

  async run(): Promise<ConsumeSummary> {
    const { signal, subscriber } = this.options;
    const stop = (): void => this.ending.abort();
    const onEnding = (): void => {
      // At once, not after the handlers: others can have these, and a container may be killed before those are done.
      this.releaseWaiting();
      this.wake();
    };
    this.ending.signal.addEventListener('abort', onEnding, { once: true });
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
    try {
      const end = await this.receive();
      await this.finish();
      const { outcomes, deleted, released, fatal } = this;
      return { subscriber, end: fatal ? 'failed' : end, outcomes, deleted, released, fatal };
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  /** The queue's visibility timeout in seconds, read when it first matters; the default where it can't be. */
  private readVisibility(): Promise<number> {
    const { aws, queueUrl } = this.options;
    this.reading ??= visibilityTimeout(aws, queueUrl).then((seconds) => {
      this.visibility = seconds;
      this.reading = seconds === undefined ? undefined : this.reading;
      return seconds ?? DEFAULT_VISIBILITY;
    });
    return this.reading;
  }

  /** Receives until there is a reason to end. */
  private async receive(): Promise<ConsumeEnd> {
    const { max = Number.POSITIVE_INFINITY, idleTimeout } = this.options;
    const { signal } = this.ending;
    const receiver = this.createReceiver();
    this.activeAt = performance.now();
    for (;;) {
      await this.untilRoom();
      if (signal.aborted) return 'stopped';
      if (this.taken >= max) return 'max';
      const room = Math.min(this.capacity.room(this.inHand), max - this.taken);
      try {
        const messages = await receiver.receive(room, this.waitSeconds());
        if (messages.length > 0) this.take(messages);
        await this.gather(room, messages.length);
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        this.fail(error);
      }
      if (this.inHand > 0) this.activeAt = performance.now();
      const idle = performance.now() - this.activeAt;
      if (idleTimeout !== undefined && idle >= idleTimeout * 1000) return 'idle';
    }
  }

  /**
   * A short pause where messages come one by one, so that the next receive brings several: SQS bills requests, and a
   * long poll ends with the first message. The first ones after a silence are never held up.
   */
  private async gather(room: number, received: number): Promise<void> {
    const now = performance.now();
    const sinceLast = now - this.receivedAt;
    if (received > 0) this.receivedAt = now;
    if (received === 0 || received >= room || sinceLast > TRICKLE) return;
    await sleep(GATHER, undefined, { signal: this.ending.signal }).catch(() => {});
  }

  private createReceiver(): Receiver {
    const { aws, queueUrl, subscriber, onProblem } = this.options;
    return createReceiver({
      product: receiverProduct('subscriber', subscriber, process.pid),
      aws,
      queueUrl,
      signal: this.ending.signal,
      retryFor: this.options.retryFor ?? CONSUMER_DEFAULTS.retryFor,
      onTrouble: (error) => onProblem?.({ kind: 'trouble', subscriber, error }),
      onRecovered: (seconds) => {
        this.activeAt = performance.now();
        onProblem?.({ kind: 'recovered', subscriber, seconds });
      },
    });
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

  /** Resolves when another receive is worth it, or the run ends. */
  private async untilRoom(): Promise<void> {
    while (!this.ending.signal.aborted && !this.capacity.enough(this.inHand)) {
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
  }

  private take(messages: readonly ReceivedMessage[]): void {
    const receivedAt = performance.now();
    this.taken += messages.length;
    for (const message of messages) {
      const { messageId, receiptHandle } = message;
      const held = { messageId, receiptHandle, receivedAt, heldSince: receivedAt };
      const taken = { message, ...held };
      this.waiting.add(taken);
      this.heartbeat.keep(taken);
    }
    this.beginNext();
  }

  /** Begins what handlers are free for. */
  private beginNext(): void {
    while (!this.ending.signal.aborted && this.running.size < this.concurrency) {
      const next = this.waiting.next();
      if (next === undefined) return;
      const { visibility = DEFAULT_VISIBILITY } = this;
      if (performance.now() > next.heldSince + visibility * 1000) {
        this.taken--;
        void this.heartbeat.end(next);
        const { subscriber, onProblem } = this.options;
        onProblem?.({ kind: 'expired', subscriber, messageId: next.messageId });
        this.holdBack(next);
        this.waiting.done(next);
        continue;
      }
      const run = this.handle(next).finally(() => {
        this.running.delete(run);
        this.waiting.done(next);
        this.beginNext();
        this.wake();
      });
      this.running.add(run);
    }
  }

  private async handle(taken: Taken): Promise<void> {
    const { subscriber, queueUrl, handler } = this.options;
    const { messageId, receiveCount } = taken.message;
    const delivery = readDelivery(taken.message, { subscriber, queueUrl }, this.reader);
    const base = { subscriber, messageId, event: delivery.event, receiveCount };
    if ('reason' in delivery) {
      const { reason, body } = delivery;
      await this.settle(taken, { ...base, outcome: 'invalid', ms: 0, reason, body });
      return;
    }
    const eventId = this.reader.id(delivery.event);
    // Another copy of it is being handled: only when that went well is this one a duplicate.
    for (let other = this.handling.get(eventId); other; other = this.handling.get(eventId)) {
      await other;
    }
    try {
      if (this.handledEvents.has(subscriber, eventId)) {
        await this.settle(taken, { ...base, outcome: 'duplicate', ms: 0 });
        return;
      }
      const begun = performance.now();
      const run = this.runOnce(eventId, () =>
        runHandler(handler, delivery.event, delivery.facts, this.secondsFor(taken)),
      );
      const { fatal, ...end } = { fatal: undefined, ...(await run) };
      const ms = performance.now() - begun;
      this.capacity.took(ms);
      if (ms >= SLOW_HANDLER && this.visibility === undefined) void this.readVisibility();
      await this.settle(taken, { ...base, ...end, ms: Math.round(ms) });
      if (fatal) this.fail(fatal);
    } catch (error) {
      // Without its memory it could handle events twice, or skip what nobody handled.
      if (!(error instanceof AppError)) throw error;
      this.fail(error);
    }
  }

  /** Runs an event's handler, and remembers that it was handled; nobody else runs it meanwhile. */
  private async runOnce(eventId: string, run: () => Promise<HandlerEnd>): Promise<HandlerEnd> {
    const running = run().then((end) => {
      if (end.outcome === 'handled') this.handledEvents.add(this.options.subscriber, eventId);
      return end;
    });
    this.handling.set(
      eventId,
      running.catch(() => {}),
    );
    try {
      return await running;
    } finally {
      this.handling.delete(eventId);
    }
  }

  /** Seconds that a handler may take: never beyond those for which SQS keeps the message hidden at the most. */
  private secondsFor({ receivedAt }: Taken): number {
    const { timeout = MAX_VISIBILITY_SECONDS } = this.options;
    const left = MAX_VISIBILITY_SECONDS - (performance.now() - receivedAt) / 1000;
    return Math.min(timeout, Math.max(1, left - LAST_SECONDS));
  }

  /** Counts and tells what became of a message, and gives it back to SQS. */
  private async settle(taken: Taken, consumed: Consumed<E>): Promise<void> {
    const { retryDelay, onMessage } = this.options;
    // An extension that is under way would undo what comes now.
    await this.heartbeat.end(taken);
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

  private fail(error: AppError): void {
    this.fatal ??= error;
    this.ending.abort();
  }
}
