import { unsupported } from '../../../errors.ts';
import { type ApiGatewayContext, type ApiInput, isoNow } from '../context.ts';
import { type ApiSettings, type Cors, DEFAULT, type HttpApi } from '../http-api.ts';
import { apiNamed, given, newApiId, newId } from '../lookup.ts';
import { type Page, type PageInput, pageOf } from '../pages.ts';
import { apiEndpoint } from '../serve/address.ts';
import { checkCors, checkTags } from '../settings.ts';
import { dropApi, storeApi } from '../state.ts';
import { integrationOf } from './integrations.ts';
import { checkRouteKey } from './routes.ts';
import { newStage } from './stages.ts';

interface ApiFields {
  readonly corsConfiguration?: Cors;
  readonly credentialsArn?: string;
  readonly description?: string;
  readonly disableExecuteApiEndpoint?: boolean;
  readonly ipAddressType?: string;
  readonly name?: string;
  readonly routeKey?: string;
  readonly target?: string;
  readonly version?: string;
}

interface CreateApiInput extends ApiFields {
  readonly protocolType?: string;
  readonly tags?: Readonly<Record<string, string>>;
}

/**
 * With a `target`, an API with a route, an integration and a stage that is deployed by itself ("quick create").
 *
 * @see https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis.html
 */
export function createApi(input: CreateApiInput, ctx: ApiGatewayContext): object {
  const { name = '', protocolType, tags = {}, target } = input;
  if (protocolType !== 'HTTP') throw unsupported(`APIs of type ${protocolType}; it has HTTP`);
  const empty = newApi(name, ctx);
  const settings = settingsOf({ ...empty.settings, tags: checkTags(tags) }, input);
  const bare = { ...empty, settings };
  const api = target === undefined ? bare : quickCreated(bare, target, input);
  storeApi(ctx.state, api);
  return apiView(api, ctx);
}

/** An API with nothing in it. */
export function newApi(name: string, ctx: ApiGatewayContext): HttpApi {
  return {
    apiId: newApiId(),
    account: ctx.account,
    region: ctx.region,
    createdDate: isoNow(ctx),
    settings: { name, disableExecuteApiEndpoint: false, ipAddressType: 'ipv4', tags: {} },
    routes: {},
    integrations: {},
    stages: {},
    deployments: {},
  };
}

/** "Quick create" (API reference, `Target` and `RouteKey`). */
function quickCreated(
  api: HttpApi,
  integrationUri: string,
  { routeKey = DEFAULT, credentialsArn }: CreateApiInput,
): HttpApi {
  checkRouteKey(routeKey);
  const integrationId = newId();
  const routeId = newId();
  const integration = integrationOf(integrationId, {
    integrationType: 'AWS_PROXY',
    integrationUri,
    payloadFormatVersion: '2.0',
    ...(credentialsArn === undefined ? {} : { credentialsArn }),
  });
  const route = {
    routeId,
    routeKey,
    target: `integrations/${integrationId}`,
    authorizationType: 'NONE',
    apiKeyRequired: false,
  };
  return {
    ...api,
    integrations: { [integrationId]: integration },
    routes: { [routeId]: route },
    stages: { [DEFAULT]: { ...newStage(DEFAULT, api.createdDate), autoDeploy: true } },
  };
}

function settingsOf(before: ApiSettings, input: ApiFields): ApiSettings {
  const {
    corsConfiguration,
    description,
    disableExecuteApiEndpoint,
    ipAddressType,
    name,
    version,
  } = input;
  if (corsConfiguration !== undefined) checkCors(corsConfiguration);
  const changes = given({
    corsConfiguration,
    description,
    disableExecuteApiEndpoint,
    ipAddressType,
    name,
    version,
  });
  return { ...before, ...changes };
}

export function getApi({ apiId }: ApiInput, ctx: ApiGatewayContext): object {
  return apiView(apiNamed(ctx, apiId), ctx);
}

export function getApis(input: PageInput, ctx: ApiGatewayContext): Page<object> {
  const own = [...ctx.state.apis.values()].filter(
    ({ account, region }) => account === ctx.account && region === ctx.region,
  );
  return pageOf(
    own.map((api) => apiView(api, ctx)),
    input,
  );
}

export function updateApi(input: ApiInput & ApiFields, ctx: ApiGatewayContext): object {
  const api = apiNamed(ctx, input.apiId);
  if (input.target !== undefined || input.routeKey !== undefined) {
    throw unsupported('changes of target and routeKey of an API; change its route and integration');
  }
  const changed = { ...api, settings: settingsOf(api.settings, input) };
  storeApi(ctx.state, changed);
  return apiView(changed, ctx);
}

export function deleteApi({ apiId }: ApiInput, ctx: ApiGatewayContext): void {
  dropApi(ctx.state, apiNamed(ctx, apiId));
}

export function deleteCorsConfiguration({ apiId }: ApiInput, ctx: ApiGatewayContext): void {
  const api = apiNamed(ctx, apiId);
  const { corsConfiguration: _, ...settings } = api.settings;
  storeApi(ctx.state, { ...api, settings });
}

/** An API as it is answered, where the caller reaches it. */
export function apiView(api: HttpApi, { baseUrl }: ApiGatewayContext): object {
  return {
    apiEndpoint: apiEndpoint(baseUrl, api.apiId),
    apiId: api.apiId,
    apiKeySelectionExpression: '$request.header.x-api-key',
    createdDate: api.createdDate,
    protocolType: 'HTTP',
    routeSelectionExpression: '$request.method $request.path',
    ...api.settings,
  };
}
