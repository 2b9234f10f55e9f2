import type { Dashboard } from '../dashboard.ts';
import type { JsonBody } from './read-json.ts';

/** A request to a route. */
export interface RouteRequest {
  /** What stands in the path where the route has `:`, decoded. */
  readonly parameters: readonly string[];
  readonly query: URLSearchParams;
  /** Empty with GET. */
  readonly body: JsonBody;
  /** Aborted when the client has gone. */
  readonly signal: AbortSignal;
}

/** A path of the API and what answers it. */
export interface Route {
  readonly method: 'GET' | 'POST';
  /** Below `API_PREFIX`; `:` stands for one part. */
  readonly path: string;
  /** Whether it needs the token wherever it is served: all that may change something, and what isn't for everybody. */
  readonly needsToken: boolean;
  /** @returns the JSON document. */
  handle(dashboard: Dashboard, request: RouteRequest): Promise<unknown>;
}

/** A route that only reads. */
export function get(path: string, handle: Route['handle']): Route {
  return { method: 'GET', path, needsToken: false, handle };
}

/** A route that may change something. */
export function post(path: string, handle: Route['handle']): Route {
  return { method: 'POST', path, needsToken: true, handle };
}

/** The parameters of a path that a route answers; undefined for any other path. */
export function parametersOf({ path }: Route, asked: string): readonly string[] | undefined {
  const [wanted, given] = [path.split('/'), asked.split('/')];
  if (wanted.length !== given.length) return undefined;
  const parameters: string[] = [];
  for (const [index, part] of wanted.entries()) {
    const text = given[index] ?? '';
    if (part !== ':') {
      if (part !== text) return undefined;
    } else {
      try {
        parameters.push(decodeURIComponent(text));
      } catch {
        return undefined;
      }
    }
  }
  return parameters;
}
