import { type ApiRoute, DEFAULT, type HttpApi, type Routing, type Stage } from '../http-api.ts';

/** A stage, and what of a path is the API's own. */
export interface StageMatch {
  readonly stage: Stage;
  /** Percent-encoded, with its slash. */
  readonly path: string;
}

/**
 * The stage that a path names first, else the default one.
 *
 * @param path percent-encoded, without the query string.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html "Routing API requests"
 */
export function findStage({ stages }: HttpApi, path: string): StageMatch | undefined {
  const [, first = ''] = path.split('/', 2);
  const named = first !== DEFAULT && Object.hasOwn(stages, first) ? stages[first] : undefined;
  if (named !== undefined) return { stage: named, path: path.slice(first.length + 1) || '/' };
  const stage = stages[DEFAULT];
  return stage === undefined ? undefined : { stage, path };
}

/** What a stage has of its API; undefined where nothing is deployed there. */
export function routingOf(api: HttpApi, { autoDeploy, deploymentId }: Stage): Routing | undefined {
  if (autoDeploy) return api;
  return deploymentId === undefined ? undefined : api.deployments[deploymentId]?.routing;
}

/** A route, and what its path's variables stand for. */
export interface RouteMatch {
  readonly route: ApiRoute;
  readonly pathParameters: Readonly<Record<string, string>>;
}

interface RoutePattern {
  readonly route: ApiRoute;
  readonly method: string;
  readonly segments: readonly string[];
  readonly isGreedy: boolean;
}

const patterns = new WeakMap<Routing['routes'], readonly RoutePattern[]>();

/**
 * The route that fits a request best: one for the whole path, then one that ends with a greedy variable, then
 * `$default`; a literal before a variable, and a method before `ANY`.
 *
 * @param path percent-encoded.
 */
export function findRoute(
  routes: Routing['routes'],
  method: string,
  path: string,
): RouteMatch | undefined {
  const parts = path.slice(1).split('/').map(unescapeUrl);
  for (const pattern of patternsOf(routes)) {
    if (pattern.method !== method && pattern.method !== 'ANY') continue;
    const pathParameters = match(pattern, parts);
    if (pathParameters !== undefined) return { route: pattern.route, pathParameters };
  }
  const route = Object.values(routes).find(({ routeKey }) => routeKey === DEFAULT);
  return route === undefined ? undefined : { route, pathParameters: {} };
}

/** The best first. Routes are never changed, so that they are read once. */
function patternsOf(routes: Routing['routes']): readonly RoutePattern[] {
  const known = patterns.get(routes);
  if (known !== undefined) return known;
  const read = Object.values(routes)
    .filter(({ routeKey }) => routeKey !== DEFAULT)
    .map(patternOf)
    .sort(bestFirst);
  patterns.set(routes, read);
  return read;
}

function patternOf(route: ApiRoute): RoutePattern {
  const [method = '', path = ''] = route.routeKey.split(' ', 2);
  const segments = path.slice(1).split('/');
  return { route, method, segments, isGreedy: segments.at(-1)?.endsWith('+}') ?? false };
}

function bestFirst(a: RoutePattern, b: RoutePattern): number {
  if (a.isGreedy !== b.isGreedy) return a.isGreedy ? 1 : -1;
  if (a.isGreedy && a.segments.length !== b.segments.length) {
    return b.segments.length - a.segments.length;
  }
  for (const [index, segment] of a.segments.entries()) {
    const order = Number(isVariable(segment)) - Number(isVariable(b.segments[index] ?? ''));
    if (order !== 0) return order;
  }
  return Number(a.method === 'ANY') - Number(b.method === 'ANY');
}

function match(
  { segments, isGreedy }: RoutePattern,
  parts: readonly string[],
): Record<string, string> | undefined {
  if (isGreedy ? parts.length < segments.length : parts.length !== segments.length) {
    return undefined;
  }
  const parameters: Record<string, string> = {};
  for (const [index, segment] of segments.entries()) {
    const isRest = isGreedy && index === segments.length - 1;
    const part = isRest ? parts.slice(index).join('/') : (parts[index] ?? '');
    if (isVariable(segment)) {
      if (part === '') return undefined;
      parameters[segment.slice(1, isRest ? -2 : -1)] = part;
    } else if (unescapeUrl(segment) !== part) return undefined;
  }
  return parameters;
}

function isVariable(segment: string): boolean {
  return segment.startsWith('{');
}

/** Text without its percent-encoding; as it is where that is malformed. */
export function unescapeUrl(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
