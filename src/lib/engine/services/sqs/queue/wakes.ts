import type { Clock, Scheduled } from '../../../clock.ts';
import { IndexedHeap } from './indexed-heap.ts';
import type { Queue } from './queue.ts';

/** When something is due in which queue: one schedule for the next due thing of all queues, none when nothing is. */
export class Wakes {
  readonly #clock: Clock;
  readonly #onDue: (queue: Queue, now: number) => void;
  /** Soonest first. */
  readonly #queues = new IndexedHeap<Queue>((a, b) => a.wakeAt < b.wakeAt);
  #armed: Scheduled | undefined;
  #armedFor = Number.POSITIVE_INFINITY;

  /** `onDue` MUST set the queue's next wake. */
  constructor(clock: Clock, onDue: (queue: Queue, now: number) => void) {
    this.#clock = clock;
    this.#onDue = onDue;
  }

  /** Makes sure that the queue is looked at no later than `time` (ms since the epoch). */
  lookAgainAt(queue: Queue, time: number): void {
    if (time < queue.wakeAt) this.set(queue, time);
  }

  /** Sets when the queue is looked at next, `Infinity` for when something happens to it. */
  set(queue: Queue, time: number): void {
    this.#queues.remove(queue);
    queue.wakeAt = time;
    if (time !== Number.POSITIVE_INFINITY) this.#queues.push(queue);
    this.#arm();
  }

  #arm(): void {
    const next = this.#queues.first?.wakeAt ?? Number.POSITIVE_INFINITY;
    if (next >= this.#armedFor) return;
    this.#armed?.cancel();
    this.#armedFor = next;
    this.#armed = this.#clock.schedule(next, () => this.#wake());
  }

  #wake(): void {
    this.#armed = undefined;
    this.#armedFor = Number.POSITIVE_INFINITY;
    const now = this.#clock.now();
    for (;;) {
      const queue = this.#queues.first;
      if (queue === undefined || queue.wakeAt > now) break;
      this.#onDue(queue, now);
    }
    this.#arm();
  }
}
