import { setTimeout as sleep } from 'node:timers/promises';
import type { ServiceInvocationResult } from '../../../ports.ts';
import { DEFAULT, type Integration } from '../http-api.ts';
import { functionOfUri } from '../integration-uri.ts';
import type { ApiGatewayState } from '../state.ts';
import type { ApiRequest } from './api-request.ts';
import { event1 } from './event-1.ts';
import { event2 } from './event-2.ts';
import { type ApiAnswer, functionAnswer, messageAnswer } from './function-answer.ts';

const PRINCIPAL = 'apigateway.amazonaws.com';

/** An answer, and why it isn't the function's. */
export interface IntegrationOutcome {
  readonly answer: ApiAnswer;
  readonly reason?: string;
}

/** Invokes the function of a route, and makes an answer of what it says. */
export async function invokeIntegration(
  state: ApiGatewayState,
  request: ApiRequest,
  integration: Integration,
): Promise<IntegrationOutcome> {
  const { payloadFormatVersion: format, integrationUri, timeoutInMillis } = integration;
  const functionArn = functionOfUri(integrationUri, request.stage.stageVariables);
  if (functionArn === undefined) return failed(`${integrationUri} is no function`);
  const event = format === '1.0' ? event1(request) : event2(request);
  const work = state.functions.invoke(functionArn, {
    service: PRINCIPAL,
    sourceArn: sourceArn(request),
    isTrusted: integration.credentialsArn !== undefined,
    payload: JSON.stringify(event),
    traceId: request.headers.get('x-amzn-trace-id')?.[0],
  });
  state.parts.clock.track(work);
  const late = new AbortController();
  const timeout = sleep(timeoutInMillis, undefined, { ref: false, signal: late.signal }).catch(
    () => undefined,
  );
  const result = await Promise.race([work, timeout]);
  late.abort();
  if (result === undefined) {
    return unavailable(`${functionArn} did not answer within ${timeoutInMillis} ms`);
  }
  if (!result.ok) return refused(result.cause, result.reason);
  const answer = functionAnswer(result.payload, format);
  return answer === undefined
    ? failed(`the answer of ${functionArn} is none of payload format ${format}`)
    : { answer };
}

function refused(
  cause: Extract<ServiceInvocationResult, { ok: false }>['cause'],
  reason: string,
): IntegrationOutcome {
  if (cause === 'busy') return unavailable(reason);
  if (cause !== 'too large') return failed(reason);
  return { answer: messageAnswer(413, 'Request Entity Too Large'), reason };
}

function failed(reason: string): IntegrationOutcome {
  return { answer: messageAnswer(500, 'Internal Server Error'), reason };
}

function unavailable(reason: string): IntegrationOutcome {
  return { answer: messageAnswer(503, 'Service Unavailable'), reason };
}

/** What a function's permission names: API, stage, method and the path of the route. */
function sourceArn({ api, stage, match, method }: ApiRequest): string {
  const { routeKey } = match.route;
  // "API Gateway doesn't like trailing slashes in paths and removes them" (SAM's translator).
  const path = routeKey.slice(routeKey.indexOf('/')).replace(/(.)\/$/, '$1');
  const what = routeKey === DEFAULT ? DEFAULT : method + path;
  const resource = `${api.apiId}/${stage.stageName}/${what}`;
  return `arn:aws:execute-api:${api.region}:${api.account}:${resource}`;
}
