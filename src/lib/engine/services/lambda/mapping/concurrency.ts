/** "Lambda … starts processing five batches at a time with five concurrent invocations" (Scaling). */
const INITIAL = 5;
/** What failures bring it down to ("may scale … to as few as two"). */
const LEAST = 2;
/** "adding up to 300 concurrent invocations … each minute", one at a time. */
const STEP_MS = 200;

/** How many batches of a mapping are under way at a time: more while there is backlog, fewer after failures. */
export class Concurrency {
  readonly #most: number;
  readonly #now: () => number;
  #limit: number;
  #steppedAt = 0;
  /** Whether no batch has succeeded since the last failure. */
  #failing = false;

  /** @param most the mapping's `MaximumConcurrency`, or the machine's. @param now milliseconds. */
  constructor(most: number, now: () => number) {
    this.#most = most;
    this.#now = now;
    this.#limit = Math.min(INITIAL, most);
  }

  get limit(): number {
    return this.#limit;
  }

  /** There is more than the batches under way. */
  backlog(): void {
    const now = this.#now();
    if (this.#failing || this.#limit >= this.#most || now - this.#steppedAt < STEP_MS) return;
    this.#steppedAt = now;
    this.#limit += 1;
  }

  /** The queue is empty: scaling begins anew, unless what is there can't be handled at present. */
  idle(): void {
    if (!this.#failing) this.#limit = Math.min(INITIAL, this.#most);
  }

  /** The function handled a batch. */
  succeeded(): void {
    this.#failing = false;
  }

  /** The function failed, or was throttled: nothing is added until it has handled a batch. */
  failed(): void {
    this.#failing = true;
    this.#limit = Math.max(Math.min(LEAST, this.#most), Math.floor(this.#limit / 2));
  }
}
