import type { IncomingMessage, ServerResponse } from 'node:http';
import { readBytes } from '../../../http/read-body.ts';
import type { RequestLog } from '../../../http/request-log.ts';
import { sourceIpOf } from '../../../http/source-ip.ts';
import type { HttpApi } from '../http-api.ts';
import type { ApiGatewayState } from '../state.ts';
import type { ApiAddress } from './address.ts';
import { type ApiRequest, newRequestId, requestHeaders } from './api-request.ts';
import { preflightAnswer, withCors } from './cors.ts';
import { findRoute, findStage, routingOf, unescapeUrl } from './find-route.ts';
import { type ApiAnswer, messageAnswer } from './function-answer.ts';
import { type IntegrationOutcome, invokeIntegration } from './invoke.ts';

/** "Payload size: 10 MB" (quotas of HTTP APIs), in bytes. */
const MAX_BODY_BYTES = 10 * 1024 * 1024;
/** Where an answer that isn't the function's says why. AWS tells it in access logs only. */
const REASON_HEADER = 'x-pubsub-reason';

/** What answers the requests of an engine's APIs. */
export interface ApiServer {
  readonly state: ApiGatewayState;
  readonly requests: RequestLog;
  /** Told of errors that are the engine's own mistakes. */
  readonly onBug: (error: unknown) => void;
}

/** One request, and what was found of it by now. */
interface Call extends ApiAddress {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly requestId: string;
  /** Milliseconds since the epoch. */
  readonly time: number;
}

/** Answers a request to an API as API Gateway does. */
export function serveApi(
  server: ApiServer,
  address: ApiAddress,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const time = server.state.parts.clock.timestamp();
  const call: Call = { ...address, request, response, requestId: newRequestId(), time };
  const api = server.state.apis.get(address.apiId);
  readBytes(
    request,
    (body) => {
      const began = performance.now();
      answer(server, call, api, body).then(
        (outcome) => send(server, call, api, outcome, performance.now() - began),
        (error: unknown) => {
          server.onBug(error);
          const outcome = { answer: messageAnswer(500, 'Internal Server Error') };
          send(server, call, api, outcome, performance.now() - began);
        },
      );
    },
    MAX_BODY_BYTES,
  );
}

/** @param body undefined for one that is too large. */
async function answer(
  { state }: ApiServer,
  call: Call,
  api: HttpApi | undefined,
  body: Buffer | undefined,
): Promise<IntegrationOutcome> {
  if (api === undefined) return notFound(`there is no API ${call.apiId}`);
  const { request } = call;
  const { origin, 'access-control-request-method': asked } = request.headers;
  const { corsConfiguration: cors, disableExecuteApiEndpoint } = api.settings;
  if (disableExecuteApiEndpoint) {
    return { answer: messageAnswer(404, 'Not Found'), reason: 'its endpoint is disabled' };
  }
  const isPreflight = request.method === 'OPTIONS' && origin !== undefined && asked !== undefined;
  if (cors !== undefined && isPreflight) return { answer: preflightAnswer(cors, origin) };
  const outcome = await routed(state, call, api, body);
  return cors === undefined
    ? outcome
    : { ...outcome, answer: withCors(outcome.answer, cors, origin) };
}

async function routed(
  state: ApiGatewayState,
  call: Call,
  api: HttpApi,
  body: Buffer | undefined,
): Promise<IntegrationOutcome> {
  const { request, requestId, time } = call;
  const { method = 'GET', headers, httpVersion } = request;
  const [path = '/', search = ''] = splitAt(call.url, '?');
  const found = findStage(api, path);
  if (found === undefined) return notFound('the API has no such stage, and no $default stage');
  const { stage } = found;
  const routing = routingOf(api, stage);
  if (routing === undefined) return notFound(`nothing is deployed to the stage ${stage.stageName}`);
  const match = findRoute(routing.routes, method, found.path);
  if (match === undefined) return notFound(`no route of the API is for ${method} ${found.path}`);
  if (body === undefined) return { answer: messageAnswer(413, 'Request Entity Too Large') };
  const [, id = ''] = match.route.target?.split('/') ?? [];
  const integration = routing.integrations[id];
  if (integration === undefined) return failedRoute(match.route.routeKey);
  const told: ApiRequest = {
    api,
    stage,
    match,
    method,
    path: unescapeUrl(path),
    search,
    headers: requestHeaders(request, body, time),
    body,
    protocol: `HTTP/${httpVersion}`,
    sourceIp: sourceIpOf(request),
    userAgent: headers['user-agent'] ?? '',
    requestId,
    time,
  };
  return invokeIntegration(state, told, integration);
}

function notFound(reason: string): IntegrationOutcome {
  return { answer: messageAnswer(404, 'Not Found'), reason };
}

function failedRoute(routeKey: string): IntegrationOutcome {
  const reason = `the route ${routeKey} has no integration`;
  return { answer: messageAnswer(500, 'Internal Server Error'), reason };
}

function splitAt(text: string, mark: string): readonly [string, string] {
  const at = text.indexOf(mark);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

function send(
  { requests }: ApiServer,
  { request, response, requestId, time, url, apiId }: Call,
  api: HttpApi | undefined,
  { answer: { status, headers, body }, reason }: IntegrationOutcome,
  duration: number,
): void {
  const bytes = Buffer.from(body);
  write(response, { status, headers, body: bytes }, [
    ['apigw-requestid', requestId],
    ...(reason === undefined ? [] : [[REASON_HEADER, plain(reason)] as const]),
  ]);
  requests.add({
    time,
    requestId,
    service: 'execute-api',
    action: `${request.method} ${splitAt(url, '?')[0]}`,
    account: api?.account ?? '',
    region: api?.region ?? '',
    accessKeyId: '',
    userAgent: request.headers['user-agent'] ?? '',
    status,
    error: reason === undefined ? undefined : `${apiId}: ${reason}`,
    duration,
  });
}

/** Headers of a function's answer that the connection alone decides on: Node refuses to send some with an answer of known length. */
const OF_CONNECTION: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'keep-alive',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** What a function gave as its headers may be no headers at all: that is its mistake, and told as such. */
function write(
  response: ServerResponse,
  { status, headers, body }: ApiAnswer & { readonly body: Buffer },
  more: readonly (readonly [string, string])[],
): void {
  if (response.destroyed) return;
  const isBare = status === 204 || status === 304;
  try {
    for (const [name, values] of headers) {
      if (OF_CONNECTION.has(name) || (isBare && name === 'content-type')) continue;
      response.setHeader(name, [...values]);
    }
  } catch (error) {
    for (const name of response.getHeaderNames()) response.removeHeader(name);
    const { body: text, ...plainAnswer } = messageAnswer(500, 'Internal Server Error');
    const why = [REASON_HEADER, plain(`a header of the answer: ${String(error)}`)] as const;
    write(response, { ...plainAnswer, body: Buffer.from(text) }, [...more, why]);
    return;
  }
  for (const [name, value] of more) response.setHeader(name, value);
  if (!isBare) response.setHeader('content-length', body.length);
  response.statusCode = status;
  response.end(isBare ? undefined : body);
}

/** A text as a header can have it. */
function plain(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]+/g, ' ').slice(0, 500);
}
