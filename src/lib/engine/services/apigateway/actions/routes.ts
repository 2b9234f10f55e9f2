import { unsupported } from '../../../errors.ts';
import type { ApiGatewayContext, ApiInput } from '../context.ts';
import { badRequest, conflict } from '../errors.ts';
import { type ApiRoute, DEFAULT, type HttpApi } from '../http-api.ts';
import { apiNamed, given, newId, partOf, without } from '../lookup.ts';
import { type Page, type PageInput, pageOf } from '../pages.ts';
import { storeApi } from '../state.ts';

interface RouteInput extends ApiInput {
  readonly routeId?: string;
  readonly apiKeyRequired?: boolean;
  readonly authorizationScopes?: readonly string[];
  readonly authorizationType?: string;
  readonly authorizerId?: string;
  readonly operationName?: string;
  readonly routeKey?: string;
  readonly target?: string;
}

const KEY = /^(?:ANY|GET|HEAD|OPTIONS|PATCH|POST|PUT|DELETE) (\/.*)$/;
const SEGMENT = /^(?:[^{}/]*|\{[\w.:-]+\})$/;
const GREEDY = /^\{[\w.:-]+\+\}$/;
const UNSUPPORTED = ['modelSelectionExpression', 'requestModels', 'requestParameters'];

/** A method and a path, or `$default`. @throws ServiceError `BadRequestException` */
export function checkRouteKey(routeKey: string): void {
  if (routeKey === DEFAULT) return;
  const [, path] = KEY.exec(routeKey) ?? [];
  const segments = path?.slice(1).split('/');
  const last = segments?.pop() ?? '{';
  const isGood = segments?.every((each) => SEGMENT.test(each)) ?? false;
  if (isGood && (SEGMENT.test(last) || GREEDY.test(last))) return;
  throw badRequest(
    'The provided route key is not formatted properly for HTTP protocol. Format should be "<HTTP METHOD> /<RESOURCE PATH>" or "$default"',
  );
}

/** @see https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-routes.html */
export function createRoute(input: RouteInput, ctx: ApiGatewayContext): ApiRoute {
  const api = apiNamed(ctx, input.apiId);
  const { routeKey = '' } = input;
  return put(ctx, api, input, {
    routeId: newId(),
    routeKey,
    authorizationType: 'NONE',
    apiKeyRequired: false,
  });
}

/** @throws ServiceError `BadRequestException`, `ConflictException`, `UnsupportedOperation` */
function put(
  { state }: ApiGatewayContext,
  api: HttpApi,
  input: RouteInput,
  before: ApiRoute,
): ApiRoute {
  const { routeKey = before.routeKey, target, operationName } = input;
  checkRouteKey(routeKey);
  refuseUnsupported(input);
  const others = Object.values(api.routes).filter(({ routeId }) => routeId !== before.routeId);
  if (others.some((each) => each.routeKey === routeKey)) {
    throw conflict(`Route with key ${routeKey} already exists for this API`);
  }
  if (target !== undefined) {
    const [, id = ''] = /^integrations\/([a-z0-9]+)$/.exec(target) ?? [];
    if (api.integrations[id] === undefined) throw badRequest(`Invalid target: ${target}`);
  }
  const route = { ...before, routeKey, ...given({ target, operationName }) };
  storeApi(state, { ...api, routes: { ...api.routes, [route.routeId]: route } });
  return route;
}

function refuseUnsupported(input: RouteInput): void {
  const { authorizationType = 'NONE', authorizerId, authorizationScopes = [] } = input;
  if (authorizationType !== 'NONE' || authorizerId !== undefined) {
    throw unsupported(`authorization of routes (${authorizationType}); it has NONE`);
  }
  if (authorizationScopes.length > 0) throw unsupported('authorizationScopes of routes');
  if (input.apiKeyRequired === true) throw badRequest('API keys are not supported for HTTP APIs');
  const found = UNSUPPORTED.find((name) => (input as Record<string, unknown>)[name] !== undefined);
  if (found !== undefined) throw badRequest(`${found} is not supported for HTTP APIs`);
}

export function getRoute({ apiId, routeId }: RouteInput, ctx: ApiGatewayContext): ApiRoute {
  return partOf('Route', apiNamed(ctx, apiId).routes, routeId);
}

export function getRoutes(input: ApiInput & PageInput, ctx: ApiGatewayContext): Page<ApiRoute> {
  return pageOf(Object.values(apiNamed(ctx, input.apiId).routes), input);
}

export function updateRoute(input: RouteInput, ctx: ApiGatewayContext): ApiRoute {
  const api = apiNamed(ctx, input.apiId);
  return put(ctx, api, input, partOf('Route', api.routes, input.routeId));
}

export function deleteRoute({ apiId, routeId = '' }: RouteInput, ctx: ApiGatewayContext): void {
  const api = apiNamed(ctx, apiId);
  partOf('Route', api.routes, routeId);
  storeApi(ctx.state, { ...api, routes: without(api.routes, routeId) });
}
