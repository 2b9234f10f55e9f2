import { lowerNames } from './lower-names.ts';
import type { PropertyType } from './property-table.ts';
import type { ResourceType } from './resource-type.ts';
import { unless } from './values.ts';

const MISSING = 'NotFoundException';

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
      const input = { apiId: properties.ApiId, ...lowerNames(properties, own) };
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
        ...lowerNames(properties, own),
      });
      return current;
    },
    async remove({ physicalId, properties: { ApiId: apiId } }, context) {
      const input = { apiId, [idName]: physicalId };
      await unless(context.call('apigateway', `Delete${kind}`, input), MISSING);
    },
  };
}
