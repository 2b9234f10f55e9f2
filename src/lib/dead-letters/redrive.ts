import { setTimeout as sleep } from 'node:timers/promises';
import { retried } from '../aws/retried.ts';
import { messageBytes } from '../aws/sent-messages.ts';
import type { StoredMessage } from '../aws/stored-message.ts';
import type { StoredQueue } from '../aws/stored-queue.ts';
import { AppError } from '../rules/errors.ts';
import { MAX_RECEIVE_MESSAGES, SNS_MAX_MESSAGE_BYTES } from '../rules/limits.ts';
import { parseArn } from '../rules/names.ts';
import {
  type DeadLetter,
  type DeadLetterFilter,
  EVERY_DEAD_LETTER,
  isMeant,
  isUnfiltered,
  readDeadLetter,
} from './dead-letter.ts';
import { createHold, HIDE_SECONDS, type Hold, lookThrough } from './hold.ts';

export interface RedriveOptions {
  readonly dlq: StoredQueue;
  /** Where messages go that don't say which queue they came from. */
  readonly queue: StoredQueue;
  /** Whether all go to `queue`, wherever they came from. */
  readonly toOneQueue?: boolean;
  /** Aborted to take no more; what is in hand is finished. */
  readonly signal: AbortSignal;
  /** Which messages; all unless given. */
  readonly filter?: DeadLetterFilter;
  /** Messages to send back at the most. */
  readonly max?: number | undefined;
  /** Messages a second at the most. */
  readonly rate?: number | undefined;
  /** Only looks which messages it would send back. */
  readonly dryRun?: boolean;
  /** Waits for messages that somebody else holds: what a killed run left behind is visible again within 30 s. */
  readonly waitForHidden?: boolean;
  /** Told each message that is meant, before it is sent. */
  readonly onMeant?: (letter: DeadLetter) => void;
  readonly onProgress?: (moved: number, looked: number) => void;
  /** Told how many messages are waited for, and for how many seconds at the most. */
  readonly onWait?: (hidden: number, seconds: number) => void;
}

export interface RedriveFailure {
  readonly messageId: string;
  readonly reason: string;
}

export interface RedriveResult {
  /** Messages looked at. */
  readonly looked: number;
  /** Messages that the filter meant, up to the bound. */
  readonly matched: number;
  /** Sent, confirmed, and deleted from the dead-letter queue. */
  readonly moved: number;
  /** Still in the dead-letter queue. Where one was sent but not deleted, the reason says so. */
  readonly failures: readonly RedriveFailure[];
  /** What ended the run early. */
  readonly fatal: AppError | undefined;
}

/** Batches under way at once; a FIFO queue's go one after another, in their order. */
const FLIGHTS = 4;

/**
 * Sends messages of a dead-letter queue back to the queue that each came from, or all to one queue, with attributes, group and trace header.
 * A message is deleted only when the queue has confirmed it; a run that is killed in between leaves it in both, so that
 * it may be delivered twice, with the same event id. On FIFO queues a second run within five minutes is deduplicated.
 * @returns what was done, also where it ended early.
 */
export async function redrive(options: RedriveOptions): Promise<RedriveResult> {
  return new Redrive(options).run();
}

/** One run of a redrive. */
class Redrive {
  private readonly options: RedriveOptions;
  private readonly hold: Hold;
  private readonly filter: DeadLetterFilter;
  private readonly max: number;
  private readonly destinations = new Map<string, Promise<StoredQueue | undefined>>();
  private readonly flights = new Set<Promise<void>>();
  private readonly failures: RedriveFailure[] = [];
  private readonly started = performance.now();
  private fatal: AppError | undefined;
  private looked = 0;
  private matched = 0;
  private moved = 0;

  constructor(options: RedriveOptions) {
    this.options = options;
    this.hold = createHold(options.dlq);
    this.filter = options.filter ?? EVERY_DEAD_LETTER;
    this.max = options.max ?? Number.POSITIVE_INFINITY;
  }

  async run(): Promise<RedriveResult> {
    try {
      await this.drain();
      if (this.options.waitForHidden && !this.options.dryRun) await this.drainHidden();
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      this.fatal ??= error;
    } finally {
      await Promise.all(this.flights);
      await this.hold.release();
    }
    const { looked, matched, moved, failures, fatal } = this;
    return { looked, matched, moved, failures, fatal };
  }

  private get ended(): boolean {
    return this.options.signal.aborted || this.fatal !== undefined || this.matched >= this.max;
  }

  private async drain(expected?: number): Promise<void> {
    const { dlq, signal, rate = Number.POSITIVE_INFINITY } = this.options;
    const limit = isUnfiltered(this.filter) ? this.max - this.matched : Number.POSITIVE_INFINITY;
    const { visible } = await dlq.depth();
    const look = lookThrough(this.hold, {
      signal,
      limit,
      // At higher rates messages come in small groups, so that they still share requests.
      atOnce: Math.min(MAX_RECEIVE_MESSAGES, Math.max(1, Math.floor(rate / 10))),
      expected: expected ?? visible,
    });
    for await (const messages of look) {
      await this.take(messages);
      if (this.ended) break;
    }
    await Promise.all(this.flights);
  }

  /** Goes on with what others hold, as long as that can last. */
  private async drainHidden(): Promise<void> {
    const { dlq, signal, onWait } = this.options;
    const giveUpAt = performance.now() + (HIDE_SECONDS + 2) * 1000;
    for (let told = false; !this.ended && performance.now() < giveUpAt; ) {
      const { hidden, visible } = await dlq.depth();
      if (visible > 0) await this.drain(0);
      // Counts are approximate; what this run holds is hidden, too.
      const others = hidden - this.hold.size;
      if (others <= 0) return;
      if (!told) onWait?.(others, HIDE_SECONDS);
      told = true;
      await sleep(500, undefined, { signal }).catch(() => {});
    }
  }

  private async take(messages: readonly StoredMessage[]): Promise<void> {
    const { dryRun, onMeant, onProgress, dlq } = this.options;
    this.looked += messages.length;
    onProgress?.(this.moved, this.looked);
    const now = Date.now();
    const meant = messages
      .map(readDeadLetter)
      .filter((letter) => isMeant(letter, this.filter, now))
      .slice(0, this.max - this.matched);
    for (const letter of meant) onMeant?.(letter);
    if (!dryRun) await this.pace();
    this.matched += meant.length;
    if (dryRun || meant.length === 0) return;
    for (const { queue, batch } of await this.batches(meant.map(({ message }) => message))) {
      const flight = this.move(queue, batch)
        .catch((error: unknown) => {
          if (!(error instanceof AppError)) throw error;
          this.fatal ??= error;
        })
        .finally(() => this.flights.delete(flight));
      this.flights.add(flight);
      const most = dlq.fifo ? 1 : FLIGHTS;
      while (this.flights.size >= most) await Promise.race(this.flights);
    }
  }

  /** Waits until the rate allows more; what is held meanwhile stays held. */
  private async pace(): Promise<void> {
    const { rate, signal } = this.options;
    if (rate === undefined) return;
    const due = this.started + (this.matched / rate) * 1000;
    for (let wait = due - performance.now(); wait > 0; wait = due - performance.now()) {
      await sleep(Math.min(wait, 5_000), undefined, { signal }).catch(() => {});
      if (signal.aborted) return;
      await this.hold.renew();
    }
  }

  /** Groups messages by where they go, no more at once than every SQS takes in a request. */
  private async batches(messages: readonly StoredMessage[]) {
    const batches: { queue: StoredQueue; batch: StoredMessage[]; bytes: number }[] = [];
    for (const message of messages) {
      const queue = await this.destination(message);
      if (queue === undefined) {
        const reason = `the queue it came from is gone (${message.sourceArn ?? message.sourceQueue})`;
        this.failures.push({ messageId: message.messageId, reason });
        continue;
      }
      const bytes = messageBytes(message);
      const open = batches.findLast((each) => each.queue === queue);
      if (open && open.bytes + bytes <= SNS_MAX_MESSAGE_BYTES) {
        open.batch.push(message);
        open.bytes += bytes;
      } else {
        batches.push({ queue, batch: [message], bytes });
      }
    }
    return batches;
  }

  /** A queue and its dead-letter queue are of one account and region, so a name is enough. */
  private destination({ sourceArn, sourceQueue }: StoredMessage): Promise<StoredQueue | undefined> {
    const { dlq, queue, toOneQueue = false } = this.options;
    const source = sourceArn === undefined ? sourceQueue : parseArn(sourceArn)?.resource;
    const name = toOneQueue ? undefined : source;
    if (name === undefined || name === queue.name) return Promise.resolve(queue);
    const known = this.destinations.get(name) ?? dlq.sibling(name);
    this.destinations.set(name, known);
    return known;
  }

  private async move(queue: StoredQueue, batch: readonly StoredMessage[]): Promise<void> {
    const { dlq, onProgress } = this.options;
    const { fifo } = queue;
    const outgoing = batch.map((message) => ({
      ...message,
      // New to the queue, and yet the same when a killed run is repeated.
      deduplicationId: fifo ? `redrive-${message.messageId}` : undefined,
    }));
    const sent = await retried(outgoing, (open) =>
      queue.send(
        open.map(({ deduplicationId, ...message }) =>
          deduplicationId === undefined ? message : { ...message, deduplicationId },
        ),
      ),
    );
    const taken = batch.filter((message, index) => {
      const result = sent[index];
      if (result?.ok === false) this.fail(message, result.reason);
      return result?.ok;
    });
    const deleted = await retried(taken, (open) =>
      dlq.delete(open.map((message) => this.hold.handle(message))),
    );
    taken.forEach((message, index) => {
      const result = deleted[index];
      if (result?.ok === false) this.fail(message, `sent, but not deleted: ${result.reason}`);
      else {
        this.hold.forget(message);
        this.moved++;
      }
    });
    onProgress?.(this.moved, this.looked);
  }

  private fail({ messageId }: StoredMessage, reason: string): void {
    this.failures.push({ messageId, reason });
  }
}
