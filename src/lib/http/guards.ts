import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type AdmissionRules, createAdmission } from './admission.ts';
import { Problem } from './problem.ts';

export interface GuardOptions extends AdmissionRules {
  /** Requests a second from one address; 0 for no bound. */
  readonly rateLimit: number;
}

/** What every request passes before its route. MUST be called before the routes are added. */
export async function addGuards(app: FastifyInstance, options: GuardOptions): Promise<void> {
  const { rateLimit: most } = options;
  const admit = createAdmission(options);
  await app.register(rateLimit, { global: false, max: most || 1, timeWindow: 1000 });
  const limit = app.createRateLimit();
  const count = async (request: FastifyRequest): Promise<void> => {
    const { isAllowed, ...counted } = await limit(request);
    if (!isAllowed && 'isExceeded' in counted && counted.isExceeded) throw tooMany(most);
  };
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id);
    reply.header('x-content-type-options', 'nosniff');
    const { url, host, headers } = request;
    const route = request.is404 ? undefined : request.routeOptions.url;
    await admit(
      { url, headers: { ...headers, host }, route },
      most > 0 ? () => count(request) : undefined,
    );
  });
  // The hook above answers; without a handler of its own the framework would read a body first.
  app.setNotFoundHandler(() => {
    throw new Error('Requests without a route are answered before.');
  });
}

function tooMany(most: number): Problem {
  return new Problem(429, 'TooManyRequests', `No more than ${most} requests a second.`, {
    headers: { 'retry-after': '1' },
  });
}
