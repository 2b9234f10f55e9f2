import { setTimeout as sleep } from 'node:timers/promises';
import type { Engine } from '../engine.ts';
import { ServiceError } from '../errors.ts';
import { flatUuid } from '../flat-uuid.ts';
import { type Identity, identityReader } from '../identity.ts';
import { checkPermissions } from '../permissions/check.ts';
import { DYNAMODB_TARGET } from '../services/dynamodb/operations.ts';
import { isTableRequest, serveTables } from '../services/dynamodb/serve.ts';
import type { Services } from '../services/index.ts';
import type { CallRequest, CallResponse } from './call.ts';
import { readRequest, type Understood, understand } from './read-request.ts';
import { requestContext } from './request-context.ts';
import type { RequestLog } from './request-log.ts';
import { internalError, sendError, sendOutput } from './respond.ts';
import { sourceIpOf } from './source-ip.ts';

/** What a handler needs besides the engine. */
export interface HandlerParts {
  readonly engine: Engine;
  readonly services: Services;
  readonly requests: RequestLog;
  /** Told of errors that are the engine's own mistakes. */
  readonly onBug: (error: unknown) => void;
}

/** Answers one AWS request whose body has arrived. */
export type Handler = (request: CallRequest, response: CallResponse, body: string) => Promise<void>;

/** Makes the function that finds the action of a request, runs it, waits for the journal, and answers. */
export function createHandler({ engine, services, requests, onBug }: HandlerParts): Handler {
  const identify = callerReader(engine);
  const { clock, journal, faults } = engine;

  return async (request, response, body) => {
    const started = performance.now();
    const time = clock.timestamp();
    const requestId = flatUuid();
    const { headers } = request;
    const identity = identify(request);
    const target = headers['x-amz-target'];
    if (isTableRequest(target)) {
      const { tables } = engine;
      const parts = { tables, faults, now: time, identity, requestId, roles: engine };
      const error = await serveTables(parts, request, response, body);
      requests.add({
        time,
        requestId,
        service: 'dynamodb',
        action: target.slice(DYNAMODB_TARGET.length),
        account: identity.account,
        region: identity.region,
        accessKeyId: identity.accessKeyId,
        userAgent: headers['user-agent'] ?? '',
        status: response.statusCode,
        error: error?.queryCode,
        duration: performance.now() - started,
      });
      return;
    }
    const found = understand(services, request);
    let failure: ServiceError | undefined;
    try {
      const {
        route,
        input,
        isPlainText = false,
      } = readRequest(found, services, request, identity, body);
      if (identity.expires <= clock.now()) throw expiredToken(found);
      found.service.require(route.operation.input, input);
      if (faults.active) {
        if (faults.latency > 0) await sleep(faults.latency);
        const refusal = faults.refusal(found.service.name);
        if (refusal !== undefined) throw refusal;
      }
      if (isRestricted(identity) || faults.denies !== undefined) {
        checkPermissions(engine, identity, route, input, sourceIpOf(request));
      }
      const state = engine[found.service.name];
      const context = requestContext(engine, state, identity, requestId, response, isPlainText);
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
      time,
      requestId,
      service: found.service.name,
      action: found.action,
      account: identity.account,
      region: identity.region,
      accessKeyId: identity.accessKeyId,
      userAgent: headers['user-agent'] ?? '',
      status: failure?.status ?? 200,
      error: failure?.queryCode,
      duration,
    });
  };
}

/** Whether there are policies that may forbid a caller something. */
function isRestricted({ policy, role }: Identity): boolean {
  return policy !== undefined || role !== undefined;
}

/** Reads callers; what it remembers of them ends with the state that it is from. */
function callerReader(engine: Engine): ReturnType<typeof identityReader> {
  let { sts } = engine;
  let read = identityReader(sts, engine.options.identities);
  return (request) => {
    if (engine.sts !== sts) {
      sts = engine.sts;
      read = identityReader(sts, engine.options.identities);
    }
    return read(request);
  };
}

/** @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/CommonErrors.html */
function expiredToken({ service }: Understood): ServiceError {
  return new ServiceError(
    service.json === undefined ? 'ExpiredToken' : 'ExpiredTokenException',
    'The security token included in the request is expired',
    { status: 403, queryCode: 'ExpiredToken', origin: 'framework' },
  );
}
