import {
  type Context,
  context,
  isSpanContextValid,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  TraceFlags,
  trace,
} from '@opentelemetry/api';
import {
  readTraceparent,
  type TraceIds,
  traceIdsOf,
  traceparentOf,
} from '../rules/trace-context.ts';
import type { TraceParent } from './tracing.ts';

/** The span context of a `traceparent`; undefined where the text is none. */
export function spanContextOf(traceparent: string | undefined): SpanContext | undefined {
  const valid = readTraceparent(traceparent);
  if (valid === undefined) return undefined;
  const { traceId, spanId, isSampled } = traceIdsOf(valid);
  const traceFlags = isSampled ? TraceFlags.SAMPLED : TraceFlags.NONE;
  return { traceId, spanId, traceFlags, isRemote: true };
}

/** The context of a `traceparent`: that of no span where the text is none. */
export function contextOf(traceparent: string | undefined): Context {
  const spanContext = spanContextOf(traceparent);
  return spanContext === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, spanContext);
}

/**
 * The context that a span continues.
 * @param surroundings what counts where nothing else is given, and the host program has no span.
 */
export function parentContext(parent: TraceParent | undefined, surroundings: Context): Context {
  if (typeof parent === 'string') return contextOf(parent);
  const given = (parent as Context | undefined) ?? context.active();
  return trace.getSpanContext(given) === undefined ? surroundings : given;
}

/** A span's ids. */
export function idsOf(span: Span): TraceIds {
  const { traceId, spanId, traceFlags } = span.spanContext();
  return { traceId, spanId, isSampled: (traceFlags & TraceFlags.SAMPLED) !== 0 };
}

/** A span's `traceparent`; undefined of one that a host program's provider didn't make. */
export function traceparentOfSpan(span: Span): string | undefined {
  return isSpanContextValid(span.spanContext()) ? traceparentOf(idsOf(span)) : undefined;
}
