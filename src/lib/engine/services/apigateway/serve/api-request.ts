import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { sourceIpOf } from '../../../http/source-ip.ts';
import { newTraceRoot } from '../../../trace-root.ts';
import type { HttpApi, Stage } from '../http-api.ts';
import type { RouteMatch } from './find-route.ts';

/** A request to a route of an API, as the events of both payload formats tell of it. */
export interface ApiRequest {
  readonly api: HttpApi;
  readonly stage: Stage;
  readonly match: RouteMatch;
  readonly method: string;
  /** Decoded, and with the stage's name where it has one. */
  readonly path: string;
  /** Without the question mark. */
  readonly search: string;
  /** By lower-case names, in the order in which they came; what API Gateway adds is there. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
  readonly body: Buffer;
  /** `HTTP/1.1`. */
  readonly protocol: string;
  readonly sourceIp: string;
  readonly userAgent: string;
  readonly requestId: string;
  /** Milliseconds since the epoch. */
  readonly time: number;
}

/** What concerns a connection and not the one who answers. */
const OF_CONNECTION: ReadonlySet<string> = new Set([
  'connection',
  'expect',
  'keep-alive',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** An id as `apigw-requestid` has them: eleven random bytes. */
export function newRequestId(): string {
  return randomBytes(11).toString('base64').replaceAll(/[+/]/g, 'x');
}

/** The headers that an integration is told of. */
export function requestHeaders(
  request: IncomingMessage,
  body: Buffer,
  time: number,
): ReadonlyMap<string, readonly string[]> {
  const headers = new Map<string, readonly string[]>();
  for (const [name, values] of Object.entries(request.headersDistinct)) {
    if (values !== undefined && !OF_CONNECTION.has(name)) headers.set(name, values);
  }
  const forwarded = headers.get('x-forwarded-for') ?? [];
  headers.set('content-length', [String(body.length)]);
  headers.set('x-amzn-trace-id', headers.get('x-amzn-trace-id') ?? [newTraceRoot(time)]);
  headers.set('x-forwarded-for', [[...forwarded, sourceIpOf(request)].join(', ')]);
  headers.set('x-forwarded-port', [String(request.socket.localPort)]);
  headers.set('x-forwarded-proto', ['http']);
  return headers;
}

/**
 * Media types whose bodies are handed on as text. The documentation doesn't name them; API Gateway was seen to take
 * every other as binary, a form and a body without a type as well.
 */
const TEXT = /^(?:text\/[^;]+|application\/(?:json|javascript|xml))\s*(?:;|$)/i;

/** The body as events have it; without one where it is empty. */
export function eventBody({ body, headers }: ApiRequest): {
  readonly body?: string;
  readonly isBase64Encoded: boolean;
} {
  if (body.length === 0) return { isBase64Encoded: false };
  const isText = TEXT.test(headers.get('content-type')?.[0] ?? '');
  if (isText && !headers.has('content-encoding')) {
    return { body: body.toString('utf8'), isBase64Encoded: false };
  }
  return { body: body.toString('base64'), isBase64Encoded: true };
}

/** The values of a query string by name, decoded. */
export function queryValues(search: string): ReadonlyMap<string, readonly string[]> {
  const values = new Map<string, string[]>();
  for (const [name, value] of new URLSearchParams(search)) {
    values.set(name, [...(values.get(name) ?? []), value]);
  }
  return values;
}

/** Values by name, each name's in one text. */
export function joined(
  values: ReadonlyMap<string, readonly string[]>,
  separator = ',',
): Record<string, string> {
  return Object.fromEntries([...values].map(([name, each]) => [name, each.join(separator)]));
}

/** The host that the API has on AWS. */
export function domainName({ apiId, region }: HttpApi): string {
  return `${apiId}.execute-api.${region}.amazonaws.com`;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `12/Mar/2020:19:03:58 +0000`. @param time milliseconds since the epoch. */
export function logTime(time: number): string {
  const [date = '', clock = ''] = new Date(time).toISOString().split('T');
  const [year, month, day] = date.split('-');
  return `${day}/${MONTHS[Number(month) - 1]}/${year}:${clock.slice(0, 8)} +0000`;
}
