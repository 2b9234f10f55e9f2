import { traceIdsOf } from '../../../rules/trace-context.ts';
import { ByTrace } from './by-trace.ts';

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
  readonly #byTrace = new ByTrace<string>();

  constructor(most = MAX_MESSAGES) {
    this.#most = most;
  }

  /** Keeps a message's trace. One that is known was accepted before: a FIFO queue answers a repeated send so. */
  add(messageId: string, given: string): void {
    if (this.#traceparents.has(messageId)) return;
    // A copy: a part of the request would keep all of it in memory.
    const traceparent = Buffer.from(given).toString();
    this.#traceparents.set(messageId, traceparent);
    this.#byTrace.add(traceIdsOf(traceparent).traceId, messageId);
    if (this.#traceparents.size > this.#most) this.#dropOldest();
  }

  /** The `traceparent` that a message carries; undefined where none is known. */
  traceparentOf(messageId: string): string | undefined {
    return this.#traceparents.get(messageId);
  }

  /** The messages that carry a trace, the oldest first. */
  messagesOf(traceId: string): string[] {
    return this.#byTrace.of(traceId);
  }

  clear(): void {
    this.#traceparents.clear();
    this.#byTrace.clear();
  }

  #dropOldest(): void {
    const { value: messageId = '' } = this.#ids.next();
    const { traceId } = traceIdsOf(this.#traceparents.get(messageId) ?? '');
    this.#traceparents.delete(messageId);
    this.#byTrace.remove(traceId, messageId);
  }
}
