import { unsupported } from '../../../errors.ts';
import type { ApiGatewayContext, ApiInput } from '../context.ts';
import { badRequest } from '../errors.ts';
import type { ApiRoute, HttpApi, Integration } from '../http-api.ts';
import { apiNamed, newId } from '../lookup.ts';
import { type ApiDefinition, readDefinition } from '../openapi.ts';
import { checkCors, checkTags } from '../settings.ts';
import { storeApi } from '../state.ts';
import { apiView, newApi } from './apis.ts';
import { integrationOf, refuseUnsupported } from './integrations.ts';
import { checkRouteKey } from './routes.ts';

interface ImportInput extends ApiInput {
  /** OpenAPI 3.0, as JSON or YAML. */
  readonly body?: string;
  readonly basepath?: string;
  readonly failOnWarnings?: boolean;
}

/** @see https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis.html */
export async function importApi(input: ImportInput, ctx: ApiGatewayContext): Promise<object> {
  const definition = await definitionOf(input);
  const api = defined(newApi(definition.name, ctx), definition);
  storeApi(ctx.state, api);
  return apiView(api, ctx);
}

/** The API becomes what the definition says; routes with the same key keep their ids, and stages stay. */
export async function reimportApi(input: ImportInput, ctx: ApiGatewayContext): Promise<object> {
  apiNamed(ctx, input.apiId);
  const definition = await definitionOf(input);
  const api = defined(apiNamed(ctx, input.apiId), definition);
  storeApi(ctx.state, api);
  return apiView(api, ctx);
}

async function definitionOf({ body = '', basepath = 'ignore' }: ImportInput) {
  if (basepath !== 'ignore') throw unsupported(`basepath=${basepath} of imports; it has ignore`);
  return readDefinition(body);
}

function defined(api: HttpApi, definition: ApiDefinition): HttpApi {
  const { routes: given, tags, ...settings } = definition;
  const { corsConfiguration: _, ...before } = api.settings;
  if (settings.corsConfiguration !== undefined) checkCors(settings.corsConfiguration);
  const known = new Map(Object.values(api.routes).map((route) => [route.routeKey, route]));
  const routes: Record<string, ApiRoute> = {};
  const integrations: Record<string, Integration> = {};
  for (const { routeKey, operationName, integration } of given) {
    checkRouteKey(routeKey);
    const old = known.get(routeKey);
    const routeId = old?.routeId ?? newId();
    if (Object.values(routes).some((route) => route.routeKey === routeKey)) {
      throw badRequest(`The route ${routeKey} is defined twice`);
    }
    const integrationId = old?.target?.split('/')[1] ?? newId();
    refuseUnsupported(integration);
    integrations[integrationId] = integrationOf(integrationId, integration);
    routes[routeId] = {
      routeId,
      routeKey,
      target: `integrations/${integrationId}`,
      authorizationType: 'NONE',
      apiKeyRequired: false,
      ...(operationName === undefined ? {} : { operationName }),
    };
  }
  const merged = checkTags({ ...before.tags, ...tags });
  return { ...api, settings: { ...before, ...settings, tags: merged }, routes, integrations };
}
