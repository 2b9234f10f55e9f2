import * as apis from '@aws-sdk/client-apigatewayv2';
import * as balancers from '@aws-sdk/client-elastic-load-balancing-v2';
import * as lambda from '@aws-sdk/client-lambda';
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type RunningEngine, startEngine } from '../../../src/lib/engine/http/server.ts';
import { clientAt } from '../../fixtures/answers.ts';

type Members = Readonly<Record<string, unknown>>;

let running: RunningEngine;
const opened: { destroy(): void }[] = [];
function open<Client extends { destroy(): void }>(Made: new (config: object) => Client): Client {
  const client = clientAt(Made, running);
  opened.push(client);
  return client;
}
beforeAll(async () => {
  running = await startEngine();
});
afterAll(async () => {
  for (const each of opened) each.destroy();
  await running.stop();
});

/** Sets one member after the other: each time all the others are what they were. */
async function keepTheOthers(
  changes: Members,
  update: (change: Members) => Promise<unknown>,
  read: () => Promise<object>,
) {
  const only = async () => {
    const all = (await read()) as Members;
    return Object.fromEntries(Object.keys(changes).map((name) => [name, all[name]]));
  };
  let before = await only();
  for (const [name, value] of Object.entries(changes)) {
    expect(before[name], name).not.toEqual(value);
    await update({ [name]: value });
    before = { ...before, [name]: value };
    expect(await only(), name).toEqual(before);
  }
}

it('a function keeps the settings that an update does not name', async () => {
  const client = open(lambda.LambdaClient);
  const FunctionName = 'f';
  await client.send(
    new lambda.CreateFunctionCommand({
      FunctionName,
      Role: 'arn:aws:iam::111122223333:role/any',
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Code: { S3Bucket: 'hot-reload', S3Key: import.meta.dirname },
    }),
  );
  await keepTheOthers(
    {
      DeadLetterConfig: { TargetArn: 'arn:aws:sqs:us-east-1:111122223333:q' },
      Description: 'd',
      Environment: { Variables: { AB: 'c' } },
      EphemeralStorage: { Size: 600 },
      Handler: 'other.handler',
      LoggingConfig: { LogFormat: 'Text', LogGroup: '/own' },
      MemorySize: 32_768,
      Role: 'arn:aws:iam::111122223333:role/other',
      Runtime: 'python3.14',
      Timeout: 900,
      TracingConfig: { Mode: 'Active' },
    },
    (change) =>
      client.send(new lambda.UpdateFunctionConfigurationCommand({ FunctionName, ...change })),
    () => client.send(new lambda.GetFunctionConfigurationCommand({ FunctionName })),
  );
  const update = (change: object) =>
    client.send(new lambda.UpdateFunctionEventInvokeConfigCommand({ FunctionName, ...change }));
  const put = new lambda.PutFunctionEventInvokeConfigCommand({ FunctionName });
  expect(await client.send(put)).toMatchObject({
    MaximumRetryAttempts: 2,
    MaximumEventAgeInSeconds: 21_600,
    DestinationConfig: { OnSuccess: {}, OnFailure: {} },
  });
  const queue = { Destination: 'arn:aws:sqs:us-east-1:111122223333:q' };
  await keepTheOthers({ MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 }, update, () =>
    client.send(new lambda.GetFunctionEventInvokeConfigCommand({ FunctionName })),
  );
  await update({ DestinationConfig: { OnSuccess: queue } });
  await update({ DestinationConfig: { OnFailure: queue } });
  expect(await update({ MaximumRetryAttempts: 1 })).toMatchObject({
    MaximumRetryAttempts: 1,
    MaximumEventAgeInSeconds: 60,
    DestinationConfig: { OnSuccess: queue, OnFailure: queue },
  });
});

it('a mapping keeps the settings that an update does not name', async () => {
  const client = open(lambda.LambdaClient);
  await open(SQSClient).send(
    new CreateQueueCommand({ QueueName: 'q', Attributes: { VisibilityTimeout: '900' } }),
  );
  const { UUID } = await client.send(
    new lambda.CreateEventSourceMappingCommand({
      FunctionName: 'f',
      EventSourceArn: 'arn:aws:sqs:us-east-1:111122223333:q',
      Enabled: false,
    }),
  );
  await keepTheOthers(
    {
      BatchSize: 1,
      FilterCriteria: { Filters: [{ Pattern: '{"body":{"a":["b"]}}' }] },
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      MaximumBatchingWindowInSeconds: 300,
      ScalingConfig: { MaximumConcurrency: 1000 },
    },
    (change) => client.send(new lambda.UpdateEventSourceMappingCommand({ UUID, ...change })),
    () => client.send(new lambda.GetEventSourceMappingCommand({ UUID })),
  );
  expect(await client.send(new lambda.GetEventSourceMappingCommand({ UUID }))).toMatchObject({
    State: 'Disabled',
  });
});

it('an API and its parts keep the settings that an update does not name', async () => {
  const client = open(apis.ApiGatewayV2Client);
  const { ApiId = '' } = await client.send(
    new apis.CreateApiCommand({ Name: 'n', ProtocolType: 'HTTP' }),
  );
  await keepTheOthers(
    {
      CorsConfiguration: { AllowOrigins: ['https://here'], MaxAge: -1 },
      Description: 'd',
      DisableExecuteApiEndpoint: true,
      Name: 'other',
      Version: '2',
    },
    (change) => client.send(new apis.UpdateApiCommand({ ApiId, ...change })),
    () => client.send(new apis.GetApiCommand({ ApiId })),
  );
  const { IntegrationId = '' } = await client.send(
    new apis.CreateIntegrationCommand({
      ApiId,
      IntegrationType: 'AWS_PROXY',
      IntegrationUri: 'arn:aws:lambda:us-east-1:111122223333:function:f',
      PayloadFormatVersion: '2.0',
    }),
  );
  await keepTheOthers(
    {
      CredentialsArn: 'arn:aws:iam::111122223333:role/any',
      Description: 'd',
      IntegrationMethod: 'POST',
      IntegrationUri: 'arn:aws:lambda:us-east-1:111122223333:function:g',
      PayloadFormatVersion: '1.0',
      TimeoutInMillis: 50,
    },
    (change) => client.send(new apis.UpdateIntegrationCommand({ ApiId, IntegrationId, ...change })),
    () => client.send(new apis.GetIntegrationCommand({ ApiId, IntegrationId })),
  );
  const { RouteId = '' } = await client.send(
    new apis.CreateRouteCommand({ ApiId, RouteKey: 'GET /a' }),
  );
  await keepTheOthers(
    { OperationName: 'o', RouteKey: '$default', Target: `integrations/${IntegrationId}` },
    (change) => client.send(new apis.UpdateRouteCommand({ ApiId, RouteId, ...change })),
    () => client.send(new apis.GetRouteCommand({ ApiId, RouteId })),
  );
  const StageName = 's';
  await client.send(new apis.CreateStageCommand({ ApiId, StageName }));
  const { DeploymentId = '' } = await client.send(new apis.CreateDeploymentCommand({ ApiId }));
  await keepTheOthers(
    {
      AccessLogSettings: { Format: 'f' },
      DefaultRouteSettings: {
        DataTraceEnabled: true,
        DetailedMetricsEnabled: true,
        LoggingLevel: 'INFO',
        ThrottlingBurstLimit: 1,
        ThrottlingRateLimit: 1.5,
      },
      DeploymentId,
      Description: 'd',
      RouteSettings: { 'GET /a': { ThrottlingBurstLimit: 2 } },
      StageVariables: { a: 'b' },
    },
    (change) => client.send(new apis.UpdateStageCommand({ ApiId, StageName, ...change })),
    () => client.send(new apis.GetStageCommand({ ApiId, StageName })),
  );
});

it('a target group keeps the checks that an update does not name', async () => {
  const client = open(balancers.ElasticLoadBalancingV2Client);
  const { TargetGroups } = await client.send(
    new balancers.CreateTargetGroupCommand({
      Name: 'g',
      Port: 80,
      Protocol: 'HTTP',
      TargetType: 'ip',
      VpcId: 'v',
    }),
  );
  const TargetGroupArn = TargetGroups?.[0]?.TargetGroupArn ?? '';
  await keepTheOthers(
    {
      HealthCheckIntervalSeconds: 300,
      HealthCheckPath: '/a',
      HealthCheckTimeoutSeconds: 120,
      HealthyThresholdCount: 10,
      Matcher: { HttpCode: '200-299,404' },
      UnhealthyThresholdCount: 10,
    },
    (change) => client.send(new balancers.ModifyTargetGroupCommand({ TargetGroupArn, ...change })),
    async () => {
      const asked = new balancers.DescribeTargetGroupsCommand({
        TargetGroupArns: [TargetGroupArn],
      });
      return (await client.send(asked)).TargetGroups?.[0] ?? {};
    },
  );
});
