import { ServiceError } from '../errors.ts';
import { jsonError } from '../protocol/json.ts';
import { queryJsonAnswer, queryJsonError } from '../protocol/query-json.ts';
import { RestAnswer, restError } from '../protocol/rest-json.ts';
import { xmlAnswer, xmlError } from '../protocol/xml.ts';
import type { Route, Service } from '../services/index.ts';
import type { CallResponse } from './call.ts';

/** The wire protocol that a request came in; its answer goes out in the same: `query-json` is Query answered in JSON. */
export type Protocol = 'json' | 'query' | 'query-json' | 'rest-json';

const XML_TYPE = 'text/xml';
const JSON_TYPE = 'application/json';

export function sendOutput(
  response: CallResponse,
  protocol: Protocol,
  route: Route,
  output: unknown,
  requestId: string,
): void {
  const { service, name, operation } = route;
  if (protocol === 'json') {
    send(response, 200, spoken(service.json).contentType, route.toJson(output ?? {}), requestId);
  } else if (protocol === 'rest-json') {
    sendRest(response, spoken(service.rest).routes[name]?.[2] ?? 200, output, requestId);
  } else if (protocol === 'query-json') {
    send(response, 200, JSON_TYPE, queryJsonAnswer(name, operation, output, requestId), requestId);
  } else {
    const body = xmlAnswer(spoken(service.xml), name, operation, output, requestId);
    send(response, 200, XML_TYPE, body, requestId);
  }
}

/** @param status unless the output has its own. */
function sendRest(
  response: CallResponse,
  status: number,
  output: unknown,
  requestId: string,
): void {
  if (output instanceof RestAnswer) {
    for (const [name, value] of Object.entries(output.headers)) response.setHeader(name, value);
    send(response, output.status, JSON_TYPE, output.body, requestId);
  } else {
    const body = output === undefined || status === 204 ? '' : JSON.stringify(output);
    send(response, status === 200 && body === '' ? 204 : status, JSON_TYPE, body, requestId);
  }
}

/** `x-amzn-query-error` lets clients that know the older protocol's codes go on using them. */
export function sendError(
  response: CallResponse,
  protocol: Protocol,
  service: Service,
  error: ServiceError,
  requestId: string,
): void {
  if (protocol === 'json') {
    const style = spoken(service.json);
    if (style.queryErrors) {
      response.setHeader('x-amzn-query-error', `${error.queryCode};${error.fault}`);
    }
    send(response, error.status, style.contentType, jsonError(style, error), requestId);
  } else if (protocol === 'rest-json') {
    response.setHeader('X-Amzn-ErrorType', error.code);
    send(response, error.status, JSON_TYPE, restError(error), requestId);
  } else if (error.bare) {
    send(response, error.status, XML_TYPE, `<${error.queryCode}/>\n`, requestId);
  } else if (protocol === 'query-json') {
    const body = queryJsonError(spoken(service.xml), error, requestId);
    send(response, error.status, JSON_TYPE, body, requestId);
  } else {
    const body = xmlError(spoken(service.xml), error, requestId);
    send(response, error.status, XML_TYPE, body, requestId);
  }
}

/** The protocol was found by the service, or the service by its protocol: it speaks it. */
function spoken<Style>(style: Style | undefined): Style {
  if (style === undefined)
    throw new Error('a service was asked in a protocol that it does not speak');
  return style;
}

function send(
  response: CallResponse,
  status: number,
  contentType: string,
  body: string,
  requestId: string,
): void {
  // A flat list spares Node a pass over the headers.
  response.writeHead(status, [
    'x-amzn-RequestId',
    requestId,
    'Content-Type',
    contentType,
    'Content-Length',
    String(Buffer.byteLength(body)),
  ]);
  response.end(body);
}

/** What the caller is told of a mistake inside the engine. */
export function internalError(): ServiceError {
  return new ServiceError(
    'InternalFailure',
    'The request processing has failed because of an unknown error, exception or failure.',
    { status: 500, origin: 'framework' },
  );
}
