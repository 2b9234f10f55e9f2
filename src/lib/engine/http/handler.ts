import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Engine } from '../engine.ts';
import { ServiceError } from '../errors.ts';
import { type Identity, identityReader } from '../identity.ts';
import { checkPermissions } from '../permissions/check.ts';
import { decodeJson } from '../protocol/json.ts';
import { decodeQuery, parseQuery } from '../protocol/query.ts';
import { DYNAMODB_TARGET } from '../services/dynamodb/operations.ts';
import { isTableRequest, serveTables } from '../services/dynamodb/serve.ts';
import {
  findRoute,
  queryService,
  type Route,
  type Service,
  type Services,
  targetService,
  unknownAction,
} from '../services/index.ts';
import { requestContext } from './request-context.ts';
import type { RequestLog } from './request-log.ts';
import { internalError, type Protocol, sendError, sendOutput } from './respond.ts';

/** What a handler needs besides the engine. */
export interface HandlerParts {
  readonly engine: Engine;
  readonly services: Services;
  readonly requests: RequestLog;
  /** Told of errors that are the engine's own mistakes. */
  readonly onBug: (error: unknown) => void;
}

/** Answers one AWS request whose body has arrived. */
export type Handler = (
  request: IncomingMessage,
  response: ServerResponse,
  body: string,
) => Promise<void>;

/** A request as far as it was understood: errors are answered in its terms. */
interface Understood {
  protocol: Protocol;
  service: Service;
  action: string;
  route?: Route;
}

/** Makes the function that finds the action of a request, runs it, waits for the journal, and answers. */
export function createHandler({ engine, services, requests, onBug }: HandlerParts): Handler {
  const identify = identityReader(engine.sts);
  const { clock, journal, faults } = engine;

  return async (request, response, body) => {
    const started = performance.now();
    const time = clock.timestamp();
    const requestId = randomUUID();
    const { headers } = request;
    const identity = identify(headers.authorization);
    const target = headers['x-amz-target'];
    if (isTableRequest(target)) {
      const parts = { tables: engine.tables, faults, now: time, identity, requestId };
      const error = await serveTables(parts, request, response, body);
      requests.add({
        ...requestFacts(identity, headers['user-agent'], { time, requestId, started }),
        service: 'dynamodb',
        action: target.slice(DYNAMODB_TARGET.length),
        status: response.statusCode,
        ...(error === undefined ? undefined : { error: error.queryCode }),
      });
      return;
    }
    const found: Understood = {
      protocol: target === undefined ? 'query' : 'json',
      service: services.sqs,
      action: '',
    };
    let failure: ServiceError | undefined;
    try {
      const input =
        typeof target === 'string'
          ? readJson(found, services, target, body)
          : readQuery(found, services, request, identity, body);
      const { route } = found;
      if (route === undefined) throw new Error('a request was read without finding its route');
      if (identity.expires <= clock.now()) throw expiredToken(found);
      found.service.require(route.operation.input, input);
      if (faults.active) {
        if (faults.latency > 0) await sleep(faults.latency);
        const refusal = faults.refusal(found.service.name);
        if (refusal !== undefined) throw refusal;
      }
      if (identity.policy !== undefined || faults.denies !== undefined) {
        const sourceIp = request.socket.remoteAddress ?? '127.0.0.1';
        checkPermissions(engine, identity, route, input, sourceIp);
      }
      const state = engine[found.service.name];
      const context = requestContext(engine, state, identity, requestId, response);
      const result = route.run(input as never, context as never);
      const output = result instanceof Promise ? await result : result;
      if (journal.pending) await journal.committed();
      if (!response.destroyed) sendOutput(response, found.protocol, route, output, requestId);
    } catch (error) {
      failure = error instanceof ServiceError ? error : internalError();
      if (failure !== error) onBug(error);
      // A refused call may have changed state before it failed (a batch, a purge): that must hold as well.
      if (journal.pending) await journal.committed().catch(() => undefined);
      if (!response.destroyed) {
        sendError(response, found.protocol, found.service, failure, requestId);
      }
    }
    const duration = performance.now() - started;
    if (found.route !== undefined) {
      const { tally } = found.route;
      tally.calls += 1;
      tally.duration += duration;
      if (failure !== undefined) tally.errors += 1;
    }
    requests.add({
      ...requestFacts(identity, headers['user-agent'], { time, requestId, started }),
      service: found.service.name,
      action: found.action,
      status: failure?.status ?? 200,
      ...(failure === undefined ? undefined : { error: failure.queryCode }),
    });
  };
}

/** What the log of requests keeps of every request. @param call.started by `performance.now()`. */
function requestFacts(
  { account, region, accessKeyId }: Identity,
  userAgent = '',
  { time, requestId, started }: { time: number; requestId: string; started: number },
) {
  const duration = performance.now() - started;
  return { time, requestId, account, region, accessKeyId, userAgent, duration };
}

function readJson(
  found: Understood,
  services: Services,
  target: string,
  body: string,
): Record<string, unknown> {
  const service = targetService(services, target);
  if (service?.json === undefined) {
    found.action = target;
    throw unknownAction(services.sqs, target);
  }
  found.service = service;
  found.action = target.slice(service.json.target.length);
  found.route = findRoute(service, found.action);
  return decodeJson(found.route.operation.input, body);
}

function readQuery(
  found: Understood,
  services: Services,
  request: IncomingMessage,
  identity: Identity,
  body: string,
): Record<string, unknown> {
  const url = request.url ?? '/';
  const mark = url.indexOf('?');
  const path = mark < 0 ? url : url.slice(0, mark);
  const form = parseQuery(request.method === 'GET' ? (mark < 0 ? '' : url.slice(mark + 1)) : body);
  const action = form.children?.get('Action')?.value ?? '';
  const version = form.children?.get('Version')?.value;
  found.action = action;
  found.service = queryService(services, identity.service, version, action);
  if (action === '') {
    throw new ServiceError('MissingAction', 'The request must contain the parameter Action.');
  }
  found.route = findRoute(found.service, action);
  const input = decodeQuery(found.route.operation.input, form);
  // Query requests for a queue go to its URL, and need not repeat it.
  if (path.length > 1 && input.QueueUrl === undefined && found.service.name === 'sqs') {
    if ('QueueUrl' in found.route.operation.input.fields) input.QueueUrl = path;
  }
  return input;
}

/** @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/CommonErrors.html */
function expiredToken({ service }: Understood): ServiceError {
  return new ServiceError(
    service.json === undefined ? 'ExpiredToken' : 'ExpiredTokenException',
    'The security token included in the request is expired',
    { status: 403, queryCode: 'ExpiredToken', origin: 'framework' },
  );
}
