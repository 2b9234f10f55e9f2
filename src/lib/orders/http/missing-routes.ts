import type { FastifyInstance } from 'fastify';
import { missingId, Problem } from './problem.ts';

/** A path of one segment below `/orders`, or none: where an order's id is expected. */
const WITHOUT_ID = /^\/orders\/+$/;

/**
 * Takes note of the routes that are added from now on.
 * @returns what answers a request that none of them takes: 405 with `Allow` where another method would have been right,
 * else 404.
 */
export function watchRoutes(app: FastifyInstance): (url: string) => Problem {
  const routes = new Map<string, { readonly path: RegExp; readonly methods: Set<string> }>();
  app.addHook('onRoute', ({ url, method }) => {
    const path = new RegExp(`^${url.replaceAll('.', '\\.').replace(/:\w+/g, '[^/]+')}$`);
    const { methods } = routes.get(url) ?? { methods: new Set<string>() };
    for (const each of [method].flat()) methods.add(each);
    routes.set(url, { path, methods });
  });
  return (url) => {
    const path = url.replace(/[?;#].*$/s, '');
    if (WITHOUT_ID.test(path)) return missingId();
    const route = [...routes.values()].find((each) => each.path.test(path));
    return route ? wrongMethod(route.methods) : nothingHere();
  };
}

function wrongMethod(methods: ReadonlySet<string>): Problem {
  const allow = [...methods].sort().join(', ');
  return new Problem(405, 'MethodNotAllowed', `This address takes ${allow} only.`, {
    headers: { allow },
  });
}

function nothingHere(): Problem {
  return new Problem(404, 'NotFound', 'There is nothing at this address.');
}
