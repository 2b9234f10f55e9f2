import type { FastifyInstance, FastifyRequest } from 'fastify';
import { addRoutes } from '../../http/add-routes.ts';
import { type ApiRoute, jsonAnswer } from '../../http/api.ts';
import { createApp, type HttpServer, listenOn } from '../../http/app.ts';
import { createMissing, type RouteAddress } from '../../http/missing-routes.ts';
import type { Json } from '../../http/openapi-parts.ts';
import { Problem } from '../../http/problem.ts';
import { recordRequests } from '../../http/request-spans.ts';
import type { Tracing } from '../../tracing/tracing.ts';
import type { ServiceParts } from './definition.ts';
import type { ServiceEnvironment } from './environment.ts';
import type { ServiceLog } from './log.ts';
import type { ServiceMetrics } from './metrics.ts';
import { DESCRIPTION_PATH, openApiDocument } from './openapi.ts';
import { PROBLEM_JSON } from './problem-format.ts';
import { type CurrentRequest, describeRequest, withRequest } from './request-context.ts';

/** Bytes of a body at the most. */
const BODY_LIMIT = 65_536;
/** Routes that say nothing in the log: they are asked all the time. */
const QUIET_ROUTES: ReadonlySet<string> = new Set(['/health', '/ready', '/metrics']);

export interface ServiceServerOptions {
  readonly environment: ServiceEnvironment;
  readonly version: string;
  readonly log: ServiceLog;
  readonly tracing: Tracing | undefined;
  readonly metrics: ServiceMetrics;
  readonly parts: ServiceParts;
  /** Answers `/ready`. */
  readonly readiness: () => Promise<{ readonly ready: boolean }>;
}

/**
 * Starts the HTTP server of a service.
 * @throws the error of `listen` where address or port can't be had
 */
export async function startServiceServer(options: ServiceServerOptions): Promise<HttpServer> {
  const { environment, log, tracing, metrics, parts } = options;
  const app = createApp({
    bodyLimit: BODY_LIMIT,
    problems: PROBLEM_JSON,
    trustedProxies: environment.trustedProxies,
    log: (entry) => {
      if (entry.kind === 'failure') log.error(entry.message);
    },
  });
  const spans = tracing && recordRequests(app, tracing);
  keepContext(app, (request) => spans?.get(request)?.traceparent);
  refuseMissing(app);
  app.addHook('onResponse', async (request, reply) => {
    const { method } = request;
    const route = request.routeOptions.url ?? 'unknown';
    const { statusCode: status, elapsedTime: ms } = reply;
    metrics.observe({ method, route, status, seconds: ms / 1000 });
    if (QUIET_ROUTES.has(route)) return;
    const at = status >= 500 ? log.error : log.info;
    at('request', { method, route, status, ms: Math.round(ms * 10) / 10 });
  });
  await parts.extend?.(app);
  addRoutes(app, described(options, [...parts.routes, ...operationRoutes(options)]), spans);
  return listenOn(app, environment);
}

/** What is logged and called while a request is answered belongs to it. */
function keepContext(
  app: FastifyInstance,
  traceparentOf: (request: FastifyRequest) => string | undefined,
): void {
  const contexts = new WeakMap<FastifyRequest, CurrentRequest>();
  app.addHook('onRequest', (request, reply, done) => {
    const context = describeRequest(request.id, request.headers, traceparentOf(request));
    contexts.set(request, context);
    reply.header('x-request-id', request.id);
    reply.header('x-content-type-options', 'nosniff');
    withRequest(context, () => done(lateOrNot(context)));
  });
  // Reading a body goes on in the events of its socket, which belong to no request.
  app.addHook('preHandler', (request, _reply, done) => {
    const context = contexts.get(request);
    if (context === undefined) done();
    else withRequest(context, done);
  });
}

function lateOrNot({ deadline }: CurrentRequest): Problem | undefined {
  if (deadline === undefined || deadline > Date.now()) return undefined;
  return new Problem(504, 'DeadlineExceeded', 'The deadline of this request is over.');
}

/** Says 404 or 405 of what no route takes, those included that are added to the server itself. */
function refuseMissing(app: FastifyInstance): void {
  const routes: RouteAddress[] = [];
  app.addHook('onRoute', ({ method, path }) => {
    if (path.includes('*')) return;
    for (const each of [method].flat()) routes.push({ method: each, path });
  });
  let missing: ReturnType<typeof createMissing> | undefined;
  app.addHook('onRequest', async (request) => {
    if (!request.is404) return;
    missing ??= createMissing(routes);
    throw missing(request.url);
  });
  // The hook above answers; without a handler of its own the framework would read a body first.
  app.setNotFoundHandler(() => {
    throw new Error('Requests without a route are answered before.');
  });
}

/** Routes, and the one that describes them, unless that is among them. */
function described(
  { environment: { name }, version }: ServiceServerOptions,
  routes: readonly ApiRoute[],
): readonly ApiRoute[] {
  if (routes.some(({ path }) => path === DESCRIPTION_PATH)) return routes;
  let document: Json | undefined;
  const all: readonly ApiRoute[] = [
    ...routes,
    {
      method: 'GET',
      path: DESCRIPTION_PATH,
      describes: { summary: 'This document', access: 'anybody' },
      handle: async () => {
        document ??= openApiDocument({ title: name, version }, all);
        return jsonAnswer(200, document);
      },
    },
  ];
  return all;
}

/** `/health`, which asks nobody, `/ready` and `/metrics`. */
function operationRoutes({
  version,
  environment,
  readiness,
  metrics: { registry },
}: ServiceServerOptions): ApiRoute[] {
  const { name } = environment;
  return [
    {
      method: 'GET',
      path: '/health',
      describes: { summary: 'Whether the process is there', access: 'anybody' },
      handle: async () => jsonAnswer(200, { status: 'ok', service: name, version }),
    },
    {
      method: 'GET',
      path: '/ready',
      describes: { summary: 'Whether it has what it needs', access: 'anybody' },
      handle: async () => {
        const found = await readiness();
        return jsonAnswer(found.ready ? 200 : 503, found);
      },
    },
    {
      method: 'GET',
      path: '/metrics',
      describes: { summary: 'Numbers for Prometheus', access: 'anybody' },
      handle: async () => ({
        status: 200,
        headers: { 'content-type': registry.contentType },
        body: await registry.metrics(),
      }),
    },
  ];
}
