import { setTimeout as sleep } from 'node:timers/promises';
import type { MessageQueue } from '../aws/message-queue.ts';
import { createReceiver, type Receiver } from '../consume/receiver.ts';
import { createSettler } from '../consume/settler.ts';
import { type Condition, meets } from '../events/where.ts';
import type { AppError } from '../rules/errors.ts';
import { type FilterPolicy, matchFilterPolicy } from '../rules/filter-policy/index.ts';
import { MAX_RECEIVE_MESSAGES, MAX_WAIT_SECONDS } from '../rules/limits.ts';
import { filterable, readTapped, type Tapped } from './tapped.ts';

/** Polls at once while messages come faster than one poll can bring them. */
const MAX_POLLS = 8;
/** Seconds for which calls may fail in a row before the tap ends. */
const RETRY_FOR = 300;
/** Milliseconds until the next poll where one came back at once with nothing. */
const PAUSE = 200;
/** Message ids that are remembered, to show a message once that comes twice. */
const REMEMBERED = 20_000;
/** What SQS hides a received message for, in seconds; the tap's queue has the default. */
const VISIBILITY = 30;

/** How a tap ended: asked to, enough shown, nothing came for the idle time, or its time was over. */
export type TapEnd = 'stopped' | 'max' | 'idle' | 'duration';

/** Counts of a tap's whole run. */
export interface TapSummary {
  readonly end: TapEnd;
  /** Messages that came. */
  readonly seen: number;
  /** Those of them that were shown. */
  readonly shown: number;
}

/** What a tap met besides messages. */
export type TapProblem =
  | { readonly kind: 'trouble'; readonly error: AppError }
  | { readonly kind: 'recovered'; readonly seconds: number };

export interface TapOptions {
  /** The tap's own queue: what it receives from there it deletes. */
  readonly queue: MessageQueue;
  /** Aborted to end at once. */
  readonly signal: AbortSignal;
  /** Told each message that is to be shown. MUST NOT throw. */
  readonly onMessage: (message: Tapped) => void;
  /** Told what else happened. MUST NOT throw. */
  readonly onProblem?: (problem: TapProblem) => void;
  /** Awaited before each receive: what can't be shown yet stays in the queue. */
  readonly ready?: () => Promise<void>;
  /** Messages that come before those of the queue, such as a topic's history; shown once where the queue has them too. */
  readonly before?: AsyncIterable<Tapped> | undefined;
  /** Shows what passes it; the subscription's own, which AWS may need 15 minutes to heed. */
  readonly policy?: FilterPolicy | undefined;
  /** Shows what meets all of them. */
  readonly where?: readonly Condition[];
  /** Messages to show before the run ends. */
  readonly max?: number | undefined;
  /** Seconds without a message to show after which the run ends. */
  readonly idleTimeout?: number | undefined;
  /** Seconds after which the run ends. */
  readonly duration?: number | undefined;
}

/**
 * Shows what comes into a queue, with more polls at once the more there is, and deletes it in batches.
 * @returns how it ended. @throws AppError when the queue is gone, or calls fail for too long.
 */
export function tapQueue(options: TapOptions): Promise<TapSummary> {
  return new Tap(options).run();
}

/** One run of a tap. */
class Tap {
  private readonly options: TapOptions;
  private readonly ending = new AbortController();
  private readonly ids = new Set<string>();
  private end: TapEnd = 'stopped';
  private failure: unknown;
  private seen = 0;
  private shown = 0;
  private polls = 0;
  private idle: NodeJS.Timeout | undefined;

  constructor(options: TapOptions) {
    this.options = options;
  }

  async run(): Promise<TapSummary> {
    const { signal, duration } = this.options;
    const stop = (): void => this.finish('stopped');
    const timer =
      duration === undefined
        ? undefined
        : setTimeout(() => this.finish('duration'), duration * 1000);
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
    try {
      await this.showBefore();
      this.awaitMore();
      await this.receive();
    } finally {
      clearTimeout(timer);
      clearTimeout(this.idle);
      signal.removeEventListener('abort', stop);
    }
    if (this.failure !== undefined) throw this.failure;
    return { end: this.end, seen: this.seen, shown: this.shown };
  }

  private finish(end: TapEnd): void {
    if (this.ending.signal.aborted) return;
    this.end = end;
    this.ending.abort();
  }

  private fail(error: unknown): void {
    // What fails because it ends is not a failure.
    if (!this.ending.signal.aborted) this.failure = error;
    this.finish('stopped');
  }

  private async showBefore(): Promise<void> {
    for await (const message of this.options.before ?? []) {
      await this.options.ready?.();
      if (this.ending.signal.aborted) return;
      this.show(message);
    }
  }

  private async receive(): Promise<void> {
    const { queue, onProblem } = this.options;
    const { signal } = this.ending;
    const receiver = createReceiver({
      queue,
      signal,
      retryFor: RETRY_FOR,
      onTrouble: (error) => onProblem?.({ kind: 'trouble', error }),
      onRecovered: (seconds) => onProblem?.({ kind: 'recovered', seconds }),
    });
    const settler = createSettler({
      queue,
      visibility: async () => VISIBILITY,
      onDeleted: () => {},
      // It comes once more, and its id is known.
      onUndeleted: () => {},
      onFatal: (error) => this.fail(error),
    });
    const running = new Set<Promise<void>>();
    const poll = (isFirst: boolean): void => {
      this.polls += 1;
      const loop = this.pollOn(receiver, isFirst, {
        onFull: () => {
          if (this.polls < MAX_POLLS) poll(false);
        },
        remove: (held) => settler.delete(held),
      })
        .catch((error: unknown) => this.fail(error))
        .finally(() => {
          this.polls -= 1;
          running.delete(loop);
        });
      running.add(loop);
    };
    if (!signal.aborted) poll(true);
    while (running.size > 0) await Promise.all(running);
  }

  /** Polls until the end; one that was begun for a rush only until it is over. */
  private async pollOn(
    receiver: Receiver,
    isFirst: boolean,
    on: {
      onFull: () => void;
      remove: (held: { messageId: string; receiptHandle: string; heldSince: number }) => void;
    },
  ): Promise<void> {
    const { signal } = this.ending;
    while (!signal.aborted) {
      await this.options.ready?.();
      const begun = performance.now();
      const messages = await receiver.receive(MAX_RECEIVE_MESSAGES, isFirst ? MAX_WAIT_SECONDS : 0);
      const now = Date.now();
      const tapped = messages.map((message) => {
        on.remove({ ...message, heldSince: begun });
        return readTapped(message, now);
      });
      // A standard queue hands them out in any order.
      tapped.sort((one, other) => (one.publishedAt ?? 0) - (other.publishedAt ?? 0));
      for (const message of tapped) this.show(message);
      const full = messages.length === MAX_RECEIVE_MESSAGES;
      if (full) on.onFull();
      else if (!isFirst) return;
      if (messages.length === 0 && performance.now() - begun < PAUSE) {
        await sleep(PAUSE, undefined, { signal }).catch(() => {});
      }
    }
  }

  private show(message: Tapped): void {
    const { max = Number.POSITIVE_INFINITY, onMessage } = this.options;
    if (this.ending.signal.aborted || !this.isNew(message)) return;
    this.seen += 1;
    if (!this.passes(message)) return;
    this.shown += 1;
    onMessage(message);
    this.awaitMore();
    if (this.shown >= max) this.finish('max');
  }

  /** SQS delivers at least once, and a topic's history and the queue overlap. */
  private isNew({ messageId }: Tapped): boolean {
    if (this.ids.has(messageId)) return false;
    this.ids.add(messageId);
    if (this.ids.size > REMEMBERED) {
      const [oldest] = this.ids;
      if (oldest !== undefined) this.ids.delete(oldest);
    }
    return true;
  }

  private passes(message: Tapped): boolean {
    const { policy, where = [] } = this.options;
    if (policy && !matchFilterPolicy(policy, filterable(message)).matched) return false;
    return where.every((condition) => meets(message.fields, condition));
  }

  /** Starts the idle time anew. */
  private awaitMore(): void {
    const { idleTimeout } = this.options;
    clearTimeout(this.idle);
    if (idleTimeout === undefined || this.ending.signal.aborted) return;
    this.idle = setTimeout(() => this.finish('idle'), idleTimeout * 1000);
  }
}
