import type { FastifyInstance } from 'fastify';
import { API_PREFIX } from './route-table.ts';

/** Seconds for which a browser may keep what it was allowed. */
const KEPT_S = 600;

const ALLOWED = {
  'access-control-allow-methods': 'GET, HEAD, POST, PUT, PATCH',
  'access-control-allow-headers':
    'authorization, content-type, idempotency-key, x-request-deadline',
  'access-control-max-age': String(KEPT_S),
};
const EXPOSED =
  'location, link, retry-after, x-request-id, x-fallback, age, ratelimit-limit, ratelimit-remaining, ratelimit-reset';

/**
 * Lets pages of these origins use the gateway; without one, no page may. Tokens stand in a header that a page has to set
 * itself: there are no cookies to protect, and none are allowed.
 * @param origins such as `https://shop.example.com`, or `*`
 * @see https://fetch.spec.whatwg.org/#http-cors-protocol
 */
export function addCors(app: FastifyInstance, origins: readonly string[]): void {
  const all = origins.includes('*');
  const headersFor = (origin: string | undefined): Record<string, string> => {
    if (origin === undefined || !(all || origins.includes(origin))) return {};
    return { 'access-control-allow-origin': all ? '*' : origin };
  };
  app.addHook('onRequest', async ({ headers: { origin } }, reply) => {
    if (!all && origins.length > 0) reply.header('vary', 'Origin');
    const allowed = headersFor(origin);
    reply.headers(allowed);
    if (Object.keys(allowed).length > 0) reply.header('access-control-expose-headers', EXPOSED);
  });
  app.options(`${API_PREFIX}/*`, async ({ headers: { origin } }, reply) => {
    if (Object.keys(headersFor(origin)).length > 0) reply.headers(ALLOWED);
    return reply.code(204).send();
  });
}
