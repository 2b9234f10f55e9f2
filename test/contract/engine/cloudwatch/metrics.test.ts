import {
  CloudWatchClient,
  GetMetricDataCommand,
  GetMetricStatisticsCommand,
  ListMetricsCommand,
  type MetricDataQuery,
  type MetricDatum,
  PutMetricDataCommand,
} from '@aws-sdk/client-cloudwatch';
import {
  CreateTopicCommand,
  PublishCommand,
  SNSClient,
  SubscribeCommand,
} from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startEngine, type TestEngine } from '../../../../src/engine.ts';
import { aws, hasAws } from '../../../fixtures/aws-command.ts';
import { allowTopics } from '../../../fixtures/sns-engine.ts';

const isAwsThere = await hasAws();
const ACCOUNT = '111111111111';
const BEGIN = new Date('2026-11-28T15:00:00Z');
const minutes = (count: number) => new Date(BEGIN.getTime() + count * 60_000);

let engine: TestEngine;
let cloudwatch: CloudWatchClient;
let sns: SNSClient;
let sqs: SQSClient;
beforeAll(async () => {
  engine = await startEngine({ clock: 'frozen', now: BEGIN });
  const credentials = { accessKeyId: ACCOUNT, secretAccessKey: 'test' };
  const config = { endpoint: engine.endpoint, region: 'us-east-1', credentials, maxAttempts: 1 };
  cloudwatch = new CloudWatchClient(config);
  sns = new SNSClient(config);
  sqs = new SQSClient(config);
});
afterAll(async () => {
  for (const client of [cloudwatch, sns, sqs]) client.destroy();
  await engine.stop();
});
beforeEach(() => engine.reset());

async function put(...MetricData: MetricDatum[]) {
  await cloudwatch.send(new PutMetricDataCommand({ Namespace: 'Orders', MetricData }));
}

type Statistic = 'SampleCount' | 'Average' | 'Sum' | 'Minimum' | 'Maximum';

/** The data points of the first ten minutes. */
async function points(
  Namespace: string,
  MetricName: string,
  dimension: readonly [string, string] | undefined,
  Statistics: Statistic[],
  Period = 60,
) {
  const Dimensions = dimension === undefined ? [] : [{ Name: dimension[0], Value: dimension[1] }];
  const { Datapoints = [] } = await cloudwatch.send(
    new GetMetricStatisticsCommand({
      ...{ Namespace, MetricName, Dimensions, Statistics, Period },
      ...{ StartTime: BEGIN, EndTime: minutes(10) },
    }),
  );
  return Datapoints;
}

async function values(...MetricDataQueries: MetricDataQuery[]) {
  const { MetricDataResults = [] } = await cloudwatch.send(
    new GetMetricDataCommand({
      MetricDataQueries,
      StartTime: BEGIN,
      EndTime: minutes(10),
      ScanBy: 'TimestampAscending',
    }),
  );
  return MetricDataResults.map(({ Id, Values }) => [Id, Values]);
}

const stat = (Id: string, MetricName: string): MetricDataQuery => ({
  Id,
  MetricStat: { Metric: { Namespace: 'Orders', MetricName }, Period: 60, Stat: 'Sum' },
  ReturnData: false,
});

describe('metrics', () => {
  it('add up values, counted values and statistics of a period, each unit by itself', async () => {
    await put(
      { MetricName: 'Size', Value: 1, Unit: 'Bytes' },
      { MetricName: 'Size', Values: [4, 2], Counts: [2, 1], Unit: 'Bytes' },
      {
        MetricName: 'Size',
        StatisticValues: { SampleCount: 6, Sum: 30, Minimum: 0.5, Maximum: 9 },
        Timestamp: minutes(1),
        Unit: 'Bytes',
      },
      { MetricName: 'Size', Value: 7, Timestamp: minutes(5) },
    );
    const all: Statistic[] = ['SampleCount', 'Average', 'Sum', 'Minimum', 'Maximum'];
    expect(await points('Orders', 'Size', undefined, all, 300)).toEqual([
      {
        Timestamp: BEGIN,
        SampleCount: 10,
        Average: 4.1,
        Sum: 41,
        Minimum: 0.5,
        Maximum: 9,
        Unit: 'Bytes',
      },
      {
        Timestamp: minutes(5),
        ...{ SampleCount: 1, Average: 7, Sum: 7, Minimum: 7, Maximum: 7 },
        Unit: 'None',
      },
    ]);
  });

  it('are told apart by dimensions, in any order, and listed by some of them', async () => {
    const Dimensions = [
      { Name: 'Shop', Value: 'a' },
      { Name: 'Kind', Value: 'x' },
    ];
    await put(
      { MetricName: 'Sold', Value: 1, Dimensions },
      { MetricName: 'Sold', Value: 2, Dimensions: [...Dimensions].reverse() },
      { MetricName: 'Sold', Value: 4 },
    );
    const { Metrics = [] } = await cloudwatch.send(
      new ListMetricsCommand({ Dimensions: [{ Name: 'Kind' }] }),
    );
    expect(Metrics).toEqual([{ Namespace: 'Orders', MetricName: 'Sold', Dimensions }]);
    expect(await points('Orders', 'Sold', undefined, ['Sum'])).toMatchObject([{ Sum: 4 }]);
    const all = await cloudwatch.send(new ListMetricsCommand({ Namespace: 'Orders' }));
    expect(all.Metrics).toHaveLength(2);
  });

  it('are the account’s and region’s own', async () => {
    await put({ MetricName: 'Sold', Value: 1 });
    const credentials = { accessKeyId: '222222222222', secretAccessKey: 'test' };
    const { endpoint } = engine;
    const other = new CloudWatchClient({ endpoint, region: 'us-east-1', credentials });
    expect((await other.send(new ListMetricsCommand({}))).Metrics).toEqual([]);
    other.destroy();
  });

  it.each([
    [{ Value: 1, Values: [1] }, /exactly one of Value, Values and StatisticValues: 2 were given/],
    [{}, /exactly one of Value, Values and StatisticValues: 0 were given/],
    [{ Values: [1, 2], Counts: [1] }, /same length/],
    [{ Value: 1, Timestamp: new Date(BEGIN.getTime() - 14 * 86_400_000 - 1) }, /two weeks/],
    [{ Value: 1, Timestamp: new Date(BEGIN.getTime() + 7_200_001) }, /two hours/],
    [{ Value: 1, Unit: 'Bananas' }, /Unit is not supported/],
    [{ Value: 1, Dimensions: [{ Name: 'a', Value: '' }] }, /Name and a Value/],
  ])('of %j are refused', async (datum, words) => {
    const given = { MetricName: 'Size', ...datum } as MetricDatum;
    await expect(put(given)).rejects.toThrow(words);
    expect((await cloudwatch.send(new ListMetricsCommand({}))).Metrics).toEqual([]);
  });

  it('may come as many at once, compressed', async () => {
    const data = Array.from({ length: 1000 }, (_, index) => ({
      MetricName: `metric-${index}`,
      Value: index,
    }));
    await put(...data);
    expect(await points('Orders', 'metric-999', undefined, ['Sum'])).toMatchObject([{ Sum: 999 }]);
  });
});

describe('metric math', () => {
  it.each([
    ['a + b * 2', [11, 5]],
    ['(a + b) * 2', [14, 6]],
    ['-a / 2', [-1.5, -0.5]],
    ['a - b - 1', [-2, -2]],
    ['a > 2', [1, 0]],
    ['IF(a > 2, b, 0)', [4, 0]],
    ['IF(a >= 1 AND b == 2, 10, 20)', [20, 10]],
    ['a / (b - 2)', [1.5]],
    ['FILL(c, 0) + a', [3, 6]],
    ['a + c', [6]],
    ['IF(a > 2, a)', [3]],
  ])('%s', async (Expression, expected) => {
    await put(
      { MetricName: 'A', Value: 3 },
      { MetricName: 'B', Value: 4 },
      { MetricName: 'A', Value: 1, Timestamp: minutes(1) },
      { MetricName: 'B', Value: 2, Timestamp: minutes(1) },
      { MetricName: 'C', Value: 5, Timestamp: minutes(1) },
    );
    const query = { Id: 'e', Expression };
    expect(await values(query, stat('a', 'A'), stat('b', 'B'), stat('c', 'C'))).toEqual([
      ['e', expected],
    ]);
  });

  it.each([
    ['SUM(METRICS())', /does not support the metric math function (SUM|METRICS)/],
    ['ANOMALY_DETECTION_BAND(a)', /metric math function ANOMALY_DETECTION_BAND/],
    ['a ^ 2', /"\^" in metric math/],
    ['a +', /Invalid syntax/],
    ['(a', /Invalid syntax/],
    ['a b', /Invalid syntax/],
    ['nobody * 2', /there is no query nobody/],
    ['e + 1', /about itself/],
    ["SELECT AVG(x) FROM 'y'", /Metrics Insights/],
    ['1 + 1', /about no metric/],
    ['('.repeat(2000), /Invalid syntax/],
  ])('refuses %s in words', async (Expression, words) => {
    await expect(values({ Id: 'e', Expression }, stat('a', 'A'))).rejects.toThrow(words);
  });

  it('take 2,048 characters and no more', async () => {
    await put({ MetricName: 'A', Value: 3 });
    const sum = `a${'+1'.repeat(1023)}`;
    const longest = { Id: 'e', Expression: `${sum} ` };
    expect(await values(longest, stat('a', 'A'))).toEqual([['e', [1026]]]);
    await expect(values({ Id: 'e', Expression: `${sum}  ` }, stat('a', 'A'))).rejects.toThrow(
      /at most 2048 characters/,
    );
  });
});

describe('the metrics of AWS/SQS and AWS/SNS', () => {
  const queue = ['QueueName', 'work'] as const;
  const topic = ['TopicName', 'orders'] as const;

  async function fanOut() {
    const { TopicArn = '' } = await sns.send(new CreateTopicCommand({ Name: 'orders' }));
    const Endpoint = `arn:aws:sqs:us-east-1:${ACCOUNT}:work`;
    const Attributes = { Policy: allowTopics(Endpoint) };
    const { QueueUrl = '' } = await sqs.send(
      new CreateQueueCommand({ QueueName: 'work', Attributes }),
    );
    await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint }));
    return { TopicArn, QueueUrl };
  }

  it('count what happened in each minute', async () => {
    const { TopicArn, QueueUrl } = await fanOut();
    const refusing = `arn:aws:sqs:us-east-1:${ACCOUNT}:refusing`;
    await sqs.send(new CreateQueueCommand({ QueueName: 'refusing' }));
    await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint: refusing }));
    const Attributes = { FilterPolicy: '{"kind":["x"]}' };
    const filtered = `arn:aws:sqs:us-east-1:${ACCOUNT}:filtered`;
    await sns.send(
      new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint: filtered, Attributes }),
    );
    for (const Message of ['a', 'bc']) await sns.send(new PublishCommand({ TopicArn, Message }));
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'direct' }));
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl }));
    const ReceiptHandle = Messages[0]?.ReceiptHandle;
    await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    await engine.advance('2m');
    const sums = async (namespace: string, name: string, dimension: readonly [string, string]) =>
      (await points(namespace, name, dimension, ['Sum'])).map(({ Sum }) => Sum);
    expect({
      published: await sums('AWS/SNS', 'NumberOfMessagesPublished', topic),
      delivered: await sums('AWS/SNS', 'NumberOfNotificationsDelivered', topic),
      failed: await sums('AWS/SNS', 'NumberOfNotificationsFailed', topic),
      filtered: await sums('AWS/SNS', 'NumberOfNotificationsFilteredOut', topic),
      sent: await sums('AWS/SQS', 'NumberOfMessagesSent', queue),
      received: await sums('AWS/SQS', 'NumberOfMessagesReceived', queue),
      deleted: await sums('AWS/SQS', 'NumberOfMessagesDeleted', queue),
      visible: await sums('AWS/SQS', 'ApproximateNumberOfMessagesVisible', queue),
    }).toEqual({
      published: [2, 0],
      delivered: [2, 0],
      failed: [2, 0],
      filtered: [2, 0],
      sent: [3, 0],
      received: [1, 0],
      deleted: [1, 0],
      visible: [2, 2],
    });
    const size = await points('AWS/SNS', 'PublishSize', topic, [
      'Minimum',
      'Maximum',
      'SampleCount',
    ]);
    expect(size).toMatchObject([{ Minimum: 1, Maximum: 2, SampleCount: 2, Unit: 'Bytes' }]);
  });

  it('tell the age of the oldest message, but not of one that was received three times', async () => {
    const { QueueUrl } = await fanOut();
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'poison' }));
    await engine.advance('1m');
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'next', DelaySeconds: 120 }));
    const receive = () => sqs.send(new ReceiveMessageCommand({ QueueUrl, VisibilityTimeout: 0 }));
    await receive();
    await receive();
    await engine.advance('1m');
    await receive();
    await engine.advance('1m');
    const ages = await points('AWS/SQS', 'ApproximateAgeOfOldestMessage', queue, ['Maximum']);
    expect(ages.map(({ Maximum }) => Maximum)).toEqual([60, 120, 120]);
  });

  it('end six hours after the last use of an empty queue, and cost little memory until then', async () => {
    await fanOut();
    await engine.advance('8h');
    const { Datapoints = [] } = await cloudwatch.send(
      new GetMetricStatisticsCommand({
        Namespace: 'AWS/SQS',
        MetricName: 'NumberOfMessagesSent',
        Dimensions: [{ Name: 'QueueName', Value: 'work' }],
        Statistics: ['SampleCount'],
        Period: 3600,
        StartTime: BEGIN,
        EndTime: minutes(480),
      }),
    );
    expect(Datapoints.map(({ SampleCount }) => SampleCount)).toEqual([60, 60, 60, 60, 60, 59]);
  });
});

describe('other clients', () => {
  it('speak the Query protocol', async () => {
    const call = async (parameters: Record<string, string>) => {
      const body = new URLSearchParams({ Version: '2010-08-01', ...parameters });
      const answer = await fetch(engine.endpoint, { method: 'POST', body });
      return { status: answer.status, text: await answer.text() };
    };
    const put = {
      Action: 'PutMetricData',
      Namespace: 'Orders',
      'MetricData.member.1.MetricName': 'Sold',
      'MetricData.member.1.Value': '2.5',
      'MetricData.member.1.Dimensions.member.1.Name': 'Shop',
      'MetricData.member.1.Dimensions.member.1.Value': 'a&b',
    };
    expect((await call(put)).text).toContain(
      '<PutMetricDataResponse xmlns="http://monitoring.amazonaws.com/doc/2010-08-01/">',
    );
    const { text } = await call({ Action: 'ListMetrics' });
    expect(text).toContain(
      '<ListMetricsResult><Metrics><member><Namespace>Orders</Namespace><MetricName>Sold</MetricName><Dimensions><member><Name>Shop</Name><Value>a&amp;b</Value></member></Dimensions></member></Metrics></ListMetricsResult>',
    );
    const refused = await call({ Action: 'PutMetricData', Namespace: 'AWS/SQS' });
    expect(refused.status).toBe(400);
    expect(refused.text).toContain('<Code>InvalidParameterValue</Code>');
  });

  it.skipIf(!isAwsThere)('of the aws command are served', async () => {
    const call = (...args: string[]) =>
      aws<Record<string, unknown[]>>(engine.endpoint, 'cloudwatch', ...args);
    await call('put-metric-data', '--namespace', 'Orders', '--metric-name', 'Sold', '--value', '3');
    await call(
      'put-metric-alarm',
      ...['--alarm-name', 'sold', '--namespace', 'Orders', '--metric-name', 'Sold'],
      ...['--statistic', 'Sum', '--period', '60', '--evaluation-periods', '1'],
      ...['--threshold', '2', '--comparison-operator', 'GreaterThanThreshold'],
    );
    await engine.advance('1m');
    const { MetricAlarms } = await call('describe-alarms', '--alarm-names', 'sold');
    expect(MetricAlarms).toMatchObject([
      {
        StateValue: 'ALARM',
        Threshold: 2,
        StateUpdatedTimestamp: minutes(1).getTime() / 1000,
      },
    ]);
    await expect(
      call('set-alarm-state', '--alarm-name', 'x', '--state-value', 'OK', '--state-reason', 'y'),
    ).rejects.toThrow(/ResourceNotFound/);
  });
});
