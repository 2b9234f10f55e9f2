import { unsupported } from '../../errors.ts';
import { badRequest } from './errors.ts';
import { type Cors, DEFAULT } from './http-api.ts';

type Members = Readonly<Record<string, unknown>>;

/** What a definition in OpenAPI says of a route's integration; names as the actions have them. */
export interface DefinedRoute {
  readonly routeKey: string;
  readonly operationName?: string;
  readonly integration: Members;
}

/** What a definition in OpenAPI says of an API. */
export interface ApiDefinition {
  readonly name: string;
  readonly description?: string;
  readonly version?: string;
  readonly corsConfiguration?: Cors;
  readonly disableExecuteApiEndpoint: boolean;
  readonly tags: Readonly<Record<string, string>>;
  readonly routes: readonly DefinedRoute[];
}

const METHODS: readonly string[] = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch'];
const ANY_METHOD = 'x-amazon-apigateway-any-method';
const INTEGRATION = 'x-amazon-apigateway-integration';
const CORS_LISTS = ['allowHeaders', 'allowMethods', 'allowOrigins', 'exposeHeaders'] as const;

/**
 * Reads a definition in OpenAPI 3 with API Gateway's extensions.
 *
 * @param body JSON or YAML.
 * @throws ServiceError `BadRequestException`, `UnsupportedOperation`
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-open-api.html
 */
export async function readDefinition(body: string): Promise<ApiDefinition> {
  const definition = members(await parse(body), 'The definition');
  const { openapi, info, paths = {}, tags = [] } = definition;
  if (typeof openapi !== 'string' || !openapi.startsWith('3.0')) {
    throw badRequest('Unable to parse API definition: only OpenAPI 3.0 is supported');
  }
  const { title, description, version } = members(info, 'info');
  if (typeof title !== 'string' || title === '') {
    throw badRequest('Unable to create API: info.title, its name, is missing');
  }
  const endpoint = members(
    definition['x-amazon-apigateway-endpoint-configuration'] ?? {},
    'x-amazon-apigateway-endpoint-configuration',
  );
  const cors = definition['x-amazon-apigateway-cors'];
  const shared = members(definition.components ?? {}, 'components');
  const integrations = members(shared['x-amazon-apigateway-integrations'] ?? {}, 'components');
  if (Array.isArray(definition.security) && definition.security.length > 0) {
    throw unsupported('authorizers');
  }
  return {
    name: title,
    ...(typeof description === 'string' ? { description } : {}),
    ...(version === undefined ? {} : { version: String(version) }),
    ...(cors === undefined ? {} : { corsConfiguration: corsOf(cors) }),
    disableExecuteApiEndpoint: endpoint.disableExecuteApiEndpoint === true,
    tags: tagsOf(Array.isArray(tags) ? tags : []),
    routes: Object.entries(members(paths, 'paths')).flatMap(([path, item]) =>
      routesOf(path, members(item, path), integrations),
    ),
  };
}

async function parse(body: string): Promise<unknown> {
  try {
    if (/^\s*\{/.test(body)) return JSON.parse(body);
    const { parse: parseYaml } = await import('yaml');
    return parseYaml(body);
  } catch (error) {
    throw badRequest(`Unable to parse API definition: ${(error as Error).message}`);
  }
}

function corsOf(given: unknown): Cors {
  const cors = members(given, 'CORS');
  for (const name of CORS_LISTS) {
    const { [name]: list = [] } = cors;
    const isGood = Array.isArray(list) && list.every((each) => typeof each === 'string');
    if (!isGood) throw badRequest(`Unable to parse API definition: ${name} is no list of texts`);
  }
  return cors as Cors;
}

/** Tags with a value become those of the API. */
function tagsOf(tags: readonly unknown[]): Record<string, string> {
  const pairs = tags.flatMap((each) => {
    const { name, 'x-amazon-apigateway-tag-value': value } = members(each, 'tags');
    return value === undefined ? [] : [[String(name), String(value)] as const];
  });
  return Object.fromEntries(pairs);
}

function routesOf(path: string, item: Members, integrations: Members): DefinedRoute[] {
  return [...METHODS, ANY_METHOD].flatMap((method) => {
    if (item[method] === undefined) return [];
    const operation = members(item[method], `${method} ${path}`);
    const { operationId, security } = operation;
    if (Array.isArray(security) && security.length > 0) throw unsupported('authorizers');
    const verb = method === ANY_METHOD ? 'ANY' : method.toUpperCase();
    const isDefault = path === DEFAULT || path === `/${DEFAULT}`;
    return {
      routeKey: isDefault ? DEFAULT : `${verb} ${path}`,
      ...(typeof operationId === 'string' ? { operationName: operationId } : {}),
      integration: integrationOf(`${verb} ${path}`, operation[INTEGRATION], integrations),
    };
  });
}

/** By the names of the extension, by those of the actions. */
const NAMES: Readonly<Record<string, string>> = {
  connectionId: 'connectionId',
  connectionType: 'connectionType',
  credentials: 'credentialsArn',
  httpMethod: 'integrationMethod',
  integrationSubtype: 'integrationSubtype',
  payloadFormatVersion: 'payloadFormatVersion',
  requestParameters: 'requestParameters',
  responseParameters: 'responseParameters',
  timeoutInMillis: 'timeoutInMillis',
  tlsConfig: 'tlsConfig',
  uri: 'integrationUri',
};

/** @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions-integration.html */
function integrationOf(where: string, given: unknown, shared: Members): Members {
  const own = members(given, `${INTEGRATION} of ${where}`);
  const [, name = ''] =
    /^#\/components\/x-amazon-apigateway-integrations\/(.+)$/.exec(String(own.$ref ?? '')) ?? [];
  const found = own.$ref === undefined ? own : members(shared[name], String(own.$ref));
  const integrationType = String(found.type ?? '').toUpperCase();
  if (typeof (found.uri ?? '') !== 'string') {
    throw badRequest(`Unable to parse API definition: the uri of ${where} is no text`);
  }
  const renamed = Object.entries(found).flatMap(([key, value]) => {
    const known = NAMES[key];
    if (known === undefined) return [];
    // A parameter of a template is a text, whatever its type.
    return [[known, key === 'timeoutInMillis' ? Number(value) : value] as const];
  });
  return { integrationType, ...Object.fromEntries(renamed) };
}

function members(value: unknown, what: string): Members {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Members;
  throw badRequest(`Unable to parse API definition: ${what} is no object`);
}
