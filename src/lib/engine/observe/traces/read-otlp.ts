import {
  SPAN_KINDS,
  type SpanLink,
  type SpanValue,
  type TraceSpan,
} from '../../../rules/trace-span.ts';

/** What is kept of a span: more is cut off. */
const MOST = { attributes: 128, links: 128, name: 256, value: 1_024, depth: 20 } as const;

const TRACE_ID = /^(?!0{32})[0-9a-f]{32}$/i;
const SPAN_ID = /^(?!0{16})[0-9a-f]{16}$/i;
const ERROR_STATUS = 2;

type Json = Readonly<Record<string, unknown>>;

/** The spans of an export, and how many of its spans were none. */
export interface ReadSpans {
  readonly spans: readonly TraceSpan[];
  readonly rejected: number;
}

/**
 * Reads an export of traces in its JSON form.
 * @throws TypeError where it is none.
 * @see https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
 */
export function readExport(request: unknown): ReadSpans {
  const spans: TraceSpan[] = [];
  let rejected = 0;
  for (const { resource, scopeSpans } of listOf(objectOf(request).resourceSpans)) {
    const given = readAttributes(objectOf(resource ?? {}).attributes)['service.name'];
    const service = cut(given === undefined || given === '' ? 'unknown' : String(given));
    for (const scope of listOf(scopeSpans)) {
      for (const each of listOf(scope.spans)) {
        const span = readSpan(each, service);
        if (span === undefined) rejected += 1;
        else spans.push(span);
      }
    }
  }
  return { spans, rejected };
}

/** Undefined where it has no ids or times. */
function readSpan(given: Json, service: string): TraceSpan | undefined {
  const { traceId, spanId, parentSpanId, name, status } = given;
  const start = milliseconds(given.startTimeUnixNano);
  const end = milliseconds(given.endTimeUnixNano);
  if (!isId(TRACE_ID, traceId) || !isId(SPAN_ID, spanId)) return undefined;
  if (start === undefined || end === undefined) return undefined;
  return {
    traceId: traceId.toLowerCase(),
    spanId: spanId.toLowerCase(),
    parentSpanId: isId(SPAN_ID, parentSpanId) ? parentSpanId.toLowerCase() : null,
    name: cut(String(name ?? ''), MOST.name),
    kind: SPAN_KINDS[Number(given.kind) - 1] ?? 'internal',
    service,
    start,
    end: Math.max(start, end),
    error: readError(objectOf(status ?? {})),
    attributes: readAttributes(given.attributes),
    links: listOf(given.links).slice(0, MOST.links).flatMap(readLink),
  };
}

function readError({ code, message }: Json): string | null {
  if (Number(code) !== ERROR_STATUS) return null;
  return typeof message === 'string' && message !== '' ? cut(message) : 'failed';
}

function readLink({ traceId, spanId }: Json): SpanLink[] {
  if (!isId(TRACE_ID, traceId) || !isId(SPAN_ID, spanId)) return [];
  return [{ traceId: traceId.toLowerCase(), spanId: spanId.toLowerCase() }];
}

function readAttributes(list: unknown): Record<string, SpanValue> {
  const entries = listOf(list)
    .slice(0, MOST.attributes)
    .map(({ key, value }): [string, SpanValue] => {
      const plain = plainValue(objectOf(value ?? {}));
      const isScalar = typeof plain === 'number' || typeof plain === 'boolean';
      const text = typeof plain === 'string' ? plain : JSON.stringify(plain);
      return [cut(String(key), MOST.name), isScalar ? plain : cut(text)];
    });
  return Object.fromEntries(entries);
}

/** @throws TypeError for lists within lists beyond a depth. */
function plainValue(value: Json, depth = 0): unknown {
  if (depth > MOST.depth) throw new TypeError('too many lists within lists');
  const { stringValue, boolValue, intValue, doubleValue, arrayValue, kvlistValue } = value;
  if (typeof stringValue === 'string') return stringValue;
  if (typeof boolValue === 'boolean') return boolValue;
  if (intValue !== undefined) return Number(intValue);
  if (doubleValue !== undefined) return Number(doubleValue);
  if (arrayValue !== undefined) {
    const { values } = objectOf(arrayValue);
    return listOf(values).map((each) => plainValue(each, depth + 1));
  }
  if (kvlistValue !== undefined) {
    const { values } = objectOf(kvlistValue);
    const pairs = listOf(values).map(({ key, value: inner }): [string, unknown] => [
      String(key),
      plainValue(objectOf(inner ?? {}), depth + 1),
    ]);
    return Object.fromEntries(pairs);
  }
  return typeof value.bytesValue === 'string' ? value.bytesValue : '';
}

/** Nanoseconds since the epoch, as text or number, in milliseconds. */
function milliseconds(nanoseconds: unknown): number | undefined {
  const text = String(nanoseconds ?? '');
  if (!/^[1-9]\d{0,19}$/.test(text)) return undefined;
  const count = BigInt(text);
  return Number(count / 1_000_000n) + Number(count % 1_000_000n) / 1_000_000;
}

function isId(pattern: RegExp, text: unknown): text is string {
  return typeof text === 'string' && pattern.test(text);
}

function objectOf(value: unknown): Json {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json;
  throw new TypeError('it is no export of traces');
}

function listOf(value: unknown): Json[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value.map(objectOf);
  throw new TypeError('it is no export of traces');
}

function cut(text: string, most: number = MOST.value): string {
  return text.length <= most ? text : text.slice(0, most);
}
