import { parse } from 'node:querystring';
import { within } from '../../aws/within.ts';
import { createAdmission } from '../../http/admission.ts';
import {
  type ApiAnswer,
  type ApiRequest,
  type ApiRoute,
  JSON_TYPE,
  pathPattern,
} from '../../http/api.ts';
import { ANSWER_TIMEOUT_MS, failureAnswer, slow, tooLarge } from '../../http/failures.ts';
import { readBody, wrongMediaType } from '../../http/json-body.ts';
import { requestId } from '../../http/request-id.ts';
import type { ServerLog } from '../../http/server-log.ts';
import { orderProblem } from '../http/order-failures.ts';
import { missingOrder } from '../http/order-problems.ts';
import {
  bodyOf,
  type HttpEvent,
  type HttpResult,
  type InvocationContext,
  pathOf,
} from './payload.ts';

/** Milliseconds before its function's end at which a request is answered that takes too long. */
export const ANSWER_MARGIN_MS = 500;
/** Methods whose body is read. */
const WITH_BODY: readonly string[] = ['POST', 'PUT', 'PATCH'];

export interface HttpApiOptions {
  readonly routes: readonly ApiRoute[];
  /** Demanded of every request but probes, where given. */
  readonly token?: string | undefined;
  /** Bytes of a body at the most. */
  readonly bodyLimit: number;
  readonly log: ServerLog;
}

/** Answers requests in payload format 2.0 as the server answers them over HTTP. Never throws. */
export function createHttpApi(
  options: HttpApiOptions,
): (event: HttpEvent, context: InvocationContext) => Promise<HttpResult> {
  const { routes, log } = options;
  const admit = createAdmission({ ...options, loopback: false, missing: missingOrder });
  const patterns = routes.map((route) => ({ ...route, pattern: pathPattern(route.path) }));

  const find = (method: string, path: string): Match | undefined => {
    const wanted = method === 'HEAD' ? 'GET' : method;
    for (const route of patterns) {
      const match = route.method === wanted ? route.pattern.exec(path) : null;
      if (match) return { route, params: match.groups ?? {} };
    }
    return undefined;
  };
  const answer = async (event: HttpEvent, seen: { route?: string }): Promise<ApiAnswer> => {
    const url = pathOf(event);
    // API Gateway has decoded it.
    const found = find(event.requestContext.http.method, url);
    const route = found?.route.path;
    if (route !== undefined) seen.route = route;
    await admit({ url, headers: event.headers, route });
    // Without a route it was refused.
    const {
      route: { handle },
      params,
    } = found as Match;
    return handle(readRequest(event, params, options.bodyLimit));
  };

  return async (event, context) => {
    const began = performance.now();
    const { method } = event.requestContext.http;
    const id = requestId(event.headers['x-request-id'] ?? event.requestContext.requestId);
    const seen: { route?: string } = {};
    const timeoutMs = Math.min(
      ANSWER_TIMEOUT_MS,
      context.getRemainingTimeInMillis() - ANSWER_MARGIN_MS,
    );
    const answered = await within(timeoutMs, answer(event, seen), () => {
      throw slow(timeoutMs);
    }).catch((error: unknown) => failureAnswer(error, id, log, { own: orderProblem }));
    const { status } = answered;
    const { route = 'unknown' } = seen;
    const ms = performance.now() - began;
    log({ kind: 'request', requestId: id, method, route, status, ms });
    return {
      statusCode: status,
      headers: {
        'content-type': JSON_TYPE,
        ...answered.headers,
        'x-request-id': id,
        'x-content-type-options': 'nosniff',
      },
      body: method === 'HEAD' ? '' : answered.body,
      isBase64Encoded: false,
    };
  };
}

interface Match {
  readonly route: ApiRoute;
  readonly params: Readonly<Record<string, string>>;
}

/** @throws Problem 413, 415, or 400 for what is no JSON */
function readRequest(event: HttpEvent, params: Match['params'], bodyLimit: number): ApiRequest {
  const { headers, rawQueryString, requestContext } = event;
  const query = parse(rawQueryString);
  const bytes = bodyOf(event);
  const type = headers['content-type'];
  const hasNone =
    !WITH_BODY.includes(requestContext.http.method) || (bytes.length === 0 && type === undefined);
  if (hasNone) return { params, query, headers, body: undefined };
  if (!/^application\/json\s*(;|$)/i.test(type ?? '')) throw wrongMediaType();
  if (bytes.length > bodyLimit) throw tooLarge();
  return { params, query, headers, body: readBody(headers, bytes) };
}
