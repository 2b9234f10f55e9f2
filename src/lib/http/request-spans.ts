import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Serving, Tracing } from '../tracing/tracing.ts';

/** The spans of requests under way. */
export type RequestSpans = WeakMap<FastifyRequest, Serving>;

/** Records a span for each request, from its head to the end of its answer. MUST come before all that may refuse it. */
export function recordRequests(app: FastifyInstance, tracing: Tracing): RequestSpans {
  const spans: RequestSpans = new WeakMap();
  app.addHook('onRequest', async (request) => {
    const { method, url, headers } = request;
    const { traceparent } = headers;
    const given = typeof traceparent === 'string' ? traceparent : undefined;
    spans.set(request, tracing.serving({ method, url, traceparent: given }));
  });
  app.addHook('onResponse', async (request, reply) => {
    spans.get(request)?.end(reply.statusCode, request.routeOptions.url);
  });
  return spans;
}
