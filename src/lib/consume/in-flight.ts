import type { ReceivedMessage } from '../aws/received-messages.ts';
import type { ConsumeOptions } from './consume-options.ts';
import type { Consumed, ConsumeProblem, ConsumeSummary } from './consumed.ts';
import { createFailingGroups } from './failing-groups.ts';
import { createHeartbeat, type Heartbeat, type Kept } from './heartbeat.ts';
import type { MessageWork, Worked } from './message-work.ts';
import { DEFAULT_VISIBILITY, type QueueVisibility } from './queue-visibility.ts';
import { retryDelaySeconds } from './retry-delay.ts';
import { createSettler, type Settler } from './settler.ts';
import { createWaitingLine, type WaitingLine } from './waiting-line.ts';

export interface InHandOptions<E>
  extends Pick<
    ConsumeOptions<E>,
    'queue' | 'subscriber' | 'retryDelay' | 'onMessage' | 'onProblem' | 'tracing'
  > {
  /** Handlers at once, from 1. */
  readonly concurrency: number;
  readonly visibility: QueueVisibility;
  /** Once it is aborted no message is begun any more. */
  readonly signal: AbortSignal;
  readonly work: MessageWork<E>;
  /** Told each message that was worked on, before the next one is begun. */
  readonly onWorked: (worked: Worked<E>) => void;
  /** Told what can't be mended. MUST abort the signal. */
  readonly onFatal: (error: unknown) => void;
}

/** A received message that waits for a handler. */
interface Taken extends Kept {
  readonly message: ReceivedMessage;
  traceparent: string | undefined;
}

/**
 * The messages of one consumer from their receive until SQS has them back: they wait for a handler, are kept hidden,
 * worked on, and then deleted or shown again. Of a FIFO queue's group one at a time is worked on.
 */
export class InHand<E> {
  readonly outcomes = { handled: 0, failed: 0, invalid: 0, timeout: 0, duplicate: 0 };
  /** Messages taken, without those that were given back unbegun because of another one. */
  taken = 0;
  deleted = 0;
  released = 0;
  /** Groups of a FIFO queue that wait for a message of theirs that failed. */
  readonly failing = createFailingGroups();
  private readonly options: InHandOptions<E>;
  private readonly isFifo: boolean;
  private readonly waiting: WaitingLine<Taken>;
  /** Whether the last poll has ended. */
  private polled = false;
  /** What nobody handled, for the handler can handle nothing any more. */
  private readonly unhandled: Taken[] = [];
  private readonly running = new Set<Promise<void>>();
  private readonly heartbeat: Heartbeat;
  private readonly settler: Settler;

  constructor(options: InHandOptions<E>) {
    const { queue, subscriber, visibility, tracing } = options;
    this.options = options;
    this.isFifo = queue.fifo;
    this.waiting = createWaitingLine((taken) => this.groupOf(taken));
    this.settler = createSettler({
      queue,
      tracing,
      visibility: () => visibility.read(),
      onDeleted: () => {
        this.deleted++;
      },
      onUndeleted: (messageId, reason) =>
        this.tell({ kind: 'undeleted', subscriber, messageId, reason }),
      onFatal: options.onFatal,
    });
    this.heartbeat = createHeartbeat({
      queue,
      visibility: () => visibility.read(),
      onLost: (messageId, reason) =>
        this.tell({ kind: 'unextended', subscriber, messageId, reason }),
    });
  }

  /** Messages that wait or are worked on. */
  get size(): number {
    return this.waiting.size + this.running.size;
  }

  get counts(): Pick<ConsumeSummary, 'outcomes' | 'deleted' | 'released'> {
    return { outcomes: this.outcomes, deleted: this.deleted, released: this.released };
  }

  take(messages: readonly ReceivedMessage[]): void {
    const receivedAt = performance.now();
    this.taken += messages.length;
    for (const message of messages) {
      const { messageId, receiptHandle } = message;
      const taken: Taken = {
        message,
        messageId,
        receiptHandle,
        receivedAt,
        heldSince: receivedAt,
        traceparent: undefined,
      };
      this.waiting.add(taken);
      this.heartbeat.keep(taken);
    }
    // Where the run was stopped meanwhile, `finish` gives these back.
    this.beginNext();
  }

  /**
   * Makes visible again what waits, and what the handler was gone for; once the last poll has ended, and before that not:
   * a poll that goes on would take what is given back, and its answer might come too late.
   */
  release(): void {
    if (!this.polled) return;
    for (const taken of this.waiting.clear()) this.giveBack(taken);
    for (const taken of this.unhandled.splice(0)) this.giveBack(taken);
  }

  /**
   * Waits for the handlers, gives back what was not begun, and deletes what was handled. MUST be called when the last
   * poll has ended.
   */
  async finish(): Promise<void> {
    this.polled = true;
    // At once, not after the handlers: others can have these, and a container may be killed before those are done.
    if (this.options.signal.aborted) this.release();
    while (this.running.size > 0) await Promise.all(this.running);
    this.release();
    await this.settler.finish();
  }

  /** Begins what handlers are free for. */
  private beginNext(): void {
    const { signal, concurrency, visibility } = this.options;
    while (!signal.aborted && this.running.size < concurrency) {
      const next = this.waiting.next();
      if (next === undefined) return;
      const { seconds = DEFAULT_VISIBILITY } = visibility;
      if (performance.now() > next.heldSince + seconds * 1000) this.dropExpired(next);
      else this.begin(next);
    }
  }

  private begin(taken: Taken): void {
    const run = this.workOn(taken).then((worked) => {
      this.running.delete(run);
      this.waiting.done(taken);
      // It may end the run: then nothing more is begun.
      if (worked !== undefined) this.options.onWorked(worked);
      this.beginNext();
    });
    this.running.add(run);
  }

  private async workOn(taken: Taken): Promise<Worked<E> | undefined> {
    try {
      const worked = await this.options.work(taken.message, taken.receivedAt);
      if (worked.fatal !== undefined) {
        // The handler is gone, not the event bad: it comes again at once, behind nobody of its group.
        this.holdBack(taken);
        // Given back with what waits.
        this.unhandled.push(taken);
        return worked;
      }
      const extending = this.heartbeat.end(taken);
      // An extension that is under way would undo what comes now.
      if (extending !== undefined) await extending;
      taken.traceparent = worked.traceparent;
      this.settle(taken, worked.consumed);
      return worked;
    } catch (error) {
      // Without its memory it could handle events twice, or skip what nobody handled.
      this.options.onFatal(error);
      return undefined;
    }
  }

  /** Counts and tells what became of a message, and gives it back to SQS. */
  private settle(taken: Taken, consumed: Consumed<E>): void {
    const { retryDelay, visibility, onMessage } = this.options;
    const { outcome } = consumed;
    const group = this.groupOf(taken);
    this.outcomes[outcome]++;
    onMessage?.(consumed);
    if (outcome === 'handled' || outcome === 'duplicate') {
      if (group !== undefined) this.failing.passed(group);
      this.settler.delete(taken);
      return;
    }
    this.holdBack(taken);
    const age = (performance.now() - taken.receivedAt) / 1000;
    const delay =
      retryDelay === undefined
        ? undefined
        : retryDelaySeconds(retryDelay, consumed.receiveCount, age);
    if (delay !== undefined) this.settler.show(taken, delay);
    if (group !== undefined) {
      this.failing.failed(group, delay ?? visibility.seconds ?? DEFAULT_VISIBILITY);
    }
  }

  /** The group whose order counts; a standard queue's groups are about fairness, and have none. */
  private groupOf({ message }: Taken): string | undefined {
    return this.isFifo ? message.groupId : undefined;
  }

  private dropExpired(taken: Taken): void {
    const { subscriber } = this.options;
    this.taken--;
    void this.heartbeat.end(taken);
    this.tell({ kind: 'expired', subscriber, messageId: taken.messageId });
    this.holdBack(taken);
    this.waiting.done(taken);
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
}
