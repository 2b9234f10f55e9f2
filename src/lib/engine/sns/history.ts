import type { AcceptedMessage } from './fan-out.ts';
import type { Topic } from './topic.ts';

/** A message that a topic accepted. It points to what the fan-out made anyway: keeping it copies nothing. */
export interface PublishedMessage {
  readonly message: AcceptedMessage;
  /** Milliseconds since the epoch. */
  readonly time: number;
}

/** What is kept: messages and bytes of one topic, and bytes of all topics together. */
export interface HistoryLimits {
  readonly messages: number;
  readonly bytes: number;
  readonly totalBytes: number;
}

export const HISTORY_LIMITS: HistoryLimits = {
  messages: 10_000,
  bytes: 16 * 1024 * 1024,
  totalBytes: 64 * 1024 * 1024,
};

/** What a message weighs besides its body and attributes, in bytes. */
const WEIGHT = 256;

/** What was published lately, by topic: the newest messages, in memory, gone with the engine. */
export class History {
  readonly #limits: HistoryLimits;
  readonly #since: number;
  readonly #topics = new Map<string, Ring>();
  #bytes = 0;

  /** @param since when the engine began, in milliseconds since the epoch. */
  constructor(since: number, limits = HISTORY_LIMITS) {
    this.#since = since;
    this.#limits = limits;
  }

  add(topic: Topic, message: AcceptedMessage, time: number): void {
    let ring = this.#topics.get(topic.arn);
    if (ring === undefined) {
      ring = new Ring(this.#limits.messages, this.#since);
      this.#topics.set(topic.arn, ring);
    }
    const { bytes, totalBytes } = this.#limits;
    const before = ring.bytes;
    if (ring.size === this.#limits.messages) ring.dropOldest();
    ring.add({ message, time });
    while (ring.bytes > bytes) ring.dropOldest();
    this.#bytes += ring.bytes - before;
    while (this.#bytes > totalBytes) this.#shrinkLargest();
  }

  /** Forgets a topic that was deleted. */
  forget(topicArn: string): void {
    this.#bytes -= this.#topics.get(topicArn)?.bytes ?? 0;
    this.#topics.delete(topicArn);
  }

  /**
   * The messages of a topic from `since` on, the oldest first, and the time from which on none is missing; both in
   * milliseconds since the epoch.
   */
  read(
    topicArn: string,
    since = 0,
  ): { readonly from: number; readonly messages: PublishedMessage[] } {
    const ring = this.#topics.get(topicArn);
    if (ring === undefined) return { from: this.#since, messages: [] };
    return { from: ring.from, messages: ring.since(since) };
  }

  /** An eighth at once, so that looking for the largest is rare. */
  #shrinkLargest(): void {
    let largest: Ring | undefined;
    for (const ring of this.#topics.values()) {
      if (largest === undefined || ring.bytes > largest.bytes) largest = ring;
    }
    if (largest === undefined) return;
    const before = largest.bytes;
    for (let count = Math.ceil(largest.size / 8); count > 0; count -= 1) largest.dropOldest();
    this.#bytes -= before - largest.bytes;
  }
}

/** The newest messages of one topic. */
class Ring {
  readonly #capacity: number;
  readonly #slots: (PublishedMessage | undefined)[] = [];
  /** Numbers of the oldest message and of the next one; a message lies at its number modulo the capacity. */
  #first = 0;
  #next = 0;
  /** The time from which on nothing is missing. */
  from: number;
  bytes = 0;

  constructor(capacity: number, from: number) {
    this.#capacity = capacity;
    this.from = from;
  }

  get size(): number {
    return this.#next - this.#first;
  }

  /** There MUST be room. */
  add(published: PublishedMessage): void {
    this.#slots[this.#next % this.#capacity] = published;
    this.#next += 1;
    this.bytes += published.message.bytes + WEIGHT;
  }

  dropOldest(): void {
    const slot = this.#first % this.#capacity;
    const oldest = this.#slots[slot];
    if (oldest === undefined || this.size === 0) return;
    this.#slots[slot] = undefined;
    this.#first += 1;
    this.bytes -= oldest.message.bytes + WEIGHT;
    // Others of the same millisecond may be left.
    this.from = Math.max(this.from, oldest.time + 1);
  }

  since(time: number): PublishedMessage[] {
    const found: PublishedMessage[] = [];
    for (let number = this.#first; number < this.#next; number += 1) {
      const published = this.#slots[number % this.#capacity];
      if (published !== undefined && published.time >= time) found.push(published);
    }
    return found;
  }
}
