/** What a span stands for, as OpenTelemetry names it ("SpanKind"). */
export const SPAN_KINDS = ['internal', 'server', 'client', 'producer', 'consumer'] as const;
export type SpanKind = (typeof SPAN_KINDS)[number];

/** A span of a trace, as an engine keeps it. */
export interface TraceSpan {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** 16 hexadecimal digits. */
  readonly spanId: string;
  /** Null where it begins its trace. */
  readonly parentSpanId: string | null;
  readonly name: string;
  readonly kind: SpanKind;
  /** `service.name` of the process that recorded it. */
  readonly service: string;
  /** Milliseconds since the epoch, with fractions. */
  readonly start: number;
  readonly end: number;
  /** What went wrong, in words; null where nothing did. */
  readonly error: string | null;
  readonly attributes: Readonly<Record<string, SpanValue>>;
  /** Spans of other traces that it has to do with. */
  readonly links: readonly SpanLink[];
}

/** The value of an attribute; of a list, its JSON text. */
export type SpanValue = string | number | boolean;

/** A span that another one names. */
export interface SpanLink {
  readonly traceId: string;
  readonly spanId: string;
}

/** A trace, as far as an engine knows it. */
export interface KnownTrace {
  /** Null where nothing is known. */
  readonly traceId: string | null;
  /** Ids, in topics or queues, of the messages that carry it. */
  readonly messages: readonly string[];
  /** Its spans, those of other traces that link to it, and the engine's own; by their start. */
  readonly spans: readonly TraceSpan[];
}
