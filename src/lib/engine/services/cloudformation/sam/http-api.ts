import { type Data, type DataMap, dataText, isMap } from '../template/data.ts';
import type { ApiEvent } from './http-api-event.ts';
import { invokedPlaceholder } from './invoked.ts';
import { conditionOf, inPlace, mapOf, pick, propertiesOf } from './properties.ts';
import { SamError } from './sam-error.ts';

/** The type that this file makes APIs and stages of. */
export const HTTP_API = 'AWS::Serverless::HttpApi';

const KNOWN: ReadonlySet<string> = new Set([
  'AccessLogSettings',
  'Auth',
  'CorsConfiguration',
  'DefaultRouteSettings',
  'DefinitionBody',
  'DefinitionUri',
  'Description',
  'DisableExecuteApiEndpoint',
  'Domain',
  'FailOnWarnings',
  'Name',
  'PropagateTags',
  'RouteSettings',
  'StageName',
  'StageVariables',
  'Tags',
]);
/** What makes authorizers, domain names or a read of S3. */
const UNSUPPORTED = ['Auth', 'DefinitionUri', 'Domain'];
const DEFAULT_STAGE = '$default';
const CREATED_BY: DataMap = { 'httpapi:createdBy': 'SAM' };
const ANY_METHOD = 'x-amazon-apigateway-any-method';

/**
 * An API with its stage, and in its definition the routes of the events that name it.
 *
 * @see https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-httpapi.html
 */
export function serverlessHttpApi(
  logicalId: string,
  resource: DataMap,
  events: readonly ApiEvent[],
): DataMap {
  const properties = propertiesOf(resource, KNOWN);
  const unsupported = UNSUPPORTED.find((name) => properties[name] !== undefined);
  if (unsupported !== undefined) {
    throw new SamError(`The local engine does not support the property ${unsupported}.`);
  }
  const tags = { ...mapOf(properties.Tags, 'Tags'), ...CREATED_BY };
  const { StageName = DEFAULT_STAGE } = properties;
  const settings = routeSettings(properties.RouteSettings, events);
  return {
    [logicalId]: inPlace(resource, 'AWS::ApiGatewayV2::Api', {
      Body: definitionOf(properties, tags, events),
      ...pick(properties, ['FailOnWarnings']),
    }),
    [stageId(logicalId, StageName)]: {
      ...conditionOf(resource),
      Type: 'AWS::ApiGatewayV2::Stage',
      Properties: {
        ApiId: { Ref: logicalId },
        StageName,
        AutoDeploy: true,
        Tags: tags,
        ...pick(properties, ['AccessLogSettings', 'DefaultRouteSettings', 'StageVariables']),
        ...(settings === undefined ? {} : { RouteSettings: settings }),
      },
    },
  };
}

/** As SAM calls it, which templates refer to. */
function stageId(logicalId: string, stageName: Data): string {
  if (stageName === DEFAULT_STAGE) return `${logicalId}ApiGatewayDefaultStage`;
  return `${logicalId}${isMap(stageName) ? '' : dataText(stageName)}Stage`;
}

function definitionOf(properties: DataMap, tags: DataMap, events: readonly ApiEvent[]): DataMap {
  const { DefinitionBody, Name, Description, CorsConfiguration } = properties;
  const { DisableExecuteApiEndpoint } = properties;
  const given = mapOf(DefinitionBody, 'DefinitionBody');
  const info = {
    version: '1.0',
    title: Name ?? { Ref: 'AWS::StackName' },
    ...(Description === undefined ? {} : { description: Description }),
  };
  const ownTags = Array.isArray(given.tags) ? (given.tags as readonly Data[]) : [];
  return {
    openapi: '3.0.1',
    ...(DefinitionBody === undefined ? { info } : {}),
    ...given,
    paths: withEvents(mapOf(given.paths, 'paths'), events),
    ...(CorsConfiguration === undefined || CorsConfiguration === false
      ? {}
      : { 'x-amazon-apigateway-cors': corsOf(CorsConfiguration) }),
    ...(DisableExecuteApiEndpoint === undefined
      ? {}
      : {
          'x-amazon-apigateway-endpoint-configuration': {
            disableExecuteApiEndpoint: DisableExecuteApiEndpoint,
          },
        }),
    tags: [
      ...ownTags,
      ...Object.entries(tags).map(([name, value]) => ({
        name,
        'x-amazon-apigateway-tag-value': value,
      })),
    ],
  };
}

/** `true` lets every origin in. */
function corsOf(given: Data): DataMap {
  if (given === true) return { allowOrigins: ['*'] };
  const entries = Object.entries(mapOf(given, 'CorsConfiguration'));
  return Object.fromEntries(
    entries.map(([name, value]) => [name.charAt(0).toLowerCase() + name.slice(1), value]),
  );
}

function withEvents(paths: DataMap, events: readonly ApiEvent[]): DataMap {
  const merged: Record<string, DataMap> = Object.fromEntries(
    Object.entries(paths).map(([path, item]) => [path, mapOf(item, path)]),
  );
  for (const event of events) {
    const { path, method, name } = event;
    const item = merged[path] ?? {};
    const key = method === 'any' ? ANY_METHOD : method;
    if (item[key] !== undefined) {
      throw new SamError(
        `Event with id [${name}] is invalid. API method '${method}' defined multiple times for path '${path}'.`,
      );
    }
    merged[path] = { ...item, [key]: operationOf(event) };
  }
  return merged;
}

function operationOf(event: ApiEvent): DataMap {
  const { path, condition, settings } = event;
  const parameters = [...path.matchAll(/\{(.*?)\}/g)].map(([, name = '']) => ({
    name,
    in: 'path',
    required: true,
  }));
  const uri = `arn:\${AWS::Partition}:apigateway:\${AWS::Region}:lambda:path/2015-03-31/functions/${invokedPlaceholder(event)}/invocations`;
  const operation = {
    ...(path === DEFAULT_STAGE ? { isDefaultRoute: true } : {}),
    'x-amazon-apigateway-integration': {
      httpMethod: 'POST',
      type: 'aws_proxy',
      uri: { 'Fn::Sub': uri },
      payloadFormatVersion: settings.PayloadFormatVersion ?? '2.0',
      ...(settings.TimeoutInMillis === undefined
        ? {}
        : { timeoutInMillis: settings.TimeoutInMillis }),
    },
    responses: {},
    ...(parameters.length === 0 ? {} : { parameters }),
  };
  if (condition === undefined) return operation;
  return { 'Fn::If': [condition, operation, { Ref: 'AWS::NoValue' }] };
}

/** Those of the API, and of events that have their own. */
function routeSettings(given: Data | undefined, events: readonly ApiEvent[]): DataMap | undefined {
  const own = events.flatMap(({ path, method, settings: { RouteSettings } }) => {
    if (RouteSettings === undefined) return [];
    const key = path === DEFAULT_STAGE ? path : `${method.toUpperCase()} ${path}`;
    return [[key, RouteSettings] as const];
  });
  if (given === undefined && own.length === 0) return undefined;
  return { ...mapOf(given, 'RouteSettings'), ...Object.fromEntries(own) };
}
