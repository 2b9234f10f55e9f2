/** The attribute, and the HTTP header, that carries a trace (W3C "Trace Context"). */
export const TRACEPARENT = 'traceparent';

const VERSION_0 = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;
const LATER =
  /^(?!00|ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(?:-.{0,200})?$/;

/** A trace's `traceparent` where a text is one, as W3C says it; undefined otherwise. */
export function readTraceparent(text: string | undefined): string | undefined {
  return text !== undefined && (VERSION_0.test(text) || LATER.test(text)) ? text : undefined;
}

/** The parts of a `traceparent`. */
export interface TraceIds {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** 16 hexadecimal digits. */
  readonly spanId: string;
  readonly isSampled: boolean;
}

/** Takes a `traceparent` apart. @param traceparent MUST be one. */
export function traceIdsOf(traceparent: string): TraceIds {
  const [, traceId = '', spanId = '', flags = ''] = traceparent.split('-');
  return { traceId, spanId, isSampled: (Number.parseInt(flags, 16) & 1) === 1 };
}

/** The `traceparent` of a span. */
export function traceparentOf({ traceId, spanId, isSampled }: TraceIds): string {
  return `00-${traceId}-${spanId}-${isSampled ? '01' : '00'}`;
}

/**
 * A trace as AWS X-Ray writes it, in `X-Amzn-Trace-Id` and `AWSTraceHeader`: the same ids, with the trace id cut in two.
 * "Tracing header" and "Sending trace data with W3C trace IDs" (AWS X-Ray).
 */
export function traceHeaderOf({ traceId, spanId, isSampled }: TraceIds): string {
  const root = `1-${traceId.slice(0, 8)}-${traceId.slice(8)}`;
  return `Root=${root};Parent=${spanId};Sampled=${isSampled ? 1 : 0}`;
}

const ROOT = /^1-([0-9a-f]{8})-([0-9a-f]{24})$/i;
const PARENT = /^[0-9a-f]{16}$/i;

/**
 * The `traceparent` of a tracing header of X-Ray; undefined where it names no span, or its ids are none. One without
 * `Sampled=1` counts as not sampled.
 */
export function traceparentOfHeader(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  const fields = new Map(
    header.split(';').map((field) => {
      const at = field.indexOf('=');
      return [field.slice(0, at).trim(), field.slice(at + 1).trim()] as const;
    }),
  );
  const [, first, rest] = ROOT.exec(fields.get('Root') ?? '') ?? [];
  const parent = fields.get('Parent') ?? '';
  if (first === undefined || rest === undefined || !PARENT.test(parent)) return undefined;
  return readTraceparent(
    traceparentOf({
      traceId: (first + rest).toLowerCase(),
      spanId: parent.toLowerCase(),
      isSampled: fields.get('Sampled') === '1',
    }),
  );
}

/**
 * The trace that a message carries: its publisher's attribute, otherwise what AWS's services passed on.
 * @param attribute the text of its attribute `traceparent`.
 */
export function messageTraceparent(
  attribute: string | undefined,
  awsTraceHeader: string | undefined,
): string | undefined {
  return readTraceparent(attribute) ?? traceparentOfHeader(awsTraceHeader);
}
