import type { IncomingHttpHeaders } from 'node:http';
import type { ApiRoute } from './api.ts';
import { refuseForeignPages } from './browser-guard.ts';
import { createMissing } from './missing-routes.ts';
import type { Problem } from './problem.ts';
import { tokenCheck } from './token.ts';

/** Routes that answer without a token: a probe has none, and they say nothing of an order. */
const OPEN_ROUTES: ReadonlySet<string> = new Set(['/health', '/ready', '/openapi.json']);

export interface AdmissionRules {
  readonly routes: readonly ApiRoute[];
  /** Demanded of every request but probes, where given. */
  readonly token?: string | undefined;
  /** Asked first, with a path that no route takes. */
  readonly missing?: ((path: string) => Problem | undefined) | undefined;
  /** Whether only this machine can reach the API. */
  readonly loopback: boolean;
}

/** What is looked at before a request's body is. */
export interface RequestHead {
  readonly url: string;
  /** Its headers; `host` is the name under which the client reached the API. */
  readonly headers: IncomingHttpHeaders;
  /** The path of the route that takes it; undefined where none does. */
  readonly route: string | undefined;
}

/**
 * What every request passes before its route, in this order: pages of other sites, the bound of its client, the token,
 * and whether there is such a route.
 * @returns throws a Problem where a request isn't let in. `limit` is asked where the client's requests are counted.
 */
export function createAdmission({
  routes,
  token,
  loopback,
  missing: own,
}: AdmissionRules): (head: RequestHead, limit?: () => Promise<void>) => Promise<void> {
  const missing = createMissing(routes, own);
  const checkToken = token === undefined ? undefined : tokenCheck(token);
  return async ({ url, headers, route }, limit) => {
    if (checkToken === undefined) refuseForeignPages(headers, loopback);
    if (route !== undefined && OPEN_ROUTES.has(route)) return;
    await limit?.();
    checkToken?.(headers.authorization);
    if (route === undefined) throw missing(url);
  };
}
