import { apiArn } from '../../apigateway/http-api.ts';
import { invalid } from '../errors.ts';
import type { Properties } from './check-properties.ts';
import { lowerNames } from './lower-names.ts';
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
    const { Name, ProtocolType, Body } = properties;
    if (Body === undefined && (Name === undefined || ProtocolType === undefined)) {
      throw invalid('Name and ProtocolType are required for an API without a Body.');
    }
    const input = lowerNames(properties, apiProperties);
    const tags = tagsOf(properties, context.tags);
    if (Body === undefined) {
      return apiOf(await context.call('apigateway', 'CreateApi', { ...input, tags }));
    }
    const made = apiOf(
      await context.call('apigateway', 'ImportApi', { body: JSON.stringify(Body) }),
    );
    context.made(made);
    await change(made.physicalId, input, context);
    await retagApi(properties, {}, '', made.physicalId, context);
    return made;
  },
  async update(properties, current, context) {
    refuseUnsupported(properties, UNSUPPORTED_OF_API, 'HTTP APIs');
    const { physicalId: apiId, properties: before } = current;
    const { Body, CorsConfiguration } = properties;
    const input = lowerNames(properties, apiProperties);
    if (Body === undefined) {
      const isGone = before.CorsConfiguration !== undefined && CorsConfiguration === undefined;
      if (isGone) await context.call('apigateway', 'DeleteCorsConfiguration', { apiId });
      await change(apiId, { ...API_DEFAULTS, ...input }, context);
    } else {
      await context.call('apigateway', 'ReimportApi', { apiId, body: JSON.stringify(Body) });
      await change(apiId, input, context);
    }
    await retagApi(properties, before, '', apiId, context);
    return apiOf(await context.call('apigateway', 'GetApi', { apiId }));
  },
  async remove({ physicalId: apiId }, context) {
    await unless(context.call('apigateway', 'DeleteApi', { apiId }), MISSING);
  },
};

const UNSUPPORTED_OF_API = ['BasePath', 'BodyS3Location'];
const API_DEFAULTS = { description: '', version: '', disableExecuteApiEndpoint: false };

/** What stands beside a body goes over what stands in it. */
async function change(apiId: string, input: object, context: ResourceContext): Promise<void> {
  const { protocolType, tags, body, failOnWarnings, ...changes } = input as Properties;
  if (Object.keys(changes).length === 0) return;
  await context.call('apigateway', 'UpdateApi', { apiId, ...changes });
}

function apiOf(answer: object): Made {
  const { apiId = '', apiEndpoint = '' } = answer as { apiId?: string; apiEndpoint?: string };
  return { physicalId: apiId, attributes: { ApiId: apiId, ApiEndpoint: apiEndpoint } };
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
      ...lowerNames(properties, stageProperties),
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
      ...lowerNames(properties, stageProperties),
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
