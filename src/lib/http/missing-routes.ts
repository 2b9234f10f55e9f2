import { pathPattern } from './api.ts';
import { Problem } from './problem.ts';

/** Where a route is. */
export interface RouteAddress {
  readonly method: string;
  /** Such as `/orders/:id`. */
  readonly path: string;
}

/**
 * Answers requests that none of these routes takes: 405 with `Allow` where another method would have been right, else
 * 404.
 * @param own asked first, with the path
 */
export function createMissing(
  routes: readonly RouteAddress[],
  own?: (path: string) => Problem | undefined,
): (url: string) => Problem {
  const known = new Map<string, { readonly pattern: RegExp; readonly methods: Set<string> }>();
  for (const { method, path } of routes) {
    const { methods } = known.get(path) ?? { methods: new Set<string>() };
    methods.add(method);
    if (method === 'GET') methods.add('HEAD');
    known.set(path, { pattern: pathPattern(path), methods });
  }
  return (url) => {
    const path = url.replace(/[?#].*$/s, '');
    const ours = own?.(path);
    if (ours) return ours;
    const route = [...known.values()].find(({ pattern }) => pattern.test(path));
    return route ? wrongMethod(route.methods) : nothingHere();
  };
}

function wrongMethod(methods: ReadonlySet<string>): Problem {
  const allow = [...methods].sort().join(', ');
  return new Problem(405, 'MethodNotAllowed', `This address takes ${allow} only.`, {
    headers: { allow },
  });
}

/** 404 for an address that the API doesn't have. */
export function nothingHere(): Problem {
  return new Problem(404, 'NotFound', 'There is nothing at this address.');
}
