import type { FastifyInstance } from 'fastify';
import { type ApiRequest, type ApiRoute, JSON_TYPE } from './api.ts';

/** Lets a server answer at these routes. */
export function addRoutes(app: FastifyInstance, routes: readonly ApiRoute[]): void {
  for (const { method, path, handle } of routes) {
    app.route({
      method,
      url: path,
      handler: async (request, reply) => {
        const { params, query, headers, body } = request as Pick<
          ApiRequest,
          'params' | 'query' | 'headers' | 'body'
        >;
        const answer = await handle({ params, query, headers, body });
        reply.code(answer.status).type(JSON_TYPE);
        return reply.headers(answer.headers ?? {}).send(answer.body);
      },
    });
  }
}
