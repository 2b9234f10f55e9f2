import type { Cors } from '../http-api.ts';
import type { ApiAnswer } from './function-answer.ts';

type Headers = ReadonlyMap<string, readonly string[]>;

const NOTHING: Headers = new Map();

/**
 * What a browser is told of an API before it makes a request of another origin.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html
 */
export function preflightAnswer(cors: Cors, origin: string): ApiAnswer {
  return { status: 204, headers: preflightHeaders(cors, origin), body: '' };
}

function preflightHeaders(cors: Cors, origin: string): Headers {
  const headers = new Map(commonHeaders(cors, origin));
  if (headers.size === 0) return headers;
  const { allowMethods = [], allowHeaders = [], maxAge } = cors;
  if (allowMethods.length > 0) headers.set('access-control-allow-methods', [list(allowMethods)]);
  if (allowHeaders.length > 0) headers.set('access-control-allow-headers', [list(allowHeaders)]);
  if (maxAge !== undefined) headers.set('access-control-max-age', [String(maxAge)]);
  return headers;
}

/**
 * An answer to a request of another origin: "API Gateway adds the configured CORS headers to the response", and "ignores
 * CORS headers returned from your backend integration".
 */
export function withCors(answer: ApiAnswer, cors: Cors, origin: string | undefined): ApiAnswer {
  const own = [...answer.headers].filter(([name]) => !name.startsWith('access-control-'));
  const added = new Map(origin === undefined ? NOTHING : commonHeaders(cors, origin));
  const { exposeHeaders = [] } = cors;
  if (added.size > 0 && exposeHeaders.length > 0) {
    added.set('access-control-expose-headers', [list(exposeHeaders)]);
  }
  return { ...answer, headers: new Map([...own, ...added]) };
}

/** Nothing for an origin that isn't allowed. */
function commonHeaders({ allowOrigins = [], allowCredentials }: Cors, origin: string): Headers {
  const isAny = allowOrigins.includes('*');
  if (!isAny && !allowOrigins.some((allowed) => isAllowed(allowed, origin))) return NOTHING;
  const headers = new Map([['access-control-allow-origin', [isAny ? '*' : origin]]]);
  if (allowCredentials === true) headers.set('access-control-allow-credentials', ['true']);
  return headers;
}

/** `https://*` stands for every origin of that scheme. */
function isAllowed(allowed: string, origin: string): boolean {
  const [scheme = '', host] = allowed.toLowerCase().split('://');
  const given = origin.toLowerCase();
  return host === '*' ? given.startsWith(`${scheme}://`) : given === allowed.toLowerCase();
}

function list(values: readonly string[]): string {
  return values.join(',');
}
