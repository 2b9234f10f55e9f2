import { context, SpanKind, type TracerProvider } from '@opentelemetry/api';
import { VERSION } from '../rules/version.ts';
import { markFailed } from './attributes.ts';
import { processSpan, recordReceive, settleSpan } from './consume-spans.ts';
import { contextOf, traceparentOfSpan } from './contexts.ts';
import { sendSpans } from './send-spans.ts';
import type { ServedRequest, Serving, Tracing } from './tracing.ts';

/**
 * Tracing by a provider of OpenTelemetry's API.
 * @param traceparent what everything belongs to that continues nothing else: `TRACEPARENT` of the environment.
 */
export function createTracing(provider: TracerProvider, traceparent: string | undefined): Tracing {
  const tracer = provider.getTracer('pubsub-cli', VERSION);
  const surroundings = contextOf(traceparent);
  return {
    here: () => context.active(),
    sending: (topicArn, messages) => sendSpans(tracer, surroundings, topicArn, messages),
    received: (place, messages, startedAt) => recordReceive(tracer, place, messages, startedAt),
    processing: (place, message) => processSpan(tracer, place, message),
    settling: (queueUrl, operation, messages) => settleSpan(tracer, queueUrl, operation, messages),
    serving: (request) => serve(tracer, request),
  };
}

/** "Semantic conventions for HTTP spans", of a server. */
function serve(tracer: ReturnType<TracerProvider['getTracer']>, request: ServedRequest): Serving {
  const { method, url, traceparent } = request;
  const [path = '/'] = url.split('?');
  const attributes = { 'http.request.method': method, 'url.path': path, 'url.scheme': 'http' };
  const span = tracer.startSpan(
    method,
    { kind: SpanKind.SERVER, attributes },
    contextOf(traceparent),
  );
  return {
    traceparent: traceparentOfSpan(span) ?? traceparent ?? '',
    end(status, route) {
      if (route !== undefined)
        span.updateName(`${method} ${route}`).setAttribute('http.route', route);
      span.setAttribute('http.response.status_code', status);
      if (status >= 500) markFailed(span, String(status), `answered with ${status}`);
      span.end();
    },
  };
}
