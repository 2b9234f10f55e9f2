import type { KnownTrace, TraceSpan } from '../../rules/trace-span.ts';

/** A trace as it is shown: its spans below those that they belong to. */
export interface Waterfall {
  readonly traceId: string;
  /** Milliseconds since the epoch: of the trace's own spans. */
  readonly start: number;
  readonly end: number;
  readonly rows: readonly WaterfallRow[];
}

/** A span in its place. */
export interface WaterfallRow {
  readonly span: TraceSpan;
  /** How many spans of the trace it lies within; 0 for one whose parent is not known. */
  readonly depth: number;
  /** Whether it belongs to another trace, and links to this one: a request for several messages. */
  readonly isLinked: boolean;
}

/** Puts a trace's spans into order: each behind its parent, by their start; what links to it comes last. */
export function waterfallOf({ traceId, spans }: KnownTrace): Waterfall | undefined {
  const own = spans.filter((span) => span.traceId === traceId);
  const [first] = own;
  if (traceId === null || first === undefined) return undefined;
  const ids = new Set(own.map(({ spanId }) => spanId));
  const children = new Map<string, TraceSpan[]>();
  const roots: TraceSpan[] = [];
  for (const span of own) {
    const { parentSpanId } = span;
    if (parentSpanId === null || !ids.has(parentSpanId)) roots.push(span);
    else children.set(parentSpanId, [...(children.get(parentSpanId) ?? []), span]);
  }
  const rows: WaterfallRow[] = [];
  const seen = new Set<TraceSpan>();
  const place = (span: TraceSpan, depth: number): void => {
    // Ids come from anybody: two spans may say that they lie within each other.
    if (seen.has(span)) return;
    seen.add(span);
    rows.push({ span, depth, isLinked: false });
    for (const child of children.get(span.spanId) ?? []) place(child, depth + 1);
  };
  for (const span of [...roots, ...own]) place(span, 0);
  const linked = spans.filter((span) => span.traceId !== traceId);
  return {
    traceId,
    start: Math.min(...own.map(({ start }) => start)),
    end: Math.max(...own.map(({ end }) => end)),
    rows: [...rows, ...linked.map((span) => ({ span, depth: 0, isLinked: true }))],
  };
}
