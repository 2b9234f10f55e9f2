import {
  ApiGatewayV2Client,
  GetApisCommand,
  GetIntegrationsCommand,
  GetStageCommand,
} from '@aws-sdk/client-apigatewayv2';
import { DescribeStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import {
  CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  ListTagsForResourceCommand as LogTags,
} from '@aws-sdk/client-cloudwatch-logs';
import {
  DescribeLoadBalancerAttributesCommand,
  DescribeTagsCommand,
  DescribeTargetGroupAttributesCommand,
  DescribeTargetGroupsCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import {
  GetEventSourceMappingCommand,
  GetFunctionCommand,
  LambdaClient,
} from '@aws-sdk/client-lambda';
import {
  GetDataProtectionPolicyCommand,
  GetSubscriptionAttributesCommand,
  GetTopicAttributesCommand,
  ListTagsForResourceCommand,
} from '@aws-sdk/client-sns';
import { GetQueueAttributesCommand, ListQueueTagsCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type StackEngine, stackEngine } from '../../../fixtures/cloudformation.ts';

const arnOf = (name: string) => ({ 'Fn::GetAtt': [name, 'Arn'] });
const ref = (Ref: string) => ({ Ref });
const ROLE = 'arn:aws:iam::000000000000:role/any';

interface Kind {
  readonly type: string;
  /** What it has either way. @param which `Bare` or `Full`. */
  readonly base?: (which: string) => object;
  /** What only one of two has, and then the other. */
  readonly more: object;
  /** What the service says of the one that has it. */
  readonly shows: object;
  /** What it says once that is gone, where it is something else than of one that never had it. */
  readonly gone?: object;
  readonly read: (id: string) => Promise<object>;
}

let engine: StackEngine;
let lambda: LambdaClient;
let logs: CloudWatchLogsClient;
let balancers: ElasticLoadBalancingV2Client;
let apis: ApiGatewayV2Client;
beforeAll(async () => {
  engine = await stackEngine();
  const { config = {} } = engine;
  lambda = new LambdaClient(config as object);
  logs = new CloudWatchLogsClient(config as object);
  balancers = new ElasticLoadBalancingV2Client(config as object);
  apis = new ApiGatewayV2Client(config as object);
});
afterAll(async () => {
  for (const client of [lambda, logs, balancers, apis]) client.destroy();
  await engine.stop();
});

const Tags = [{ Key: 'own', Value: 'yes' }];
const TagMap = { own: 'yes' };

function byKey(tags: readonly { Key?: string | undefined; Value?: string | undefined }[] = []) {
  return Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value]));
}

async function queue(QueueUrl: string) {
  const { Attributes } = await engine.sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }),
  );
  const { Tags: tags = {} } = await engine.sqs.send(new ListQueueTagsCommand({ QueueUrl }));
  return { ...Attributes, tags };
}

async function topic(TopicArn: string) {
  const { Attributes } = await engine.sns.send(new GetTopicAttributesCommand({ TopicArn }));
  const ResourceArn = TopicArn;
  const tagged = await engine.sns.send(new ListTagsForResourceCommand({ ResourceArn }));
  const { DataProtectionPolicy } = await engine.sns.send(
    new GetDataProtectionPolicyCommand({ ResourceArn }),
  );
  return { ...Attributes, DataProtectionPolicy, tags: byKey(tagged.Tags) };
}

const deliveryLogging = (Protocol: string) => ({
  Protocol,
  SuccessFeedbackRoleArn: ROLE,
  FailureFeedbackRoleArn: ROLE,
  SuccessFeedbackSampleRate: '7',
});
/** Protocols of delivery logging, with what its attributes begin with. */
const PROTOCOLS = {
  'http/s': 'HTTP',
  sqs: 'SQS',
  lambda: 'Lambda',
  firehose: 'Firehose',
  application: 'Application',
};
const PROTECTION = {
  Name: 'p',
  Description: 'd',
  Version: '2021-06-01',
  Statement: [
    {
      Sid: 's',
      DataDirection: 'Inbound',
      Principal: ['*'],
      DataIdentifier: ['arn:aws:dataprotection::aws:data-identifier/EmailAddress'],
      Operation: { Deny: {} },
    },
  ],
};
const FILTER = { Filters: [{ Pattern: '{"body":{"a":["b"]}}' }] };

const KINDS: Readonly<Record<string, Kind>> = {
  Queue: {
    type: 'AWS::SQS::Queue',
    more: {
      DelaySeconds: 7,
      KmsDataKeyReusePeriodSeconds: 600,
      MaximumMessageSize: 2048,
      MessageRetentionPeriod: 61,
      ReceiveMessageWaitTimeSeconds: 3,
      RedriveAllowPolicy: { redrivePermission: 'denyAll' },
      RedrivePolicy: { deadLetterTargetArn: arnOf('Dead'), maxReceiveCount: 3 },
      SqsManagedSseEnabled: false,
      VisibilityTimeout: 31,
      Tags,
    },
    shows: {
      DelaySeconds: '7',
      MaximumMessageSize: '2048',
      MessageRetentionPeriod: '61',
      ReceiveMessageWaitTimeSeconds: '3',
      RedriveAllowPolicy: '{"redrivePermission":"denyAll"}',
      RedrivePolicy: expect.stringContaining('"maxReceiveCount":3'),
      SqsManagedSseEnabled: 'false',
      VisibilityTimeout: '31',
      tags: TagMap,
    },
    read: queue,
  },
  Encrypted: {
    type: 'AWS::SQS::Queue',
    more: { KmsMasterKeyId: 'alias/aws/sqs', KmsDataKeyReusePeriodSeconds: 600 },
    shows: { KmsMasterKeyId: 'alias/aws/sqs', KmsDataKeyReusePeriodSeconds: '600' },
    gone: { KmsDataKeyReusePeriodSeconds: undefined },
    read: queue,
  },
  Fifo: {
    type: 'AWS::SQS::Queue',
    base: () => ({ FifoQueue: true }),
    more: {
      ContentBasedDeduplication: true,
      DeduplicationScope: 'messageGroup',
      FifoThroughputLimit: 'perMessageGroupId',
    },
    shows: {
      FifoQueue: 'true',
      ContentBasedDeduplication: 'true',
      DeduplicationScope: 'messageGroup',
      FifoThroughputLimit: 'perMessageGroupId',
    },
    read: queue,
  },
  Topic: {
    type: 'AWS::SNS::Topic',
    more: {
      DisplayName: 'Shown',
      KmsMasterKeyId: 'alias/aws/sns',
      SignatureVersion: '2',
      TracingConfig: 'Active',
      Tags,
    },
    shows: {
      DisplayName: 'Shown',
      KmsMasterKeyId: 'alias/aws/sns',
      SignatureVersion: '2',
      TracingConfig: 'Active',
      tags: TagMap,
    },
    gone: { SignatureVersion: '1', TracingConfig: 'PassThrough' },
    read: topic,
  },
  FifoTopic: {
    type: 'AWS::SNS::Topic',
    base: () => ({ FifoTopic: true }),
    more: {
      ContentBasedDeduplication: true,
      FifoThroughputScope: 'MessageGroup',
      ArchivePolicy: { MessageRetentionPeriod: '3' },
    },
    shows: {
      FifoTopic: 'true',
      ContentBasedDeduplication: 'true',
      FifoThroughputScope: 'MessageGroup',
      ArchivePolicy: '{"MessageRetentionPeriod":"3"}',
    },
    gone: { FifoThroughputScope: 'Topic' },
    read: topic,
  },
  Subscription: {
    type: 'AWS::SNS::Subscription',
    base: (which) => ({
      TopicArn: ref('Plain'),
      Protocol: 'sqs',
      Endpoint: arnOf(`Queue${which}`),
    }),
    more: {
      FilterPolicy: { a: ['b'] },
      FilterPolicyScope: 'MessageBody',
      RawMessageDelivery: true,
      RedrivePolicy: { deadLetterTargetArn: arnOf('Dead') },
    },
    shows: {
      FilterPolicy: '{"a":["b"]}',
      FilterPolicyScope: 'MessageBody',
      RawMessageDelivery: 'true',
      RedrivePolicy: expect.stringContaining('deadLetterTargetArn'),
    },
    async read(SubscriptionArn) {
      const asked = new GetSubscriptionAttributesCommand({ SubscriptionArn });
      return (await engine.sns.send(asked)).Attributes ?? {};
    },
  },
  Function: {
    type: 'AWS::Lambda::Function',
    base: () => ({
      Code: { ZipFile: 'exports.handler = () => 1' },
      Role: ROLE,
      Handler: 'index.handler',
      Runtime: 'nodejs24.x',
    }),
    more: {
      DeadLetterConfig: { TargetArn: arnOf('Dead') },
      Description: 'What it does',
      Environment: { Variables: { AB: 'c' } },
      EphemeralStorage: { Size: 600 },
      LoggingConfig: { LogGroup: '/own' },
      MemorySize: 200,
      ReservedConcurrentExecutions: 4,
      Timeout: 7,
      TracingConfig: { Mode: 'Active' },
      Tags,
    },
    shows: {
      DeadLetterConfig: { TargetArn: expect.stringContaining(':properties-Dead-') },
      Description: 'What it does',
      Environment: { Variables: { AB: 'c' } },
      EphemeralStorage: { Size: 600 },
      LoggingConfig: { LogGroup: '/own' },
      MemorySize: 200,
      Timeout: 7,
      TracingConfig: { Mode: 'Active' },
      reserved: 4,
      tags: TagMap,
    },
    async read(FunctionName) {
      const found = await lambda.send(new GetFunctionCommand({ FunctionName }));
      const reserved = found.Concurrency?.ReservedConcurrentExecutions;
      return { ...found.Configuration, reserved, tags: found.Tags };
    },
  },
  Mapping: {
    type: 'AWS::Lambda::EventSourceMapping',
    base: (which) => ({
      EventSourceArn: arnOf(`Source${which}`),
      FunctionName: ref('FunctionBare'),
    }),
    more: {
      BatchSize: 5,
      Enabled: false,
      FilterCriteria: FILTER,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      MaximumBatchingWindowInSeconds: 2,
      ScalingConfig: { MaximumConcurrency: 2 },
      Tags,
    },
    shows: {
      BatchSize: 5,
      State: 'Disabled',
      FilterCriteria: FILTER,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      MaximumBatchingWindowInSeconds: 2,
      ScalingConfig: { MaximumConcurrency: 2 },
    },
    read: (UUID) => lambda.send(new GetEventSourceMappingCommand({ UUID })),
  },
  Logs: {
    type: 'AWS::Logs::LogGroup',
    more: { RetentionInDays: 7, Tags },
    shows: { retentionInDays: 7, tags: TagMap },
    async read(logGroupNamePrefix) {
      const { logGroups = [] } = await logs.send(
        new DescribeLogGroupsCommand({ logGroupNamePrefix }),
      );
      const [group] = logGroups;
      const resourceArn = group?.logGroupArn ?? '';
      return { ...group, ...(await logs.send(new LogTags({ resourceArn }))) };
    },
  },
  Targets: {
    type: 'AWS::ElasticLoadBalancingV2::TargetGroup',
    base: (which) => ({
      Name: `targets-${which}`,
      Port: 80,
      Protocol: 'HTTP',
      TargetType: 'ip',
      VpcId: 'vpc-1',
    }),
    more: {
      HealthCheckIntervalSeconds: 20,
      HealthCheckPath: '/healthy',
      HealthCheckTimeoutSeconds: 6,
      HealthyThresholdCount: 3,
      Matcher: { HttpCode: '204' },
      UnhealthyThresholdCount: 4,
      TargetGroupAttributes: [{ Key: 'deregistration_delay.timeout_seconds', Value: '11' }],
      Tags,
    },
    shows: {
      HealthCheckIntervalSeconds: 20,
      HealthCheckPath: '/healthy',
      HealthCheckTimeoutSeconds: 6,
      HealthyThresholdCount: 3,
      Matcher: { HttpCode: '204' },
      UnhealthyThresholdCount: 4,
      attributes: expect.arrayContaining([
        { Key: 'deregistration_delay.timeout_seconds', Value: '11' },
      ]),
      tags: TagMap,
    },
    gone: { attributes: [{ Key: 'deregistration_delay.timeout_seconds', Value: '300' }] },
    async read(TargetGroupArn) {
      const TargetGroupArns = [TargetGroupArn];
      const { TargetGroups } = await balancers.send(
        new DescribeTargetGroupsCommand({ TargetGroupArns }),
      );
      const { Attributes: attributes } = await balancers.send(
        new DescribeTargetGroupAttributesCommand({ TargetGroupArn }),
      );
      return { ...TargetGroups?.[0], attributes, tags: await tagsOfBalancer(TargetGroupArn) };
    },
  },
  Balancer: {
    type: 'AWS::ElasticLoadBalancingV2::LoadBalancer',
    base: (which) => ({ Name: `balancer-${which}`, Subnets: ['subnet-1', 'subnet-2'] }),
    more: {
      LoadBalancerAttributes: [{ Key: 'idle_timeout.timeout_seconds', Value: '11' }],
      Tags,
    },
    shows: {
      attributes: expect.arrayContaining([{ Key: 'idle_timeout.timeout_seconds', Value: '11' }]),
      tags: TagMap,
    },
    gone: { attributes: [{ Key: 'idle_timeout.timeout_seconds', Value: '60' }] },
    async read(LoadBalancerArn) {
      const { Attributes: attributes } = await balancers.send(
        new DescribeLoadBalancerAttributesCommand({ LoadBalancerArn }),
      );
      return { attributes, tags: await tagsOfBalancer(LoadBalancerArn) };
    },
  },
  Api: {
    type: 'AWS::ApiGatewayV2::Api',
    base: (which) => ({ Name: which, ProtocolType: 'HTTP' }),
    more: {
      Description: 'What it does',
      Version: '2',
      DisableExecuteApiEndpoint: true,
      CorsConfiguration: { AllowOrigins: ['*'], MaxAge: 7 },
      Tags: TagMap,
    },
    shows: {
      Description: 'What it does',
      Version: '2',
      DisableExecuteApiEndpoint: true,
      CorsConfiguration: { AllowOrigins: ['*'], MaxAge: 7 },
      Tags: expect.objectContaining(TagMap),
    },
    gone: { Description: '', Version: '' },
    async read(id) {
      const { Items = [] } = await apis.send(new GetApisCommand({}));
      return Items.find(({ ApiId }) => ApiId === id) ?? {};
    },
  },
  Stage: {
    type: 'AWS::ApiGatewayV2::Stage',
    base: (which) => ({ ApiId: ref('OtherApi'), StageName: which }),
    more: { AutoDeploy: true, Description: 'd', StageVariables: { a: 'b' }, Tags: TagMap },
    shows: {
      AutoDeploy: true,
      Description: 'd',
      StageVariables: { a: 'b' },
      Tags: expect.objectContaining(TagMap),
    },
    gone: { Description: '' },
    async read(StageName) {
      const { Items = [] } = await apis.send(new GetApisCommand({}));
      const ApiId = Items.find(({ Name }) => Name === 'other')?.ApiId ?? '';
      return apis.send(new GetStageCommand({ ApiId, StageName }));
    },
  },
  Integration: {
    type: 'AWS::ApiGatewayV2::Integration',
    base: () => ({
      ApiId: ref('OtherApi'),
      IntegrationType: 'AWS_PROXY',
      IntegrationUri: arnOf('FunctionBare'),
      PayloadFormatVersion: '2.0',
    }),
    more: { Description: 'd', TimeoutInMillis: 1_234 },
    shows: { Description: 'd', TimeoutInMillis: 1_234 },
    gone: { Description: '' },
    async read(id) {
      const { Items = [] } = await apis.send(new GetApisCommand({}));
      const ApiId = Items.find(({ Name }) => Name === 'other')?.ApiId ?? '';
      const found = await apis.send(new GetIntegrationsCommand({ ApiId }));
      return found.Items?.find(({ IntegrationId }) => IntegrationId === id) ?? {};
    },
  },
};

async function tagsOfBalancer(arn: string) {
  const { TagDescriptions } = await balancers.send(
    new DescribeTagsCommand({ ResourceArns: [arn] }),
  );
  return byKey(TagDescriptions?.[0]?.Tags);
}

/** Two of each kind, one of which has all properties. */
function template(full?: 'Bare' | 'Full') {
  const pairs = Object.entries(KINDS).flatMap(([name, { type, base, more }]) =>
    ['Bare', 'Full'].map((which) => [
      name + which,
      { Type: type, Properties: { ...base?.(which), ...(which === full ? more : {}) } },
    ]),
  );
  const plain = (Type: string, Properties = {}) => ({ Type, Properties });
  return {
    Resources: {
      Dead: plain('AWS::SQS::Queue'),
      SourceBare: plain('AWS::SQS::Queue'),
      SourceFull: plain('AWS::SQS::Queue'),
      Plain: plain('AWS::SNS::Topic', {
        DataProtectionPolicy: PROTECTION,
        DeliveryStatusLogging: Object.keys(PROTOCOLS).map(deliveryLogging),
      }),
      OtherApi: plain('AWS::ApiGatewayV2::Api', { Name: 'other', ProtocolType: 'HTTP' }),
      ...Object.fromEntries(pairs),
    },
  };
}

/** The ids of the resources. */
async function physicalIds() {
  const { StackResources = [] } = await engine.cloudformation.send(
    new DescribeStackResourcesCommand({ StackName: 'properties' }),
  );
  return Object.fromEntries(
    StackResources.map(({ LogicalResourceId = '', PhysicalResourceId = '' }) => [
      LogicalResourceId,
      PhysicalResourceId,
    ]),
  );
}

/** What the services say of each resource, without what is another for each. */
async function readAll() {
  const ids = await physicalIds();
  const idOf = (name: string) => ids[name] ?? '';
  const own = ({ name, which }: { name: string; which: string }, said: object) =>
    JSON.parse(
      JSON.stringify(said)
        .replaceAll(idOf(name + which), 'ID')
        .replaceAll(name + which, name),
    );
  return Object.fromEntries(
    await Promise.all(
      Object.entries(KINDS).map(async ([name, { read }]) => {
        const [bare, full] = await Promise.all(
          ['Bare', 'Full'].map(async (which) =>
            own({ name, which }, await read(idOf(name + which))),
          ),
        );
        return [name, { bare, full }] as const;
      }),
    ),
  );
}

it('each property gets to what is made, also by an update, and goes back to its default', async () => {
  const made = await engine.create('properties', template('Full'));
  expect(made.StackStatus, (await engine.events('properties')).join('\n')).toBe('CREATE_COMPLETE');
  const before = await readAll();
  for (const [name, { shows }] of Object.entries(KINDS)) {
    expect(before[name]?.full, name).toMatchObject(shows);
    expect(before[name]?.bare, name).not.toMatchObject(shows);
  }
  const logged = Object.values(PROTOCOLS).flatMap((prefix) => [
    [`${prefix}SuccessFeedbackRoleArn`, ROLE],
    [`${prefix}FailureFeedbackRoleArn`, ROLE],
    [`${prefix}SuccessFeedbackSampleRate`, '7'],
  ]);
  expect(await topic((await physicalIds()).Plain ?? '')).toMatchObject({
    ...Object.fromEntries(logged),
    DataProtectionPolicy: JSON.stringify(PROTECTION),
  });
  const updated = await engine.update('properties', template('Bare'));
  expect(updated.StackStatus, (await engine.events('properties')).join('\n')).toBe(
    'UPDATE_COMPLETE',
  );
  const after = await readAll();
  const shownOf = (all: typeof after, which: 'bare' | 'full') =>
    Object.entries(KINDS).map(([name, { shows }]) => {
      const said = all[name]?.[which];
      return [name, Object.fromEntries(Object.keys(shows).map((key) => [key, said?.[key]]))];
    });
  expect(shownOf(after, 'bare')).toEqual(shownOf(before, 'full'));
  const expected = Object.fromEntries(shownOf(before, 'bare'));
  for (const [name, { gone }] of Object.entries(KINDS)) Object.assign(expected[name], gone);
  expect(Object.fromEntries(shownOf(after, 'full'))).toEqual(expected);
  await engine.update('properties', template());
  expect((await engine.remove('properties')).StackStatus).toBe('DELETE_COMPLETE');
});
