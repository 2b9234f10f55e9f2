import { type ApiAnswer, type ApiRoute, jsonAnswer } from '../../http/api.ts';
import type { Metrics } from './metrics.ts';
import { createReadiness, type ReadinessSources } from './readiness.ts';

export interface OperationRoutes {
  readonly version: string;
  readonly readiness: ReadinessSources;
  /** The other routes of the API, for its description. */
  readonly beside: readonly ApiRoute[];
}

/** `/health`, `/ready` and `/openapi.json`. */
export function operationRoutes({ version, readiness, beside }: OperationRoutes): ApiRoute[] {
  const ready = createReadiness(readiness);
  let document: ApiAnswer | undefined;
  const routes: ApiRoute[] = [
    {
      method: 'GET',
      path: '/health',
      handle: async () => jsonAnswer(200, { status: 'ok', version }),
    },
    {
      method: 'GET',
      path: '/ready',
      handle: async () => {
        const found = await ready();
        return jsonAnswer(found.ready ? 200 : 503, found);
      },
    },
    {
      method: 'GET',
      path: '/openapi.json',
      handle: async () => {
        // Few ask for it, and it is made of much.
        const { openApiDocument } = await import('./openapi.ts');
        document ??= jsonAnswer(200, openApiDocument(version, [...beside, ...routes]));
        return document;
      },
    },
  ];
  return routes;
}

/** `/metrics`: the numbers of one server. */
export function metricsRoute(metrics: Metrics): ApiRoute {
  return {
    method: 'GET',
    path: '/metrics',
    handle: async () => ({
      status: 200,
      headers: { 'content-type': metrics.contentType },
      body: await metrics.text(),
    }),
  };
}
