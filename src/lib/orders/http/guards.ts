import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance } from 'fastify';
import { refuseForeignPages } from './browser-guard.ts';
import { watchRoutes } from './missing-routes.ts';
import { OPEN_ROUTES } from './operation-routes.ts';
import { Problem } from './problem.ts';
import { tokenCheck } from './token.ts';

export interface GuardOptions {
  /** Demanded of every request but probes, where given. */
  readonly token?: string | undefined;
  /** Whether only this machine can reach the server. */
  readonly loopback: boolean;
  /** Requests a second from one address; 0 for no bound. */
  readonly rateLimit: number;
}

/** What every request passes before its route, in this order. MUST be called before the routes are added. */
export async function addGuards(
  app: FastifyInstance,
  { token, loopback, rateLimit: most }: GuardOptions,
): Promise<void> {
  const missing = watchRoutes(app);
  await app.register(rateLimit, { global: false, max: most || 1, timeWindow: 1000 });
  const limit = app.createRateLimit();
  const checkToken = token === undefined ? undefined : tokenCheck(token);
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id);
    reply.header('x-content-type-options', 'nosniff');
    const { url: route = '' } = request.routeOptions;
    if (checkToken === undefined)
      refuseForeignPages({ ...request.headers, host: request.host }, loopback);
    if (OPEN_ROUTES.has(route)) return;
    if (most > 0) {
      const { isAllowed, ...counted } = await limit(request);
      if (!isAllowed && 'isExceeded' in counted && counted.isExceeded) throw tooMany(most);
    }
    checkToken?.(request.headers.authorization);
    if (request.is404) throw missing(request.url);
  });
  // The hook above answers; without a handler of its own the framework would read a body first.
  app.setNotFoundHandler((request) => {
    throw missing(request.url);
  });
}

function tooMany(most: number): Problem {
  return new Problem(429, 'TooManyRequests', `No more than ${most} requests a second.`, {
    headers: { 'retry-after': '1' },
  });
}
