import type { FastifyInstance } from 'fastify';
import type { Metrics } from './metrics.ts';
import { openApiDocument } from './openapi.ts';
import { createReadiness, type ReadinessSources } from './readiness.ts';

/** Routes that answer without a token: a probe has none, and they say nothing of an order. */
export const OPEN_ROUTES: ReadonlySet<string> = new Set(['/health', '/ready', '/openapi.json']);

export interface OperationRoutes {
  readonly version: string;
  readonly metrics: Metrics;
  readonly readiness: ReadinessSources;
}

/** Adds `/health`, `/ready`, `/metrics` and `/openapi.json`. */
export function addOperationRoutes(
  app: FastifyInstance,
  { version, metrics, readiness }: OperationRoutes,
): void {
  const ready = createReadiness(readiness);

  app.get('/health', async () => ({ status: 'ok', version }));

  app.get('/ready', async (_, reply) => {
    const found = await ready();
    return reply.code(found.ready ? 200 : 503).send(found);
  });

  app.get('/metrics', async (_, reply) =>
    reply.type(metrics.contentType).send(await metrics.text()),
  );

  const document = JSON.stringify(openApiDocument(version));
  app.get('/openapi.json', async (_, reply) => reply.type('application/json').send(document));
}
