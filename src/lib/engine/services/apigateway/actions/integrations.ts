import { unsupported } from '../../../errors.ts';
import type { ApiGatewayContext, ApiInput } from '../context.ts';
import { badRequest, conflict } from '../errors.ts';
import type { Integration } from '../http-api.ts';
import { functionOfUri } from '../integration-uri.ts';
import { apiNamed, given, newId, partOf, without } from '../lookup.ts';
import { type Page, type PageInput, pageOf } from '../pages.ts';
import { storeApi } from '../state.ts';

interface IntegrationFields {
  readonly connectionType?: string;
  readonly credentialsArn?: string;
  readonly description?: string;
  readonly integrationMethod?: string;
  readonly integrationType?: string;
  readonly integrationUri?: string;
  readonly payloadFormatVersion?: string;
  readonly timeoutInMillis?: number;
}

interface IntegrationInput extends ApiInput, IntegrationFields {
  readonly integrationId?: string;
}

const MIN_TIMEOUT_MS = 50;
/** "30 seconds by default, and at most" (quotas of HTTP APIs). */
const MAX_TIMEOUT_MS = 30_000;
/** What would make another request or answer of one than the engine does. */
const UNSUPPORTED = [
  'connectionId',
  'integrationSubtype',
  'requestParameters',
  'requestTemplates',
  'responseParameters',
  'tlsConfig',
];

/** @see https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-integrations.html */
export function createIntegration(input: IntegrationInput, ctx: ApiGatewayContext): Integration {
  const api = apiNamed(ctx, input.apiId);
  refuseUnsupported(input);
  const integration = integrationOf(newId(), input);
  return put(ctx, api, integration);
}

/** An integration with what is given. @throws ServiceError `BadRequestException`, `UnsupportedOperation` */
export function integrationOf(
  integrationId: string,
  input: IntegrationFields,
  before?: Integration,
): Integration {
  const { integrationType = before?.integrationType ?? '' } = input;
  if (integrationType !== 'AWS_PROXY') {
    throw unsupported(`integrations of type ${integrationType}; it has AWS_PROXY, to a function`);
  }
  const payloadFormatVersion = input.payloadFormatVersion ?? before?.payloadFormatVersion;
  if (payloadFormatVersion === undefined) {
    throw badRequest('PayloadFormatVersion is a required parameter for integration type AWS_PROXY');
  }
  if (payloadFormatVersion !== '1.0' && payloadFormatVersion !== '2.0') {
    throw badRequest(`PayloadFormatVersion must be 1.0 or 2.0, not ${payloadFormatVersion}`);
  }
  const uri = input.integrationUri ?? before?.integrationUri ?? '';
  if (functionOfUri(uri, {}) === undefined) {
    throw badRequest(`Invalid function ARN or invalid URI: ${uri}`);
  }
  if ((input.connectionType ?? 'INTERNET') !== 'INTERNET') throw unsupported('VPC links');
  const timeout = input.timeoutInMillis ?? before?.timeoutInMillis ?? MAX_TIMEOUT_MS;
  if (!(timeout >= MIN_TIMEOUT_MS && timeout <= MAX_TIMEOUT_MS)) {
    throw badRequest('Timeout should be between 50 ms and 30000 ms');
  }
  const { credentialsArn, description, integrationMethod } = input;
  return {
    ...before,
    integrationId,
    integrationType,
    integrationUri: uri,
    connectionType: 'INTERNET',
    payloadFormatVersion,
    timeoutInMillis: timeout,
    ...given({ credentialsArn, description, integrationMethod }),
  };
}

/** @throws ServiceError `UnsupportedOperation` for what the engine's integrations don't have. */
export function refuseUnsupported(input: object): void {
  const found = UNSUPPORTED.find((name) => (input as Record<string, unknown>)[name] !== undefined);
  if (found !== undefined) throw unsupported(`${found} of integrations`);
}

function put(
  { state }: ApiGatewayContext,
  api: ReturnType<typeof apiNamed>,
  integration: Integration,
): Integration {
  const integrations = { ...api.integrations, [integration.integrationId]: integration };
  storeApi(state, { ...api, integrations });
  return integration;
}

export function getIntegration(
  { apiId, integrationId }: IntegrationInput,
  ctx: ApiGatewayContext,
): Integration {
  return partOf('Integration', apiNamed(ctx, apiId).integrations, integrationId);
}

export function getIntegrations(
  input: ApiInput & PageInput,
  ctx: ApiGatewayContext,
): Page<Integration> {
  return pageOf(Object.values(apiNamed(ctx, input.apiId).integrations), input);
}

export function updateIntegration(input: IntegrationInput, ctx: ApiGatewayContext): Integration {
  const api = apiNamed(ctx, input.apiId);
  const before = partOf('Integration', api.integrations, input.integrationId);
  refuseUnsupported(input);
  return put(ctx, api, integrationOf(before.integrationId, input, before));
}

export function deleteIntegration(
  { apiId, integrationId = '' }: IntegrationInput,
  ctx: ApiGatewayContext,
): void {
  const api = apiNamed(ctx, apiId);
  partOf('Integration', api.integrations, integrationId);
  const users = Object.values(api.routes).filter(
    ({ target }) => target === `integrations/${integrationId}`,
  );
  if (users.length > 0) {
    const ids = users.map(({ routeId }) => routeId).join(', ');
    throw conflict(
      `Cannot delete Integration '${integrationId}', as it is referenced by Routes: [${ids}]`,
    );
  }
  storeApi(ctx.state, { ...api, integrations: without(api.integrations, integrationId) });
}
