import { traceIdsOf } from '../../../rules/trace-context.ts';

/** Messages whose traces are kept, the newest. */
const MAX_MESSAGES = 20_000;

/** Which trace each message carries, by the id that it has in its topic, or in the queue that it was sent to. */
export class MessageTraces {
  readonly #most: number;
  /** The oldest first. */
  readonly #traceparents = new Map<string, string>();
  /**
   * Goes on from the last that was dropped: one that begins anew would go past the places of all those that were dropped
   * before, some 20 µs for each message.
   */
  readonly #ids = this.#traceparents.keys();
  readonly #byTrace = new Map<string, Set<string>>();

  constructor(most = MAX_MESSAGES) {
    this.#most = most;
  }

  add(messageId: string, given: string): void {
    // A copy: a part of the request would keep all of it in memory.
    const traceparent = Buffer.from(given).toString();
    const { traceId } = traceIdsOf(traceparent);
    this.#traceparents.set(messageId, traceparent);
    const others = this.#byTrace.get(traceId);
    if (others === undefined) this.#byTrace.set(traceId, new Set([messageId]));
    else others.add(messageId);
    if (this.#traceparents.size > this.#most) this.#dropOldest();
  }

  /** The `traceparent` that a message carries; undefined where none is known. */
  traceparentOf(messageId: string): string | undefined {
    return this.#traceparents.get(messageId);
  }

  /** The messages that carry a trace, the oldest first. */
  messagesOf(traceId: string): string[] {
    return [...(this.#byTrace.get(traceId) ?? [])];
  }

  clear(): void {
    this.#traceparents.clear();
    this.#byTrace.clear();
  }

  #dropOldest(): void {
    const { value: messageId = '' } = this.#ids.next();
    const { traceId } = traceIdsOf(this.#traceparents.get(messageId) ?? '');
    this.#traceparents.delete(messageId);
    const others = this.#byTrace.get(traceId);
    others?.delete(messageId);
    if (others?.size === 0) this.#byTrace.delete(traceId);
  }
}
