import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import {
  ApiGatewayV2Client,
  CreateApiCommand,
  CreateDeploymentCommand,
  CreateIntegrationCommand,
  CreateRouteCommand,
  CreateStageCommand,
  DeleteApiCommand,
  DeleteDeploymentCommand,
  DeleteIntegrationCommand,
  GetApiCommand,
  GetApisCommand,
  GetDeploymentsCommand,
  GetIntegrationsCommand,
  GetRoutesCommand,
  GetStagesCommand,
  GetTagsCommand,
  ImportApiCommand,
  ReimportApiCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateApiCommand,
  UpdateIntegrationCommand,
  UpdateRouteCommand,
  UpdateStageCommand,
} from '@aws-sdk/client-apigatewayv2';
import { AddPermissionCommand } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aws, hasAws } from '../../../fixtures/aws-command.ts';
import { ACCOUNT, type FunctionEngine, functionEngine } from '../../../fixtures/functions.ts';

const hasBoto3 = spawnSync('python3', ['-c', 'import boto3']).status === 0;
const run = promisify(execFile);
const FUNCTION_ARN = `arn:aws:lambda:us-east-1:${ACCOUNT}:function:echo`;

let engine: FunctionEngine;
let apis: ApiGatewayV2Client;
beforeAll(async () => {
  engine = await functionEngine();
  apis = new ApiGatewayV2Client({
    endpoint: engine.running.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: ACCOUNT, secretAccessKey: 'x' },
    maxAttempts: 1,
  });
  await engine.create('echo', 'export const handler = async (e) => e.routeKey;');
  await engine.lambda.send(
    new AddPermissionCommand({
      FunctionName: 'echo',
      StatementId: 'apis',
      Action: 'lambda:InvokeFunction',
      Principal: 'apigateway.amazonaws.com',
    }),
  );
});
afterAll(async () => {
  apis.destroy();
  await engine.stop();
});

const textOf = async (url: string) => (await fetch(url)).text();

describe('the SDK', () => {
  it('makes an API for a function in one call', async () => {
    const made = await apis.send(
      new CreateApiCommand({ Name: 'quick', ProtocolType: 'HTTP', Target: FUNCTION_ARN }),
    );
    expect(made.CreatedDate).toBeInstanceOf(Date);
    expect(await textOf(made.ApiEndpoint ?? '')).toBe('$default');
    expect(await apis.send(new GetApiCommand({ ApiId: made.ApiId }))).toMatchObject({
      Name: 'quick',
      ProtocolType: 'HTTP',
      RouteSelectionExpression: '$request.method $request.path',
    });
    await apis.send(new DeleteApiCommand({ ApiId: made.ApiId }));
    await expect(apis.send(new GetApiCommand({ ApiId: made.ApiId }))).rejects.toMatchObject({
      name: 'NotFoundException',
      $metadata: { httpStatusCode: 404 },
    });
  });

  it('makes, changes, deploys and removes the parts of one', async () => {
    const { ApiId, ApiEndpoint } = await apis.send(
      new CreateApiCommand({ Name: 'parts', ProtocolType: 'HTTP', Tags: { a: 'b' } }),
    );
    const { IntegrationId } = await apis.send(
      new CreateIntegrationCommand({
        ApiId,
        IntegrationType: 'AWS_PROXY',
        IntegrationUri: FUNCTION_ARN,
        PayloadFormatVersion: '2.0',
      }),
    );
    const Target = `integrations/${IntegrationId}`;
    const { RouteId } = await apis.send(
      new CreateRouteCommand({ ApiId, RouteKey: 'GET /a', Target }),
    );
    const again = apis.send(new CreateRouteCommand({ ApiId, RouteKey: 'GET /a', Target }));
    await expect(again).rejects.toMatchObject({ name: 'ConflictException' });
    await expect(
      apis.send(new DeleteIntegrationCommand({ ApiId, IntegrationId })),
    ).rejects.toMatchObject({ name: 'ConflictException' });
    await apis.send(new CreateStageCommand({ ApiId, StageName: 'v1' }));
    const { DeploymentId } = await apis.send(
      new CreateDeploymentCommand({ ApiId, StageName: 'v1' }),
    );
    await apis.send(new UpdateRouteCommand({ ApiId, RouteId, RouteKey: 'GET /b' }));
    expect(await textOf(`${ApiEndpoint}/v1/a`)).toBe('GET /a');
    expect((await fetch(`${ApiEndpoint}/v1/b`)).status).toBe(404);
    await expect(
      apis.send(new DeleteDeploymentCommand({ ApiId, DeploymentId })),
    ).rejects.toMatchObject({ name: 'ConflictException' });
    await apis.send(new UpdateStageCommand({ ApiId, StageName: 'v1', AutoDeploy: true }));
    expect(await textOf(`${ApiEndpoint}/v1/b`)).toBe('GET /b');
    await apis.send(
      new UpdateIntegrationCommand({ ApiId, IntegrationId, TimeoutInMillis: 50, Description: 'd' }),
    );
    const { Items: integrations } = await apis.send(new GetIntegrationsCommand({ ApiId }));
    expect(integrations).toMatchObject([{ TimeoutInMillis: 50, Description: 'd' }]);
    const tooSlow = new UpdateIntegrationCommand({ ApiId, IntegrationId, TimeoutInMillis: 30_001 });
    await expect(apis.send(tooSlow)).rejects.toMatchObject({ name: 'BadRequestException' });
    const { Items: stages } = await apis.send(new GetStagesCommand({ ApiId }));
    expect(stages).toMatchObject([{ StageName: 'v1', AutoDeploy: true, DeploymentId }]);
    const { Items: deployments } = await apis.send(new GetDeploymentsCommand({ ApiId }));
    expect(deployments).toMatchObject([{ DeploymentId, DeploymentStatus: 'DEPLOYED' }]);
    const { Name } = await apis.send(new UpdateApiCommand({ ApiId, Name: 'renamed' }));
    expect(Name).toBe('renamed');
  });

  it('gives and takes tags, but for those of AWS', async () => {
    const { ApiId } = await apis.send(
      new CreateApiCommand({ Name: 'tagged', ProtocolType: 'HTTP', Tags: { a: 'b' } }),
    );
    const ResourceArn = `arn:aws:apigateway:us-east-1::/apis/${ApiId}`;
    await apis.send(new TagResourceCommand({ ResourceArn, Tags: { c: 'd', e: 'f' } }));
    await apis.send(new UntagResourceCommand({ ResourceArn, TagKeys: ['a', 'e'] }));
    expect((await apis.send(new GetTagsCommand({ ResourceArn }))).Tags).toEqual({ c: 'd' });
    const reserved = new TagResourceCommand({ ResourceArn, Tags: { 'aws:x': 'y' } });
    await expect(apis.send(reserved)).rejects.toMatchObject({ name: 'BadRequestException' });
  });

  it('lists page by page, of its own account and region', async () => {
    for (const Name of ['p1', 'p2', 'p3']) {
      await apis.send(new CreateApiCommand({ Name, ProtocolType: 'HTTP' }));
    }
    const names: (string | undefined)[] = [];
    let NextToken: string | undefined;
    do {
      const page: Awaited<ReturnType<typeof list>> = await list(NextToken);
      names.push(...(page.Items ?? []).map(({ Name }) => Name));
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
    expect(names.filter((name) => name?.startsWith('p') && name.length === 2)).toEqual([
      'p1',
      'p2',
      'p3',
    ]);
    const { endpoint } = engine.running;
    const elsewhere = new ApiGatewayV2Client({
      endpoint,
      region: 'eu-west-1',
      credentials: { accessKeyId: ACCOUNT, secretAccessKey: 'x' },
    });
    expect((await elsewhere.send(new GetApisCommand({}))).Items).toEqual([]);
    await expect(list('!')).rejects.toMatchObject({
      name: 'BadRequestException',
      message: 'Invalid nextToken specified',
    });
  });
  const list = (NextToken?: string) =>
    apis.send(new GetApisCommand({ MaxResults: '2', ...(NextToken ? { NextToken } : {}) }));

  const uri = `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${FUNCTION_ARN}/invocations`;
  const integrated = (more: object = {}) => ({
    'x-amazon-apigateway-integration': {
      type: 'aws_proxy',
      httpMethod: 'POST',
      payloadFormatVersion: '2.0',
      uri,
      ...more,
    },
  });
  const operation = integrated();
  const definition = (paths: object, more: object = {}) =>
    JSON.stringify({ openapi: '3.0.1', info: { title: 'defined', version: '7' }, paths, ...more });

  it('imports a definition, and imports it anew', async () => {
    const paths = {
      '/a': { get: operation },
      $default: { 'x-amazon-apigateway-any-method': operation },
    };
    const cors = { 'x-amazon-apigateway-cors': { allowOrigins: ['*'] } };
    const { ApiId, ApiEndpoint, CorsConfiguration, Name, Version } = await apis.send(
      new ImportApiCommand({ Body: definition(paths, cors) }),
    );
    expect([Name, Version, CorsConfiguration]).toEqual(['defined', '7', { AllowOrigins: ['*'] }]);
    await apis.send(new CreateStageCommand({ ApiId, StageName: '$default', AutoDeploy: true }));
    expect(await textOf(`${ApiEndpoint}/a`)).toBe('GET /a');
    expect(await textOf(`${ApiEndpoint}/b`)).toBe('$default');
    const before = await apis.send(new GetRoutesCommand({ ApiId }));
    const other = { '/a': { get: operation, post: operation } };
    const { CorsConfiguration: none } = await apis.send(
      new ReimportApiCommand({ ApiId, Body: definition(other) }),
    );
    expect(none).toBeUndefined();
    expect((await fetch(`${ApiEndpoint}/b`)).status).toBe(404);
    const { Items: after = [] } = await apis.send(new GetRoutesCommand({ ApiId }));
    expect(after.map(({ RouteKey }) => RouteKey).sort()).toEqual(['GET /a', 'POST /a']);
    const idOf = (items: typeof after) =>
      items.find(({ RouteKey }) => RouteKey === 'GET /a')?.RouteId;
    expect(idOf(after)).toBe(idOf(before.Items ?? []));
  });

  it('imports YAML', async () => {
    const Body = `openapi: 3.0.3\ninfo: { title: yaml, version: 1 }\npaths: { /y: { put: ${JSON.stringify(operation)} } }`;
    const { ApiId, Version } = await apis.send(new ImportApiCommand({ Body }));
    const { Items } = await apis.send(new GetRoutesCommand({ ApiId }));
    expect([Version, Items?.map(({ RouteKey }) => RouteKey)]).toEqual(['1', ['PUT /y']]);
  });

  it.each([
    ['no JSON', '{', 'BadRequestException'],
    ['Swagger', '{"swagger":"2.0","info":{"title":"a"}}', 'BadRequestException'],
    ['no name', '{"openapi":"3.0.1","info":{}}', 'BadRequestException'],
    ['no integration', definition({ '/a': { get: {} } }), 'BadRequestException'],
    [
      'another integration',
      definition({ '/a': { get: { 'x-amazon-apigateway-integration': { type: 'http_proxy' } } } }),
      'UnsupportedOperation',
    ],
    [
      'a function that is no text',
      definition({ '/a': { get: integrated({ uri: { Ref: 'Fn' } }) } }),
      'BadRequestException',
    ],
    [
      'a timeout that is no number',
      definition({ '/a': { get: integrated({ timeoutInMillis: 'x' }) } }),
      'BadRequestException',
    ],
    [
      'an origin that is in no list',
      definition(
        { '/a': { get: operation } },
        { 'x-amazon-apigateway-cors': { allowOrigins: '*' } },
      ),
      'BadRequestException',
    ],
    [
      'an authorizer',
      definition({ '/a': { get: { ...operation, security: [{ jwt: [] }] } } }),
      'UnsupportedOperation',
    ],
  ])('is refused a definition with %s', async (_, Body, name) => {
    const before = (await apis.send(new GetApisCommand({}))).Items?.length;
    await expect(apis.send(new ImportApiCommand({ Body }))).rejects.toMatchObject({ name });
    expect((await apis.send(new GetApisCommand({}))).Items?.length).toBe(before);
  });
});

it.skipIf(!(await hasAws()))('the aws command looks at APIs', async () => {
  const { ApiId = '' } = await apis.send(
    new CreateApiCommand({ Name: 'cli', ProtocolType: 'HTTP', Target: FUNCTION_ARN }),
  );
  // The command signs as another account.
  const call = <T>(...args: string[]) => aws<T>(engine.running.endpoint, 'apigatewayv2', ...args);
  await expect(call('get-api', '--api-id', ApiId)).rejects.toThrow(/NotFoundException/);
  const made = await call<{ ApiId: string }>(
    ...['create-api', '--name', 'own', '--protocol-type', 'HTTP', '--target', FUNCTION_ARN],
  );
  const { Items } = await call<{ Items: { ApiId: string }[] }>('get-apis');
  expect(Items.map((each) => each.ApiId)).toEqual([made.ApiId]);
  const routes = await call<{ Items: object[] }>('get-routes', '--api-id', made.ApiId);
  expect(routes.Items).toMatchObject([{ RouteKey: '$default', AuthorizationType: 'NONE' }]);
  await expect(call('get-domain-names')).rejects.toThrow(/UnsupportedOperation.*GetDomainNames/s);
});

const BOTO3 = `
import boto3, json, sys
endpoint, account, function = sys.argv[1:]
client = boto3.client('apigatewayv2', endpoint_url=endpoint, region_name='us-east-1', aws_access_key_id=account, aws_secret_access_key='x')
api = client.create_api(Name='boto', ProtocolType='HTTP', Target=function, CorsConfiguration={'AllowOrigins': ['*'], 'MaxAge': 5})
print(json.dumps([api['CorsConfiguration'], client.get_stages(ApiId=api['ApiId'])['Items'][0]['StageName'], api['CreatedDate'].year > 2000]))
`;
it.skipIf(!hasBoto3)('boto3 makes one', async () => {
  const { endpoint } = engine.running;
  const { stdout } = await run('python3', ['-c', BOTO3, endpoint, ACCOUNT, FUNCTION_ARN]);
  expect(JSON.parse(stdout)).toEqual([{ AllowOrigins: ['*'], MaxAge: 5 }, '$default', true]);
});
