import { restOperation as operation, type RestOperation } from '../../protocol/rest-json.ts';
import { boolean, double, integer, list, map, string, structure } from '../../protocol/shape.ts';

// Members are called as on the wire, which begins them with small letters.

const any = structure({});
const api = { apiId: string };
const PAGE = { maxResults: string, nextToken: string };
const PAGED = { query: { maxResults: 'maxResults', nextToken: 'nextToken' } };
const tags = map(string);
const cors = structure({
  allowCredentials: boolean,
  allowHeaders: list(string),
  allowMethods: list(string),
  allowOrigins: list(string),
  exposeHeaders: list(string),
  maxAge: integer,
});
const routeSettings = structure({
  dataTraceEnabled: boolean,
  detailedMetricsEnabled: boolean,
  loggingLevel: string,
  throttlingBurstLimit: integer,
  throttlingRateLimit: double,
});
const apiFields = {
  apiKeySelectionExpression: string,
  corsConfiguration: cors,
  credentialsArn: string,
  description: string,
  disableExecuteApiEndpoint: boolean,
  disableSchemaValidation: boolean,
  ipAddressType: string,
  name: string,
  routeKey: string,
  routeSelectionExpression: string,
  target: string,
  version: string,
};
const integrationFields = {
  ...api,
  connectionId: string,
  connectionType: string,
  contentHandlingStrategy: string,
  credentialsArn: string,
  description: string,
  integrationMethod: string,
  integrationSubtype: string,
  integrationType: string,
  integrationUri: string,
  passthroughBehavior: string,
  payloadFormatVersion: string,
  requestParameters: map(string),
  requestTemplates: map(string),
  responseParameters: map(map(string)),
  templateSelectionExpression: string,
  timeoutInMillis: integer,
  tlsConfig: any,
};
const routeFields = {
  ...api,
  apiKeyRequired: boolean,
  authorizationScopes: list(string),
  authorizationType: string,
  authorizerId: string,
  modelSelectionExpression: string,
  operationName: string,
  requestModels: map(string),
  requestParameters: map(any),
  routeKey: string,
  routeResponseSelectionExpression: string,
  target: string,
};
const stageFields = {
  ...api,
  stageName: string,
  accessLogSettings: structure({ destinationArn: string, format: string }),
  autoDeploy: boolean,
  clientCertificateId: string,
  defaultRouteSettings: routeSettings,
  deploymentId: string,
  description: string,
  routeSettings: map(routeSettings),
  stageVariables: map(string),
};
const deployment = { ...api, deploymentId: string };
const integration = { ...api, integrationId: string };
const route = { ...api, routeId: string };
const stage = { ...api, stageName: string };
const definition = { body: string, basepath: string, failOnWarnings: boolean };
const IMPORT = { query: { basepath: 'basepath', failOnWarnings: 'failOnWarnings' } };
const tagged = { 'resource-arn': string };

/** The actions of API Gateway V2 (API version 2018-11-29) that the engine answers, with their input. */
export const apiGatewayOperations: Readonly<Record<string, RestOperation>> = {
  CreateApi: operation({ ...apiFields, protocolType: string, tags }, ['name', 'protocolType']),
  GetApi: operation(api, ['apiId']),
  GetApis: operation(PAGE, [], PAGED),
  UpdateApi: operation({ ...api, ...apiFields }, ['apiId']),
  DeleteApi: operation(api, ['apiId']),
  DeleteCorsConfiguration: operation(api, ['apiId']),
  CreateIntegration: operation(integrationFields, ['apiId', 'integrationType']),
  GetIntegration: operation(integration, ['apiId', 'integrationId']),
  GetIntegrations: operation({ ...api, ...PAGE }, ['apiId'], PAGED),
  UpdateIntegration: operation({ ...integration, ...integrationFields }, ['apiId']),
  DeleteIntegration: operation(integration, ['apiId', 'integrationId']),
  CreateRoute: operation(routeFields, ['apiId', 'routeKey']),
  GetRoute: operation(route, ['apiId', 'routeId']),
  GetRoutes: operation({ ...api, ...PAGE }, ['apiId'], PAGED),
  UpdateRoute: operation({ ...route, ...routeFields }, ['apiId', 'routeId']),
  DeleteRoute: operation(route, ['apiId', 'routeId']),
  CreateStage: operation({ ...stageFields, tags }, ['apiId', 'stageName']),
  GetStage: operation(stage, ['apiId', 'stageName']),
  GetStages: operation({ ...api, ...PAGE }, ['apiId'], PAGED),
  UpdateStage: operation(stageFields, ['apiId', 'stageName']),
  DeleteStage: operation(stage, ['apiId', 'stageName']),
  CreateDeployment: operation({ ...api, description: string, stageName: string }, ['apiId']),
  GetDeployment: operation(deployment, ['apiId', 'deploymentId']),
  GetDeployments: operation({ ...api, ...PAGE }, ['apiId'], PAGED),
  DeleteDeployment: operation(deployment, ['apiId', 'deploymentId']),
  ImportApi: operation(definition, ['body'], IMPORT),
  ReimportApi: operation({ ...api, ...definition }, ['apiId', 'body'], IMPORT),
  GetTags: operation(tagged, ['resource-arn']),
  TagResource: operation({ ...tagged, tags }, ['resource-arn']),
  UntagResource: operation({ ...tagged, tagKeys: list(string) }, ['resource-arn'], {
    query: { tagKeys: 'tagKeys' },
  }),
};
