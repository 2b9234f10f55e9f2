import type { ServiceName } from '../service/names.ts';

/** Under which the services' addresses stand at the gateway. */
export const API_PREFIX = '/api/v1';

/** Who may use a route: anybody, whoever has logged in, or people with the role `admin`. */
export type Access = 'anybody' | 'user' | 'admin';

/** One address of a service that the gateway lets through. What isn't in the table reaches nobody. */
export interface GatewayRoute {
  readonly service: ServiceName;
  /** `GET` stands for `HEAD` as well. */
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH';
  /** As the service has it, such as `/orders/:id`. */
  readonly path: string;
  readonly access: Access;
  /** The last good answer is given while the service gives none; it MUST be the same for everybody. */
  readonly fallback?: boolean;
  /** It does what it is asked once for an `Idempotency-Key`: with one it can be asked again. */
  readonly keyed?: boolean;
  /** A `GET` that MUST NOT be made twice. */
  readonly once?: boolean;
  /** Headers of the caller that this route needs besides those that all have. */
  readonly headers?: readonly string[];
}

type Row = readonly [GatewayRoute['method'], path: string, Access, more?: Partial<GatewayRoute>];

const OAUTH = { headers: ['cookie'], once: true };
const SHOWN = { fallback: true };

const TABLE: Readonly<Partial<Record<ServiceName, readonly Row[]>>> = {
  auth: [
    ['POST', '/auth/register', 'anybody'],
    ['POST', '/auth/login', 'anybody'],
    ['POST', '/auth/refresh', 'anybody'],
    ['POST', '/auth/logout', 'anybody'],
    ['GET', '/auth/oauth/:provider/start', 'anybody', OAUTH],
    ['GET', '/auth/oauth/:provider/callback', 'anybody', OAUTH],
    ['PUT', '/auth/users/:id/roles', 'admin'],
    ['POST', '/auth/keys/rotate', 'admin'],
    ['POST', '/oauth/token', 'anybody', { headers: ['authorization'] }],
    ['GET', '/.well-known/jwks.json', 'anybody'],
    ['GET', '/.well-known/openid-configuration', 'anybody'],
  ],
  users: [
    ['GET', '/users/me', 'user'],
    ['PATCH', '/users/me', 'user'],
    ['GET', '/users/me/preferences', 'user'],
    ['PUT', '/users/me/preferences', 'user'],
    ['GET', '/users', 'admin'],
  ],
  products: [
    ['GET', '/products', 'anybody', SHOWN],
    ['GET', '/products/:id', 'anybody', SHOWN],
    ['POST', '/products', 'admin'],
    ['PATCH', '/products/:id', 'admin'],
  ],
  orders: [
    ['POST', '/orders', 'user', { keyed: true }],
    ['GET', '/orders', 'user'],
    ['GET', '/orders/:id', 'user'],
    ['GET', '/orders/:id/history', 'user'],
    ['PATCH', '/orders/:id', 'user'],
    ['GET', '/sagas', 'user'],
    ['GET', '/sagas/:id', 'user'],
    ['POST', '/sagas/:id/retry', 'admin'],
  ],
  payments: [
    ['GET', '/payments', 'admin'],
    ['GET', '/payments/:id', 'user'],
  ],
  notifications: [['GET', '/notifications', 'user']],
};

/** Every route that the gateway passes on. */
export const GATEWAY_ROUTES: readonly GatewayRoute[] = Object.entries(TABLE).flatMap(
  ([service, rows]) =>
    rows.map(([method, path, access, more]) => ({
      ...{ service: service as ServiceName, method, path, access },
      ...more,
    })),
);

/** Where the gateway has a route: what others look for at a fixed place stands there as well (RFC 8615). */
export function gatewayPaths({ path }: GatewayRoute): string[] {
  return path.startsWith('/.well-known/') ? [API_PREFIX + path, path] : [API_PREFIX + path];
}

/** Segments without an escape: no id of ours needs one, and what services would make of them can't be told. */
const PLAIN_PATH = /^(?:\/(?!\.{1,2}(?:\/|$))[\w.~@:+-]+)+$/;
const QUERY = /^[!-~]*$/;

/**
 * What a service is asked for an address at the gateway.
 * @param url as it came in the request's first line
 * @returns undefined where it is written in a way that two readers could read differently
 */
export function upstreamPath(url: string): string | undefined {
  const mark = url.search(/[?#]/);
  const path = mark < 0 ? url : url.slice(0, mark);
  const query = mark < 0 || url[mark] === '#' ? '' : url.slice(mark).replace(/#.*$/s, '');
  if (!PLAIN_PATH.test(path) || !QUERY.test(query)) return undefined;
  return (path.startsWith(`${API_PREFIX}/`) ? path.slice(API_PREFIX.length) : path) + query;
}
