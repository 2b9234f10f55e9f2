import type { TraceSpan } from '../../../rules/trace-span.ts';
import { ByTrace } from './by-trace.ts';

/** What is kept: spans, and characters of their JSON texts. */
export interface SpanStoreLimits {
  readonly spans: number;
  readonly characters: number;
}

/** The newest 20,000 spans in 16 Mi characters. */
const LIMITS: SpanStoreLimits = { spans: 20_000, characters: 16 * 1024 * 1024 };

interface Stored {
  readonly text: string;
  /** Its trace, and those that it links to. */
  readonly traceIds: ReadonlySet<string>;
}

/** The newest spans that programs exported, in memory, gone with the engine. */
export class SpanStore {
  readonly #limits: SpanStoreLimits;
  /** By the ids of trace and span, the oldest first. */
  readonly #stored = new Map<string, Stored>();
  /** Goes on from the last that was dropped: one that begins anew would go past the places of all before. */
  readonly #oldest = this.#stored.entries();
  readonly #byTrace = new ByTrace<Stored>();
  #characters = 0;

  constructor(limits = LIMITS) {
    this.#limits = limits;
  }

  /** Keeps a span. One that is there already was exported again, since the first answer did not get through. */
  add(span: TraceSpan): void {
    const key = `${span.traceId} ${span.spanId}`;
    if (this.#stored.has(key)) return;
    const traceIds = new Set([span.traceId, ...span.links.map(({ traceId }) => traceId)]);
    const stored = { text: JSON.stringify(span), traceIds };
    this.#stored.set(key, stored);
    this.#characters += stored.text.length;
    for (const traceId of traceIds) this.#byTrace.add(traceId, stored);
    this.#dropOldest();
  }

  /** The spans of a trace and those that link to it, in the order in which they came. */
  find(traceId: string): TraceSpan[] {
    return this.#byTrace.of(traceId).map(({ text }) => JSON.parse(text) as TraceSpan);
  }

  clear(): void {
    this.#stored.clear();
    this.#byTrace.clear();
    this.#characters = 0;
  }

  #dropOldest(): void {
    const { spans, characters } = this.#limits;
    while (this.#stored.size > spans || this.#characters > characters) {
      const { value: entry } = this.#oldest.next();
      if (entry === undefined) return;
      const [key, oldest] = entry;
      this.#stored.delete(key);
      this.#characters -= oldest.text.length;
      for (const traceId of oldest.traceIds) this.#byTrace.remove(traceId, oldest);
    }
  }
}
