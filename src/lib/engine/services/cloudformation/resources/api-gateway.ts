import { apiArn } from '../../apigateway/http-api.ts';
import { invalid } from '../errors.ts';
import type { Properties } from './check-properties.ts';
import type { PropertyType } from './property-table.ts';
import type { Made, ResourceContext, ResourceType } from './resource-type.ts';
import { retag, TAG_MAP, tagsOf } from './tags.ts';
import { refuseUnsupported, text, unless } from './values.ts';

const MISSING = 'NotFoundException';
const settings = {
  DataTraceEnabled: 'boolean',
  DetailedMetricsEnabled: 'boolean',
  LoggingLevel: 'string',
  ThrottlingBurstLimit: 'integer',
  ThrottlingRateLimit: 'number',
} as const;
const apiProperties = {
  ApiKeySelectionExpression: 'string',
  BasePath: 'string',
  Body: 'json',
  BodyS3Location: 'json',
  CorsConfiguration: {
    AllowCredentials: 'boolean',
    AllowHeaders: ['string'],
    AllowMethods: ['string'],
    AllowOrigins: ['string'],
    ExposeHeaders: ['string'],
    MaxAge: 'integer',
  },
  CredentialsArn: 'string',
  Description: 'string',
  DisableExecuteApiEndpoint: 'boolean',
  DisableSchemaValidation: 'boolean',
  FailOnWarnings: 'boolean',
  IpAddressType: 'string',
  Name: 'string',
  ProtocolType: 'string',
  RouteKey: 'string',
  RouteSelectionExpression: 'string',
  Tags: TAG_MAP,
  Target: 'string',
  Version: 'string',
} as const;

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigatewayv2-api.html */
export const httpApi: ResourceType = {
  table: {
    properties: apiProperties,
    required: [],
    replacing: ['ProtocolType'],
  },
  attributes: ['ApiEndpoint', 'ApiId'],
  async create(properties, context) {
    refuseUnsupported(properties, UNSUPPORTED_OF_API, 'HTTP APIs');
    const { Name, ProtocolType } = properties;
    if (Name === undefined || ProtocolType === undefined) {
      throw invalid('Name and ProtocolType are required for an API without a Body.');
    }
    return apiOf(
      await context.call('apigateway', 'CreateApi', {
        ...wireInput(properties, apiProperties),
        tags: tagsOf(properties, context.tags),
      }),
    );
  },
  async update(properties, current, context) {
    refuseUnsupported(properties, UNSUPPORTED_OF_API, 'HTTP APIs');
    const { physicalId: apiId, properties: before } = current;
    const gone =
      before.CorsConfiguration !== undefined && properties.CorsConfiguration === undefined;
    if (gone) await context.call('apigateway', 'DeleteCorsConfiguration', { apiId });
    const { protocolType: _, tags: __, ...input } = wireInput(properties, apiProperties);
    const answer = await context.call<object>('apigateway', 'UpdateApi', {
      apiId,
      ...API_DEFAULTS,
      ...input,
    });
    await retagApi(properties, before, '', apiId, context);
    return apiOf(answer);
  },
  async remove({ physicalId: apiId }, context) {
    await unless(context.call('apigateway', 'DeleteApi', { apiId }), MISSING);
  },
};

const UNSUPPORTED_OF_API = ['BasePath', 'Body', 'BodyS3Location', 'FailOnWarnings'];
const API_DEFAULTS = { description: '', version: '', disableExecuteApiEndpoint: false };

function apiOf(answer: object): Made {
  const { apiId = '', apiEndpoint = '' } = answer as { apiId?: string; apiEndpoint?: string };
  return { physicalId: apiId, attributes: { ApiId: apiId, ApiEndpoint: apiEndpoint } };
}

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigatewayv2-integration.html */
export const httpApiIntegration = partOfApi({
  kind: 'Integration',
  required: ['IntegrationType'],
  properties: {
    ConnectionId: 'string',
    ConnectionType: 'string',
    ContentHandlingStrategy: 'string',
    CredentialsArn: 'string',
    Description: 'string',
    IntegrationMethod: 'string',
    IntegrationSubtype: 'string',
    IntegrationType: 'string',
    IntegrationUri: 'string',
    PassthroughBehavior: 'string',
    PayloadFormatVersion: 'string',
    RequestParameters: { '*': 'string' },
    RequestTemplates: { '*': 'string' },
    ResponseParameters: 'json',
    TemplateSelectionExpression: 'string',
    TimeoutInMillis: 'integer',
    TlsConfig: 'json',
  },
  defaults: { description: '', timeoutInMillis: 30_000 },
});

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigatewayv2-route.html */
export const httpApiRoute = partOfApi({
  kind: 'Route',
  required: ['RouteKey'],
  properties: {
    ApiKeyRequired: 'boolean',
    AuthorizationScopes: ['string'],
    AuthorizationType: 'string',
    AuthorizerId: 'string',
    ModelSelectionExpression: 'string',
    OperationName: 'string',
    RequestModels: 'json',
    RequestParameters: 'json',
    RouteKey: 'string',
    RouteResponseSelectionExpression: 'string',
    Target: 'string',
  },
  defaults: {},
});

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigatewayv2-deployment.html */
export const httpApiDeployment: ResourceType = {
  ...partOfApi({
    kind: 'Deployment',
    required: [],
    properties: { Description: 'string', StageName: 'string' },
    defaults: {},
  }),
  // Nothing else of a deployment can be changed, and none of it makes the API what it is.
  update: (_properties, current) => Promise.resolve(current),
};

/** What the parts of an API that have ids differ in. */
interface PartType {
  readonly kind: 'Integration' | 'Route' | 'Deployment';
  readonly required: readonly string[];
  readonly properties: Readonly<Record<string, PropertyType>>;
  /** What a setting goes back to that the template no longer has. */
  readonly defaults: object;
}

function partOfApi({ kind, required, properties: own, defaults }: PartType): ResourceType {
  const idName = `${kind.toLowerCase()}Id`;
  return {
    table: {
      properties: { ...own, ApiId: 'string' },
      required: ['ApiId', ...required],
      replacing: ['ApiId'],
    },
    attributes: [`${kind}Id`],
    async create(properties, context) {
      const input = { apiId: properties.ApiId, ...wireInput(properties, own) };
      const answer = await context.call<Record<string, string>>(
        'apigateway',
        `Create${kind}`,
        input,
      );
      const physicalId = answer[idName] ?? '';
      return { physicalId, attributes: { [`${kind}Id`]: physicalId } };
    },
    async update(properties, current, context) {
      await context.call('apigateway', `Update${kind}`, {
        ...defaults,
        apiId: properties.ApiId,
        [idName]: current.physicalId,
        ...wireInput(properties, own),
      });
      return current;
    },
    async remove({ physicalId, properties: { ApiId: apiId } }, context) {
      const input = { apiId, [idName]: physicalId };
      await unless(context.call('apigateway', `Delete${kind}`, input), MISSING);
    },
  };
}

const stageProperties = {
  AccessLogSettings: { DestinationArn: 'string', Format: 'string' },
  AutoDeploy: 'boolean',
  ClientCertificateId: 'string',
  DefaultRouteSettings: settings,
  DeploymentId: 'string',
  Description: 'string',
  RouteSettings: { '*': settings },
  StageVariables: { '*': 'string' },
} as const;
const STAGE_DEFAULTS = { autoDeploy: false, description: '', stageVariables: {} };

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigatewayv2-stage.html */
export const httpApiStage: ResourceType = {
  table: {
    properties: { ...stageProperties, ApiId: 'string', StageName: 'string', Tags: TAG_MAP },
    required: ['ApiId', 'StageName'],
    replacing: ['ApiId', 'StageName'],
    name: 'StageName',
  },
  attributes: [],
  async create(properties, context) {
    const { ApiId: apiId, StageName: stageName } = properties;
    const creating = context.call('apigateway', 'CreateStage', {
      apiId,
      stageName,
      ...wireInput(properties, stageProperties),
      tags: tagsOf(properties, context.tags),
    });
    await (context.resumed ? unless(creating, 'ConflictException') : creating);
    return { physicalId: String(stageName), attributes: {} };
  },
  async update(properties, current, context) {
    const { physicalId: stageName, properties: before } = current;
    const apiId = text(properties, 'ApiId') ?? '';
    await context.call('apigateway', 'UpdateStage', {
      apiId,
      stageName,
      ...STAGE_DEFAULTS,
      ...wireInput(properties, stageProperties),
    });
    await retagApi(properties, before, `/stages/${stageName}`, apiId, context);
    return current;
  },
  async remove({ physicalId: stageName, properties: { ApiId: apiId } }, context) {
    await unless(context.call('apigateway', 'DeleteStage', { apiId, stageName }), MISSING);
  },
};

function retagApi(
  properties: Properties,
  before: Properties,
  path: string,
  apiId: string,
  context: ResourceContext,
): Promise<void> {
  const arn = { 'resource-arn': apiArn({ region: context.region, apiId }) + path };
  return retag(properties, before, context, {
    untag: (tagKeys) => context.call('apigateway', 'UntagResource', { ...arn, tagKeys }),
    tag: (tags) => context.call('apigateway', 'TagResource', { ...arn, tags }),
  });
}

/** Properties as API Gateway takes them: its names begin with small letters, and those of a map stay as they are. */
function wireInput(
  properties: Properties,
  table: Readonly<Record<string, PropertyType>>,
): Record<string, unknown> {
  const names = Object.keys(table).filter((name) => properties[name] !== undefined);
  return Object.fromEntries(
    names.map((name) => [lowerFirst(name), wireValue(properties[name], table[name])]),
  );
}

function wireValue(value: unknown, type: PropertyType | undefined): unknown {
  if (type === undefined || typeof type === 'string' || Array.isArray(type)) return value;
  const members = type as Readonly<Record<string, PropertyType>>;
  const every = members['*'];
  if (every === undefined) return wireInput(value as Properties, members);
  const entries = Object.entries(value as Properties);
  return Object.fromEntries(entries.map(([name, each]) => [name, wireValue(each, every)]));
}

function lowerFirst(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}
