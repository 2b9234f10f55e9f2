import * as commands from '@aws-sdk/client-apigatewayv2';
import { it } from 'vitest';
import { type Answer, expectAnswers, useService } from '../../../fixtures/answers.ts';

const at = useService(commands.ApiGatewayV2Client);
const ask = (calls: readonly Answer[]) => expectAnswers({ client: at.client, commands }, calls);

const FUNCTION = 'arn:aws:lambda:us-east-1:111122223333:function:f';
const integration = {
  IntegrationType: 'AWS_PROXY' as const,
  IntegrationUri: FUNCTION,
  PayloadFormatVersion: '2.0',
};
const DEFINITION = (more: object) =>
  JSON.stringify({ openapi: '3.0.1', info: { title: 't' }, ...more });
interface Ids {
  readonly ApiId: string;
  readonly IntegrationId: string;
  readonly RouteId: string;
  readonly DeploymentId: string;
}
const callsFor = ({ ApiId, IntegrationId, RouteId, DeploymentId }: Ids): Answer[] => [
  [
    'CreateApi',
    { Name: 'n', ProtocolType: 'WEBSOCKET' },
    '400 UnsupportedOperation: The local engine does not support APIs of type WEBSOCKET; it has HTTP.',
  ],
  [
    'CreateApi',
    { Name: 'n', ProtocolType: 'HTTP', Tags: { 'aws:k': 'v' } },
    "400 BadRequestException: The tag aws:k is reserved: aws: is for AWS's own.",
  ],
  [
    'CreateApi',
    {
      Name: 'n',
      ProtocolType: 'HTTP',
      Tags: Object.fromEntries(Array.from({ length: 51 }, (_, at) => [`k${at}`, ''])),
    },
    '400 BadRequestException: The number of tags exceeds 50.',
  ],
  [
    'CreateApi',
    {
      Name: 'n',
      ProtocolType: 'HTTP',
      CorsConfiguration: { AllowCredentials: true, AllowOrigins: ['*'] },
    },
    '400 BadRequestException: allowCredentials is not supported for origin *',
  ],
  [
    'CreateApi',
    { Name: 'n', ProtocolType: 'HTTP', CorsConfiguration: { AllowOrigins: ['here'] } },
    '400 BadRequestException: Invalid format for origin here',
  ],
  [
    'CreateApi',
    { Name: 'n', ProtocolType: 'HTTP', CorsConfiguration: { AllowMethods: ['TRACE'] } },
    '400 BadRequestException: Invalid method TRACE in allowMethods',
  ],
  [
    'CreateApi',
    { Name: 'n', ProtocolType: 'HTTP', CorsConfiguration: { MaxAge: -2 } },
    '400 BadRequestException: maxAge must be between -1 and 86400 seconds',
  ],
  [
    'CreateApi',
    { Name: 'n', ProtocolType: 'HTTP', CorsConfiguration: { MaxAge: 86_401 } },
    '400 BadRequestException: maxAge must be between -1 and 86400 seconds',
  ],
  [
    'CreateApi',
    { Name: 'n', ProtocolType: 'HTTP', Target: 'any' },
    '400 BadRequestException: Invalid function ARN or invalid URI: any',
  ],
  [
    'UpdateApi',
    { ApiId, CorsConfiguration: { MaxAge: 86_401 } },
    '400 BadRequestException: maxAge must be between -1 and 86400 seconds',
  ],
  [
    'UpdateApi',
    { ApiId, Target: FUNCTION },
    '400 UnsupportedOperation: The local engine does not support changes of target and routeKey of an API; change its route and integration.',
  ],
  [
    'UpdateApi',
    { ApiId, RouteKey: 'GET /' },
    '400 UnsupportedOperation: The local engine does not support changes of target and routeKey of an API; change its route and integration.',
  ],
  [
    'UpdateApi',
    { ApiId: 'none' },
    '404 NotFoundException: Invalid API identifier specified 111122223333:none',
  ],
  [
    'GetApi',
    { ApiId: 'none' },
    '404 NotFoundException: Invalid API identifier specified 111122223333:none',
  ],
  [
    'DeleteApi',
    { ApiId: 'none' },
    '404 NotFoundException: Invalid API identifier specified 111122223333:none',
  ],
  ['GetApis', { MaxResults: '0' }, '400 BadRequestException: Invalid maxResults specified: 0'],
  ['GetApis', { MaxResults: '501' }, '400 BadRequestException: Invalid maxResults specified: 501'],
  ['GetApis', { MaxResults: 'x' }, '400 BadRequestException: Invalid maxResults specified: x'],
  ['GetApis', { NextToken: 'none' }, '400 BadRequestException: Invalid nextToken specified'],
  [
    'CreateIntegration',
    { ApiId, ...integration, IntegrationType: 'HTTP_PROXY' },
    '400 UnsupportedOperation: The local engine does not support integrations of type HTTP_PROXY; it has AWS_PROXY, to a function.',
  ],
  [
    'CreateIntegration',
    { ApiId, ...integration, PayloadFormatVersion: undefined },
    '400 BadRequestException: PayloadFormatVersion is a required parameter for integration type AWS_PROXY',
  ],
  [
    'CreateIntegration',
    { ApiId, ...integration, PayloadFormatVersion: '3.0' },
    '400 BadRequestException: PayloadFormatVersion must be 1.0 or 2.0, not 3.0',
  ],
  [
    'CreateIntegration',
    { ApiId, ...integration, IntegrationUri: 'https://example.com' },
    '400 BadRequestException: Invalid function ARN or invalid URI: https://example.com',
  ],
  [
    'CreateIntegration',
    { ApiId, ...integration, ConnectionType: 'VPC_LINK' },
    '400 UnsupportedOperation: The local engine does not support VPC links.',
  ],
  [
    'CreateIntegration',
    { ApiId, ...integration, TimeoutInMillis: 49 },
    '400 BadRequestException: Timeout should be between 50 ms and 30000 ms',
  ],
  [
    'CreateIntegration',
    { ApiId, ...integration, TimeoutInMillis: 30_001 },
    '400 BadRequestException: Timeout should be between 50 ms and 30000 ms',
  ],
  [
    'CreateIntegration',
    { ApiId, ...integration, ConnectionId: 'c' },
    '400 UnsupportedOperation: The local engine does not support connectionId of integrations.',
  ],
  [
    'CreateIntegration',
    { ApiId, ...integration, IntegrationSubtype: 's' },
    '400 UnsupportedOperation: The local engine does not support integrationSubtype of integrations.',
  ],
  [
    'CreateIntegration',
    { ApiId, ...integration, RequestParameters: { a: 'b' } },
    '400 UnsupportedOperation: The local engine does not support requestParameters of integrations.',
  ],
  [
    'CreateIntegration',
    { ApiId, ...integration, RequestTemplates: { a: 'b' } },
    '400 UnsupportedOperation: The local engine does not support requestTemplates of integrations.',
  ],
  [
    'CreateIntegration',
    { ApiId, ...integration, ResponseParameters: { 200: { a: 'b' } } },
    '400 UnsupportedOperation: The local engine does not support responseParameters of integrations.',
  ],
  [
    'CreateIntegration',
    { ApiId, ...integration, TlsConfig: {} },
    '400 UnsupportedOperation: The local engine does not support tlsConfig of integrations.',
  ],
  [
    'CreateIntegration',
    { ApiId: 'none', ...integration },
    '404 NotFoundException: Invalid API identifier specified 111122223333:none',
  ],
  [
    'UpdateIntegration',
    { ApiId, IntegrationId, TimeoutInMillis: 50, Description: 'd' },
    {
      ConnectionType: 'INTERNET',
      Description: 'd',
      IntegrationId,
      IntegrationType: 'AWS_PROXY',
      IntegrationUri: 'arn:aws:lambda:us-east-1:111122223333:function:f',
      PayloadFormatVersion: '2.0',
      TimeoutInMillis: 50,
    },
  ],
  [
    'UpdateIntegration',
    { ApiId, IntegrationId, TimeoutInMillis: 49 },
    '400 BadRequestException: Timeout should be between 50 ms and 30000 ms',
  ],
  [
    'UpdateIntegration',
    { ApiId, IntegrationId, TlsConfig: {} },
    '400 UnsupportedOperation: The local engine does not support tlsConfig of integrations.',
  ],
  [
    'UpdateIntegration',
    { ApiId, IntegrationId: 'none' },
    '404 NotFoundException: Invalid Integration identifier specified none',
  ],
  [
    'GetIntegration',
    { ApiId, IntegrationId },
    {
      ConnectionType: 'INTERNET',
      Description: 'd',
      IntegrationId,
      IntegrationType: 'AWS_PROXY',
      IntegrationUri: 'arn:aws:lambda:us-east-1:111122223333:function:f',
      PayloadFormatVersion: '2.0',
      TimeoutInMillis: 50,
    },
  ],
  [
    'GetIntegration',
    { ApiId, IntegrationId: 'none' },
    '404 NotFoundException: Invalid Integration identifier specified none',
  ],
  [
    'DeleteIntegration',
    { ApiId, IntegrationId: 'none' },
    '404 NotFoundException: Invalid Integration identifier specified none',
  ],
  [
    'DeleteIntegration',
    { ApiId, IntegrationId },
    `409 ConflictException: Cannot delete Integration '${IntegrationId}', as it is referenced by Routes: [${RouteId}]`,
  ],
  [
    'CreateRoute',
    { ApiId, RouteKey: 'GET /there' },
    '409 ConflictException: Route with key GET /there already exists for this API',
  ],
  [
    'CreateRoute',
    { ApiId, RouteKey: 'GET /new', Target: 'integrations/none' },
    '400 BadRequestException: Invalid target: integrations/none',
  ],
  [
    'CreateRoute',
    { ApiId, RouteKey: 'GET /new', Target: IntegrationId },
    `400 BadRequestException: Invalid target: ${IntegrationId}`,
  ],
  [
    'CreateRoute',
    { ApiId, RouteKey: 'GET /new', AuthorizationType: 'JWT' },
    '400 UnsupportedOperation: The local engine does not support authorization of routes (JWT); it has NONE.',
  ],
  [
    'CreateRoute',
    { ApiId, RouteKey: 'GET /new', AuthorizerId: 'a' },
    '400 UnsupportedOperation: The local engine does not support authorization of routes (NONE); it has NONE.',
  ],
  [
    'CreateRoute',
    { ApiId, RouteKey: 'GET /new', AuthorizationScopes: ['a'] },
    '400 UnsupportedOperation: The local engine does not support authorizationScopes of routes.',
  ],
  [
    'CreateRoute',
    { ApiId, RouteKey: 'GET /new', ApiKeyRequired: true },
    '400 BadRequestException: API keys are not supported for HTTP APIs',
  ],
  [
    'CreateRoute',
    { ApiId, RouteKey: 'GET /new', ModelSelectionExpression: 'a' },
    '400 BadRequestException: modelSelectionExpression is not supported for HTTP APIs',
  ],
  [
    'CreateRoute',
    { ApiId, RouteKey: 'GET /new', RequestModels: { a: 'b' } },
    '400 BadRequestException: requestModels is not supported for HTTP APIs',
  ],
  [
    'CreateRoute',
    { ApiId, RouteKey: 'GET /new', RequestParameters: { a: { Required: true } } },
    '400 BadRequestException: requestParameters is not supported for HTTP APIs',
  ],
  [
    'UpdateRoute',
    { ApiId, RouteId, RouteKey: 'TRACE /' },
    '400 BadRequestException: The provided route key is not formatted properly for HTTP protocol. Format should be "<HTTP METHOD> /<RESOURCE PATH>" or "$default"',
  ],
  [
    'UpdateRoute',
    { ApiId, RouteId: 'none' },
    '404 NotFoundException: Invalid Route identifier specified none',
  ],
  [
    'UpdateRoute',
    { ApiId, RouteId, RouteKey: 'GET /there', OperationName: 'o' },
    {
      ApiKeyRequired: false,
      AuthorizationType: 'NONE',
      OperationName: 'o',
      RouteId,
      RouteKey: 'GET /there',
      Target: `integrations/${IntegrationId}`,
    },
  ],
  [
    'GetRoute',
    { ApiId, RouteId },
    {
      ApiKeyRequired: false,
      AuthorizationType: 'NONE',
      OperationName: 'o',
      RouteId,
      RouteKey: 'GET /there',
      Target: `integrations/${IntegrationId}`,
    },
  ],
  [
    'GetRoute',
    { ApiId, RouteId: 'none' },
    '404 NotFoundException: Invalid Route identifier specified none',
  ],
  [
    'DeleteRoute',
    { ApiId, RouteId: 'none' },
    '404 NotFoundException: Invalid Route identifier specified none',
  ],
  [
    'CreateStage',
    { ApiId, StageName: 'a b' },
    '400 BadRequestException: Stage name only allows a-zA-Z0-9_- and $default, at most 128 characters: a b',
  ],
  [
    'CreateStage',
    { ApiId, StageName: 's'.repeat(129) },
    '400 BadRequestException: Stage name only allows a-zA-Z0-9_- and $default, at most 128 characters: sssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssss',
  ],
  ['CreateStage', { ApiId, StageName: 'there' }, '409 ConflictException: Stage already exists'],
  [
    'CreateStage',
    { ApiId, StageName: 's', ClientCertificateId: 'c' },
    '400 UnsupportedOperation: The local engine does not support client certificates.',
  ],
  [
    'CreateStage',
    { ApiId, StageName: 's', DeploymentId: 'none' },
    '404 NotFoundException: Invalid Deployment identifier specified none',
  ],
  [
    'CreateStage',
    { ApiId, StageName: 's', DeploymentId, AutoDeploy: true },
    '400 BadRequestException: Deployment ID cannot be set on stages where AutoDeploy is enabled',
  ],
  [
    'CreateStage',
    { ApiId, StageName: 's', StageVariables: { 'a b': 'c' } },
    '400 BadRequestException: Invalid stage variable: a b. Names have letters, digits and _, and values A-Za-z0-9-._~:/?#&=,',
  ],
  [
    'CreateStage',
    { ApiId, StageName: 's', StageVariables: { a: 'b c' } },
    '400 BadRequestException: Invalid stage variable: a. Names have letters, digits and _, and values A-Za-z0-9-._~:/?#&=,',
  ],
  [
    'CreateStage',
    { ApiId, StageName: 's', Tags: { 'aws:k': 'v' } },
    "400 BadRequestException: The tag aws:k is reserved: aws: is for AWS's own.",
  ],
  [
    'UpdateStage',
    { ApiId, StageName: 'none' },
    '404 NotFoundException: Invalid Stage identifier specified none',
  ],
  [
    'UpdateStage',
    { ApiId, StageName: 'there', DeploymentId: 'none' },
    '404 NotFoundException: Invalid Deployment identifier specified none',
  ],
  [
    'GetStage',
    { ApiId, StageName: 'none' },
    '404 NotFoundException: Invalid Stage identifier specified none',
  ],
  [
    'DeleteStage',
    { ApiId, StageName: 'none' },
    '404 NotFoundException: Invalid Stage identifier specified none',
  ],
  [
    'CreateDeployment',
    { ApiId, StageName: 'none' },
    '404 NotFoundException: Invalid Stage identifier specified none',
  ],
  [
    'GetDeployment',
    { ApiId, DeploymentId: 'none' },
    '404 NotFoundException: Invalid Deployment identifier specified none',
  ],
  [
    'UpdateDeployment',
    { ApiId, DeploymentId: 'none' },
    '400 UnsupportedOperation: The local engine does not support API Gateway UpdateDeployment.',
  ],
  [
    'DeleteDeployment',
    { ApiId, DeploymentId },
    '409 ConflictException: Active stages pointing to this deployment must be moved or deleted',
  ],
  [
    'DeleteDeployment',
    { ApiId, DeploymentId: 'none' },
    '404 NotFoundException: Invalid Deployment identifier specified none',
  ],
  [
    'TagResource',
    { ResourceArn: `arn:aws:apigateway:us-east-1::/apis/none`, Tags: { k: 'v' } },
    '404 NotFoundException: Invalid API identifier specified 111122223333:none',
  ],
  [
    'TagResource',
    { ResourceArn: `arn:aws:apigateway:us-east-1::/apis/${ApiId}`, Tags: { 'aws:k': 'v' } },
    "400 BadRequestException: The tag aws:k is reserved: aws: is for AWS's own.",
  ],
  [
    'TagResource',
    { ResourceArn: `arn:aws:apigateway:us-east-1::/apis/${ApiId}/stages/there`, Tags: { k: 'v' } },
    {},
  ],
  [
    'GetTags',
    { ResourceArn: `arn:aws:apigateway:us-east-1::/apis/${ApiId}/stages/there` },
    { Tags: { k: 'v' } },
  ],
  [
    'GetTags',
    { ResourceArn: `arn:aws:apigateway:us-east-1::/apis/${ApiId}/stages/none` },
    '404 NotFoundException: Invalid Stage identifier specified none',
  ],
  [
    'GetTags',
    { ResourceArn: `arn:aws:apigateway:us-west-2::/apis/${ApiId}` },
    `404 NotFoundException: Invalid API identifier specified arn:aws:apigateway:us-west-2::/apis/${ApiId}`,
  ],
  [
    'ImportApi',
    { Body: '[]' },
    '400 BadRequestException: Unable to parse API definition: The definition is no object',
  ],
  [
    'ImportApi',
    { Body: '{"openapi":"2.0"}' },
    '400 BadRequestException: Unable to parse API definition: only OpenAPI 3.0 is supported',
  ],
  [
    'ImportApi',
    { Body: '{"openapi":"3.0.1","info":{}}' },
    '400 BadRequestException: Unable to create API: info.title, its name, is missing',
  ],
  [
    'ImportApi',
    { Body: DEFINITION({ security: [{ a: [] }] }) },
    '400 UnsupportedOperation: The local engine does not support authorizers.',
  ],
  [
    'ImportApi',
    { Body: DEFINITION({ paths: [] }) },
    '400 BadRequestException: Unable to parse API definition: paths is no object',
  ],
  [
    'ImportApi',
    { Body: DEFINITION({ paths: { '/': 7 } }) },
    '400 BadRequestException: Unable to parse API definition: / is no object',
  ],
  [
    'ImportApi',
    {
      Body: DEFINITION({
        paths: { '/': { get: { 'x-amazon-apigateway-integration': { uri: 7 } } } },
      }),
    },
    '400 BadRequestException: Unable to parse API definition: the uri of GET / is no text',
  ],
  [
    'ImportApi',
    { Body: DEFINITION({ 'x-amazon-apigateway-cors': { allowOrigins: 7 } }) },
    '400 BadRequestException: Unable to parse API definition: allowOrigins is no list of texts',
  ],
  [
    'ImportApi',
    { Body: DEFINITION({}), Basepath: 'prepend' },
    '400 UnsupportedOperation: The local engine does not support basepath=prepend of imports; it has ignore.',
  ],
  [
    'CreateAuthorizer',
    { ApiId, Name: 'a', AuthorizerType: 'JWT', IdentitySource: ['a'] },
    '400 UnsupportedOperation: The local engine does not support API Gateway CreateAuthorizer.',
  ],
  [
    'CreateDomainName',
    { DomainName: 'd' },
    '400 UnsupportedOperation: The local engine does not support API Gateway CreateDomainName.',
  ],
];

it('refuses what is out of bounds, with the reason', async () => {
  const { ApiId = '' } = await at.client.send(
    new commands.CreateApiCommand({ Name: 'n', ProtocolType: 'HTTP' }),
  );
  const { IntegrationId = '' } = await at.client.send(
    new commands.CreateIntegrationCommand({ ApiId, ...integration }),
  );
  const { RouteId = '' } = await at.client.send(
    new commands.CreateRouteCommand({
      ApiId,
      RouteKey: 'GET /there',
      Target: `integrations/${IntegrationId}`,
    }),
  );
  const { DeploymentId = '' } = await at.client.send(
    new commands.CreateDeploymentCommand({ ApiId }),
  );
  const StageName = 'there';
  await at.client.send(new commands.CreateStageCommand({ ApiId, StageName, DeploymentId }));
  await ask(callsFor({ ApiId, IntegrationId, RouteId, DeploymentId }));
});
