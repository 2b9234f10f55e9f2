import { traceIdsOf } from '../../../rules/trace-context.ts';
import type { KnownTrace } from '../../../rules/trace-span.ts';
import type { Engine } from '../../engine.ts';
import { wayOf } from '../message-way.ts';
import { engineSpans } from './engine-spans.ts';

/** Messages and spans that one answer has at the most. */
const MOST = { messages: 20, spans: 2_000 } as const;
const TRACE_ID = /^[0-9a-f]{32}$/;

/**
 * What is known of a trace, for `/_pubsub/spans`.
 * @param query `id`: of the trace, or of a message that carries it, in its topic or in a queue.
 */
export function traceOf(engine: Engine, query: URLSearchParams): KnownTrace {
  const { traces, trace, clock } = engine;
  const id = query.get('id') ?? '';
  const traceId = TRACE_ID.test(id) ? id : traceOfMessage(engine, id);
  const exported = traceId === undefined ? [] : traces.spans.find(traceId);
  const messages = traceId === undefined ? [] : traces.messages.messagesOf(traceId);
  if (traceId === undefined || exported.length + messages.length === 0) {
    return { traceId: null, messages: [], spans: [] };
  }
  const shown = messages.slice(-MOST.messages);
  const own = shown.flatMap((messageId) => {
    const traceparent = traces.messages.traceparentOf(messageId) ?? '';
    return engineSpans(wayOf(trace.log, messageId), traceparent, clock.timestamp());
  });
  const spans = [...exported, ...own].sort((a, b) => a.start - b.start).slice(0, MOST.spans);
  return { traceId, messages: shown, spans };
}

function traceOfMessage({ traces, trace }: Engine, id: string): string | undefined {
  const { messages } = traces;
  // The id in a queue leads to the one that the message had first.
  const traceparent = messages.traceparentOf(id) ?? messages.traceparentOf(originOf(trace.log, id));
  return traceparent && traceIdsOf(traceparent).traceId;
}

function originOf(log: Engine['trace']['log'], id: string): string {
  return id === '' ? '' : (wayOf(log, id)[0]?.messageId ?? '');
}
