import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  ListTagsForResourceCommand,
  PutMetricAlarmCommand,
} from '@aws-sdk/client-cloudwatch';
import {
  ListTagsForResourceCommand as LogTags,
  TagResourceCommand as TagLogs,
} from '@aws-sdk/client-cloudwatch-logs';
import {
  ListTagsOfResourceCommand,
  TagResourceCommand as TagTable,
  UntagResourceCommand as UntagTable,
} from '@aws-sdk/client-dynamodb';
import { ListTagsCommand, TagResourceCommand as TagFunction } from '@aws-sdk/client-lambda';
import { ListTagsForResourceCommand as TopicTags } from '@aws-sdk/client-sns';
import { ListQueueTagsCommand, TagQueueCommand } from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type StackEngine, stackEngine } from '../../../fixtures/cloudformation.ts';
import { clientsOf } from '../../../fixtures/template-cases.ts';

let engine: StackEngine;
let cloudwatch: CloudWatchClient;
beforeAll(async () => {
  engine = await stackEngine();
  cloudwatch = new CloudWatchClient({
    ...engine.config,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
});
afterEach(() => engine.running.engine.reset());
afterAll(async () => {
  cloudwatch.destroy();
  await engine.stop();
});

const alarms = async () =>
  (await cloudwatch.send(new DescribeAlarmsCommand({}))).MetricAlarms ?? [];

describe('AWS::CloudWatch::Alarm', () => {
  const depth = {
    AlarmName: 'orders-depth',
    Namespace: 'AWS/SQS',
    MetricName: 'ApproximateNumberOfMessagesVisible',
    Dimensions: [{ Name: 'QueueName', Value: { 'Fn::GetAtt': 'Queue.QueueName' } }],
    Statistic: 'Maximum',
    Period: '60',
    EvaluationPeriods: 1,
    Threshold: '1000',
    ComparisonOperator: 'GreaterThanThreshold',
    TreatMissingData: 'notBreaching',
    AlarmActions: [{ Ref: 'Topic' }],
    Tags: [{ Key: 'own', Value: 'yes' }],
  };
  const metric = (Id: string, MetricName: string) => ({
    Id,
    ReturnData: false,
    MetricStat: {
      Metric: {
        Namespace: 'AWS/SNS',
        MetricName,
        Dimensions: [{ Name: 'TopicName', Value: { 'Fn::GetAtt': 'Topic.TopicName' } }],
      },
      Period: 300,
      Stat: 'Sum',
    },
  });
  const template = (changed: object = {}) => ({
    Resources: {
      Queue: { Type: 'AWS::SQS::Queue' },
      Topic: { Type: 'AWS::SNS::Topic' },
      Depth: { Type: 'AWS::CloudWatch::Alarm', Properties: { ...depth, ...changed } },
      Failed: {
        Type: 'AWS::CloudWatch::Alarm',
        Properties: {
          Metrics: [
            { Id: 'rate', Expression: '100 * failed / (failed + delivered)' },
            metric('failed', 'NumberOfNotificationsFailed'),
            metric('delivered', 'NumberOfNotificationsDelivered'),
          ],
          EvaluationPeriods: 1,
          Threshold: 1,
          ComparisonOperator: 'GreaterThanThreshold',
        },
      },
    },
    Outputs: {
      Arn: { Value: { 'Fn::GetAtt': 'Depth.Arn' } },
      Failed: { Value: { Ref: 'Failed' } },
    },
  });

  it('is made by CloudWatch, changed and removed', async () => {
    const made = await engine.create('watched', template(), {
      Tags: [{ Key: 'team', Value: 'a' }],
    });
    expect(made.StackStatus, (await engine.events('watched')).join('\n')).toBe('CREATE_COMPLETE');
    const [arn, failed] = made.Outputs?.map(({ OutputValue = '' }) => OutputValue) ?? [];
    expect(arn).toBe('arn:aws:cloudwatch:us-east-1:000000000000:alarm:orders-depth');
    expect(failed).toMatch(/^watched-Failed-\w{12}$/);
    const found = await alarms();
    expect(found.map(({ AlarmName }) => AlarmName).sort()).toEqual(['orders-depth', failed]);
    const own = found.find(({ AlarmName }) => AlarmName === 'orders-depth');
    expect(own).toMatchObject({ Threshold: 1000, Period: 60, TreatMissingData: 'notBreaching' });
    expect(own?.Dimensions?.[0]?.Value).toMatch(/^watched-Queue-/);
    expect(own?.AlarmActions?.[0]).toMatch(/:watched-Topic-/);
    expect(found.find(({ AlarmName }) => AlarmName === failed)?.Metrics).toHaveLength(3);
    const { Tags = [] } = await cloudwatch.send(
      new ListTagsForResourceCommand({ ResourceARN: arn }),
    );
    expect(Tags).toEqual(
      expect.arrayContaining([
        { Key: 'own', Value: 'yes' },
        { Key: 'team', Value: 'a' },
      ]),
    );
    const updated = await engine.update(
      'watched',
      template({ Threshold: 5, TreatMissingData: 'breaching' }),
    );
    expect(updated.StackStatus).toBe('UPDATE_COMPLETE');
    expect((await alarms()).find(({ AlarmName }) => AlarmName === 'orders-depth')).toMatchObject({
      Threshold: 5,
      TreatMissingData: 'breaching',
      AlarmArn: arn,
    });
    await engine.remove('watched');
    expect(await alarms()).toEqual([]);
  });

  it('is not taken from somebody else', async () => {
    const { Dimensions: _, AlarmActions: __, Period: ___, Threshold: ____, ...plain } = depth;
    await cloudwatch.send(
      new PutMetricAlarmCommand({ ...plain, Period: 60, Threshold: 7 } as never),
    );
    expect((await engine.create('other', template())).StackStatus).toBe('ROLLBACK_COMPLETE');
    expect((await engine.events('other')).join('\n')).toContain(
      "Resource of type 'AWS::CloudWatch::Alarm' with identifier 'orders-depth' already exists.",
    );
    expect(await alarms()).toMatchObject([{ AlarmName: 'orders-depth', Threshold: 7 }]);
  });

  it('fails in words where it is one that the engine has not', async () => {
    const made = await engine.create(
      'odd',
      template({ AlarmActions: ['arn:aws:automate:us-east-1:ec2:stop'] }),
    );
    expect(made.StackStatus).toBe('ROLLBACK_COMPLETE');
    expect((await engine.events('odd')).join('\n')).toContain('it notifies SNS topics only');
  });
});

describe('what a stack makes', () => {
  const Tags = [{ Key: 'own', Value: 'yes' }];
  const template = (Value = 'yes') => ({
    Resources: {
      Topic: { Type: 'AWS::SNS::Topic', Properties: { Tags: [{ Key: 'own', Value }] } },
      Queue: { Type: 'AWS::SQS::Queue', Properties: { Tags } },
      Group: { Type: 'AWS::Logs::LogGroup', Properties: { Tags } },
      Fn: {
        Type: 'AWS::Lambda::Function',
        Properties: {
          Runtime: 'nodejs22.x',
          Handler: 'index.handler',
          Role: 'arn:aws:iam::000000000000:role/r',
          Code: { ZipFile: 'exports.handler = async () => {};' },
          Tags: [{ Key: 'own', Value }],
        },
      },
      Table: {
        Type: 'AWS::DynamoDB::Table',
        Properties: {
          BillingMode: 'PAY_PER_REQUEST',
          AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
          KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        },
      },
    },
    Outputs: {
      Topic: { Value: { Ref: 'Topic' } },
      Queue: { Value: { Ref: 'Queue' } },
      Group: { Value: { 'Fn::GetAtt': 'Group.Arn' } },
      Fn: { Value: { 'Fn::GetAtt': 'Fn.Arn' } },
      Table: { Value: { 'Fn::GetAtt': 'Table.Arn' } },
    },
  });

  it('is marked as its own, also after a change, and by nobody else', async () => {
    const { sns, sqs, lambda, dynamodb, logs } = clientsOf(engine.endpoint);
    const made = await engine.create('marked', template());
    const at = (key: string) =>
      made.Outputs?.find(({ OutputKey }) => OutputKey === key)?.OutputValue ?? '';
    const mark = (id: string) => ({
      'aws:cloudformation:stack-name': 'marked',
      'aws:cloudformation:stack-id': made.StackId,
      'aws:cloudformation:logical-id': id,
    });
    const pairs = (list: readonly { Key?: string; Value?: string }[] = []) =>
      Object.fromEntries(list.map(({ Key = '', Value }) => [Key, Value]));
    const topicTags = async () =>
      pairs((await sns.send(new TopicTags({ ResourceArn: at('Topic') }))).Tags);
    const functionTags = async () =>
      (await lambda.send(new ListTagsCommand({ Resource: at('Fn') }))).Tags;
    expect(await topicTags()).toEqual({ own: 'yes', ...mark('Topic') });
    const queue = await sqs.send(new ListQueueTagsCommand({ QueueUrl: at('Queue') }));
    expect(queue.Tags).toEqual({ own: 'yes', ...mark('Queue') });
    expect(await functionTags()).toEqual({ own: 'yes', ...mark('Fn') });
    const resourceArn = at('Group').replace(/:\*$/, '');
    const group = await logs.send(new LogTags({ resourceArn }));
    expect(group.tags).toEqual({ own: 'yes', ...mark('Group') });
    const table = await dynamodb.send(new ListTagsOfResourceCommand({ ResourceArn: at('Table') }));
    expect(pairs(table.Tags)).toEqual(mark('Table'));

    await engine.update('marked', template('no'));
    expect(await topicTags()).toEqual({ own: 'no', ...mark('Topic') });
    expect(await functionTags()).toEqual({ own: 'no', ...mark('Fn') });

    const key = 'aws:cloudformation:stack-name';
    const tags = { [key]: 'other' };
    const tableTags = [{ Key: key, Value: 'other' }];
    for (const change of [
      () => logs.send(new TagLogs({ resourceArn, tags })),
      () => lambda.send(new TagFunction({ Resource: at('Fn'), Tags: tags })),
      () => sqs.send(new TagQueueCommand({ QueueUrl: at('Queue'), Tags: tags })),
      () => dynamodb.send(new TagTable({ ResourceArn: at('Table'), Tags: tableTags })),
      () => dynamodb.send(new UntagTable({ ResourceArn: at('Table'), TagKeys: ['own', key] })),
    ]) {
      await expect(change()).rejects.toThrow(/aws:/);
    }
  });

  const system = [{ Key: 'AWS:owner', Value: 'me' }];
  it.each([
    ['a table', { ...template().Resources.Table.Properties, Tags: system }, 'AWS::DynamoDB::Table'],
    ['a queue', { Tags: system }, 'AWS::SQS::Queue'],
    ['a role', { AssumeRolePolicyDocument: {}, Tags: system }, 'AWS::IAM::Role'],
    [
      'an API',
      { Name: 'a', ProtocolType: 'HTTP', Tags: { 'aws:owner': 'me' } },
      'AWS::ApiGatewayV2::Api',
    ],
    ['a cluster', { Tags: system }, 'AWS::ECS::Cluster'],
  ])('is refused tags of AWS’s own: %s', async (what, Properties, Type) => {
    const StackName = what.replace(/^an? /, 'odd-');
    const made = await engine.create(
      StackName,
      { Resources: { It: { Type, Properties } } },
      { Capabilities: ['CAPABILITY_IAM'] },
    );
    expect(made.StackStatus).toBe('ROLLBACK_COMPLETE');
    expect((await engine.events(StackName)).join('\n')).toContain(
      'It CREATE_FAILED aws: prefixed tag key names are not allowed for external use.',
    );
  });
});
