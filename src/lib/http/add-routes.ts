import type { FastifyInstance } from 'fastify';
import { type ApiRequest, type ApiRoute, JSON_TYPE } from './api.ts';
import type { RequestSpans } from './request-spans.ts';

/** Lets a server answer at these routes. @param spans of its requests, where traces are recorded */
export function addRoutes(
  app: FastifyInstance,
  routes: readonly ApiRoute[],
  spans: RequestSpans | undefined,
): void {
  for (const { method, path, handle } of routes) {
    app.route({
      method,
      url: path,
      handler: async (request, reply) => {
        const { params, query, headers, body } = request as Pick<
          ApiRequest,
          'params' | 'query' | 'headers' | 'body'
        >;
        const traceparent = spans?.get(request)?.traceparent;
        const answer = await handle({ params, query, headers, body, traceparent });
        reply.code(answer.status).type(JSON_TYPE);
        return reply.headers(answer.headers ?? {}).send(answer.body);
      },
    });
  }
}
