import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { nothingHere } from '../../http/missing-routes.ts';
import { passedOnHeaders } from '../service/request-context.ts';
import type { Admission } from './admission.ts';
import type { Answers } from './answers.ts';
import type { AtOnce } from './at-once.ts';
import { answerHeaders, requestHeaders } from './headers.ts';
import { MY_ORDERS, readMyOrders } from './my-orders.ts';
import { TOTAL_TIMEOUT_MS } from './resilient-service.ts';
import {
  type Access,
  GATEWAY_ROUTES,
  type GatewayRoute,
  gatewayPaths,
  upstreamPath,
} from './route-table.ts';
import type { UpstreamAnswer } from './upstream.ts';

export interface ProxyOptions {
  readonly admit: Admission;
  readonly answers: Answers;
  readonly atOnce: AtOnce;
  readonly routes?: readonly GatewayRoute[];
}

/** Adds the routes of the table: admit, pass on, pass back. What isn't in the table is answered here. */
export async function addProxy(app: FastifyInstance, options: ProxyOptions): Promise<void> {
  const { admit, atOnce, routes = GATEWAY_ROUTES } = options;
  const clients = new WeakMap<FastifyRequest, string>();
  /** What a route does with requests that are let in. */
  const admitted = (
    access: Access,
    answer: (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>,
  ) => ({
    onRequest: async (request: FastifyRequest, reply: FastifyReply) => {
      if (upstreamPath(request.url) === undefined) throw nothingHere();
      clients.set(request, await admit(request, reply, access));
    },
    handler: (request: FastifyRequest, reply: FastifyReply) =>
      atOnce(clients.get(request) ?? '', () => answer(request, reply)),
  });
  await app.register(async (scope) => {
    // Bodies go on as they came: what is in them is the services' business.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser(
      '*',
      { parseAs: 'buffer' },
      async (_: unknown, body: Buffer) => body,
    );
    scope.route({
      method: 'GET',
      url: MY_ORDERS,
      ...admitted('user', async (request, reply) => {
        const query = upstreamPath(request.url)?.replace(/^[^?]*/, '') ?? '';
        const headers = requestHeaders(request.headers, ['authorization']);
        return passBack(reply, await readMyOrders(options.answers, query, headers));
      }),
    });
    for (const route of routes) {
      for (const url of gatewayPaths(route)) {
        scope.route({
          method: route.method,
          url,
          ...admitted(route.access, (request, reply) => passOn(options, route, request, reply)),
        });
      }
    }
  });
}

async function passOn(
  { answers }: ProxyOptions,
  route: GatewayRoute,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const answer = await answers({
    service: route.service,
    method: route.method,
    path: upstreamPath(request.url) ?? '',
    headers: headersFor(route, request),
    body: Buffer.isBuffer(request.body) ? request.body : undefined,
    safe: isSafe(route, request),
    fallback: route.fallback === true,
  });
  return passBack(reply, answer);
}

/** Whether a second request would change nothing that the first didn't. */
function isSafe({ method, once, keyed }: GatewayRoute, { headers }: FastifyRequest): boolean {
  if (method === 'GET') return once !== true;
  return keyed === true && headers['idempotency-key'] !== undefined;
}

function passBack(reply: FastifyReply, { status, headers, body }: UpstreamAnswer): FastifyReply {
  reply.code(status).headers(answerHeaders(headers));
  return reply.send(body.length > 0 ? body : undefined);
}

function headersFor(route: GatewayRoute, { headers, ip }: FastifyRequest): Record<string, string> {
  const more = route.headers ?? [];
  // What anybody may see is asked for as anybody: an answer that is kept is nobody's own.
  const names = route.access === 'anybody' ? more : [...more, 'authorization'];
  return {
    ...requestHeaders(headers, names),
    ...passedOnHeaders(TOTAL_TIMEOUT_MS),
    'x-forwarded-for': ip,
  };
}
