import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CloudWatchClient,
  DeleteAlarmsCommand,
  DescribeAlarmHistoryCommand,
  DescribeAlarmsCommand,
  DisableAlarmActionsCommand,
  type MetricAlarm,
  PutMetricAlarmCommand,
  type PutMetricAlarmCommandInput,
  PutMetricDataCommand,
  SetAlarmStateCommand,
} from '@aws-sdk/client-cloudwatch';
import {
  CreateTopicCommand,
  SetTopicAttributesCommand,
  SNSClient,
  SubscribeCommand,
} from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterEach, describe, expect, it } from 'vitest';
import { type EngineOptions, startEngine, type TestEngine } from '../../../../src/engine.ts';
import { allowTopics } from '../../../fixtures/sns-engine.ts';

const ACCOUNT = '111111111111';
const REGION = 'us-east-1';
const cleanUps: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const each of cleanUps.splice(0).reverse()) await each();
});

interface Watched {
  readonly engine: TestEngine;
  readonly cloudwatch: CloudWatchClient;
  readonly sns: SNSClient;
  readonly sqs: SQSClient;
}

/** An engine that stands at the beginning of a minute. */
async function watched(options: EngineOptions = {}): Promise<Watched> {
  const engine = await startEngine({ clock: 'frozen', now: '2026-11-28T15:00:00Z', ...options });
  cleanUps.push(() => engine.stop());
  const credentials = { accessKeyId: ACCOUNT, secretAccessKey: 'test' };
  const config = { endpoint: engine.endpoint, region: REGION, credentials, maxAttempts: 1 };
  const clients = {
    cloudwatch: new CloudWatchClient(config),
    sns: new SNSClient(config),
    sqs: new SQSClient(config),
  };
  cleanUps.push(() => {
    for (const each of Object.values(clients)) each.destroy();
  });
  return { engine, ...clients };
}

const ALARM: PutMetricAlarmCommandInput = {
  AlarmName: 'too-many',
  Namespace: 'Orders',
  MetricName: 'Waiting',
  Statistic: 'Maximum',
  Period: 60,
  EvaluationPeriods: 1,
  Threshold: 10,
  ComparisonOperator: 'GreaterThanThreshold',
};

async function put({ cloudwatch }: Watched, change: Partial<PutMetricAlarmCommandInput> = {}) {
  await cloudwatch.send(new PutMetricAlarmCommand({ ...ALARM, ...change }));
}

async function record({ cloudwatch }: Watched, Value: number) {
  await cloudwatch.send(
    new PutMetricDataCommand({
      Namespace: 'Orders',
      MetricData: [{ MetricName: 'Waiting', Value }],
    }),
  );
}

async function alarm({ cloudwatch }: Watched): Promise<MetricAlarm> {
  const { MetricAlarms = [] } = await cloudwatch.send(new DescribeAlarmsCommand({}));
  return MetricAlarms[0] ?? {};
}

const stateOf = async (engine: Watched) => (await alarm(engine)).StateValue;

/** A topic, and what comes to a queue that is subscribed to it. */
async function listened({ sns, sqs }: Watched, name = 'alarms') {
  const { TopicArn = '' } = await sns.send(new CreateTopicCommand({ Name: name }));
  const queueArn = `arn:aws:sqs:${REGION}:${ACCOUNT}:${name}`;
  const { QueueUrl } = await sqs.send(
    new CreateQueueCommand({ QueueName: name, Attributes: { Policy: allowTopics(queueArn) } }),
  );
  await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint: queueArn }));
  const next = async () => {
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl }));
    const envelope = JSON.parse(Messages[0]?.Body ?? '{}') as {
      Subject?: string;
      Message?: string;
    };
    return {
      subject: envelope.Subject,
      message: JSON.parse(envelope.Message ?? 'null') as Record<string, unknown> | null,
    };
  };
  return { TopicArn, next };
}

describe('an alarm', () => {
  it('is evaluated with each minute of the clock, and notifies its topic as AWS does', async () => {
    const engine = await watched();
    const { TopicArn, next } = await listened(engine);
    await put(engine, { AlarmActions: [TopicArn], AlarmDescription: 'more than ten wait' });
    expect(await alarm(engine)).toMatchObject({
      StateValue: 'INSUFFICIENT_DATA',
      StateReason: 'Unchecked: Initial alarm creation',
    });
    await record(engine, 10);
    await engine.engine.advance('1m');
    expect(await stateOf(engine)).toBe('OK');
    expect((await next()).message).toBeNull();
    await record(engine, 11);
    await engine.engine.advance('59s');
    expect(await stateOf(engine)).toBe('OK');
    await engine.engine.advance('1s');
    const StateReason =
      'Threshold Crossed: 1 out of the last 1 datapoints [11.0 (28/11/26 15:01:00)] was greater than the threshold (10.0) (minimum 1 datapoint for OK -> ALARM transition).';
    expect(await alarm(engine)).toMatchObject({ StateValue: 'ALARM', StateReason });
    const { subject, message } = await next();
    expect(subject).toBe('ALARM: "too-many" in US East (N. Virginia)');
    expect(message).toEqual({
      AlarmName: 'too-many',
      AlarmDescription: 'more than ten wait',
      AWSAccountId: ACCOUNT,
      AlarmConfigurationUpdatedTimestamp: '2026-11-28T15:00:00.000+0000',
      NewStateValue: 'ALARM',
      NewStateReason: StateReason,
      StateChangeTime: '2026-11-28T15:02:00.000+0000',
      Region: 'US East (N. Virginia)',
      AlarmArn: `arn:aws:cloudwatch:${REGION}:${ACCOUNT}:alarm:too-many`,
      OldStateValue: 'OK',
      OKActions: [],
      AlarmActions: [TopicArn],
      InsufficientDataActions: [],
      Trigger: {
        MetricName: 'Waiting',
        Namespace: 'Orders',
        StatisticType: 'Statistic',
        Statistic: 'MAXIMUM',
        Unit: null,
        Dimensions: [],
        Period: 60,
        EvaluationPeriods: 1,
        ComparisonOperator: 'GreaterThanThreshold',
        Threshold: 10,
        TreatMissingData: 'missing',
        EvaluateLowSampleCountPercentile: '',
      },
    });
  });

  it('tells its history, the newest first', async () => {
    const engine = await watched();
    const { TopicArn } = await listened(engine);
    const { TopicArn: narrow = '' } = await engine.sns.send(
      new CreateTopicCommand({ Name: 'narrow', Attributes: { MaximumMessageSize: '1024' } }),
    );
    await put(engine, {
      AlarmDescription: 'd'.repeat(1024),
      AlarmActions: [TopicArn, `${TopicArn}-gone`, narrow],
    });
    await record(engine, 11);
    await engine.engine.advance('1m');
    const { AlarmHistoryItems = [] } = await engine.cloudwatch.send(
      new DescribeAlarmHistoryCommand({ AlarmName: 'too-many' }),
    );
    expect(
      AlarmHistoryItems.map(({ HistoryItemType, HistorySummary }) => [
        HistoryItemType,
        HistorySummary,
      ]),
    ).toEqual([
      [
        'Action',
        `Failed to execute action ${narrow}. Received error: "Invalid parameter: Message too long"`,
      ],
      [
        'Action',
        `Failed to execute action ${TopicArn}-gone. Received error: "Topic does not exist"`,
      ],
      ['Action', `Successfully executed action ${TopicArn}`],
      ['StateUpdate', 'Alarm updated from INSUFFICIENT_DATA to ALARM'],
      ['ConfigurationUpdate', 'Alarm "too-many" created'],
    ]);
  });

  it.each([
    ['the default policy', undefined, true],
    ['a policy for CloudWatch and this alarm', { Service: 'cloudwatch.amazonaws.com' }, true],
    ['a policy for another service', { Service: 's3.amazonaws.com' }, false],
  ])('publishes where the policy of the topic lets it: %s', async (_, Principal, isTold) => {
    const engine = await watched();
    const { TopicArn, next } = await listened(engine);
    if (Principal !== undefined) {
      const arn = `arn:aws:cloudwatch:${REGION}:${ACCOUNT}:alarm:too-many`;
      const Condition = { ArnEquals: { 'aws:SourceArn': arn } };
      const statement = {
        Effect: 'Allow',
        Principal,
        Action: 'sns:Publish',
        Resource: TopicArn,
        Condition,
      };
      const AttributeValue = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
      await engine.sns.send(
        new SetTopicAttributesCommand({ TopicArn, AttributeName: 'Policy', AttributeValue }),
      );
    }
    await put(engine, { AlarmActions: [TopicArn] });
    await record(engine, 11);
    await engine.engine.advance('1m');
    expect((await next()).message?.NewStateValue).toBe(isTold ? 'ALARM' : undefined);
  });

  it('needs as many breaching data points as it says, of as many periods', async () => {
    const engine = await watched();
    await put(engine, { EvaluationPeriods: 3, DatapointsToAlarm: 2 });
    const states: (string | undefined)[] = [];
    for (const value of [11, 1, 11, 1, 1]) {
      await record(engine, value);
      await engine.engine.advance('1m');
      states.push(await stateOf(engine));
    }
    expect(states).toEqual(['OK', 'OK', 'ALARM', 'OK', 'OK']);
  });

  it.each([
    ['missing', 'INSUFFICIENT_DATA'],
    ['ignore', 'ALARM'],
    ['breaching', 'ALARM'],
    ['notBreaching', 'OK'],
  ])('treats missing data as %s: after an alarm it is %s', async (TreatMissingData, state) => {
    const engine = await watched();
    await put(engine, { TreatMissingData });
    await record(engine, 11);
    await engine.engine.advance('1m');
    expect(await stateOf(engine)).toBe('ALARM');
    // The evaluation range holds two periods more than are evaluated.
    await engine.engine.advance('2m');
    expect(await stateOf(engine)).toBe('ALARM');
    await engine.engine.advance('1m');
    expect(await stateOf(engine)).toBe(state);
  });

  it('about metric math is evaluated', async () => {
    const engine = await watched();
    const stat = (Id: string, MetricName: string) => ({
      Id,
      MetricStat: { Metric: { Namespace: 'Orders', MetricName }, Period: 60, Stat: 'Sum' },
      ReturnData: false,
    });
    await engine.cloudwatch.send(
      new PutMetricAlarmCommand({
        AlarmName: 'failures',
        EvaluationPeriods: 1,
        Threshold: 1,
        ComparisonOperator: 'GreaterThanThreshold',
        TreatMissingData: 'notBreaching',
        Metrics: [
          {
            Id: 'rate',
            Expression: 'IF(d+FILL(f,0)>0, 100*FILL(f,0)/(d+FILL(f,0)), 0)',
            Label: 'failed, %',
          },
          stat('d', 'Delivered'),
          stat('f', 'Failed'),
        ],
      }),
    );
    const data = (delivered: number, failed: number) =>
      engine.cloudwatch.send(
        new PutMetricDataCommand({
          Namespace: 'Orders',
          MetricData: [
            { MetricName: 'Delivered', Value: delivered },
            { MetricName: 'Failed', Value: failed },
          ],
        }),
      );
    await data(99, 1);
    await engine.engine.advance('1m');
    expect(await stateOf(engine)).toBe('OK');
    await data(98, 2);
    await engine.engine.advance('1m');
    expect(await stateOf(engine)).toBe('ALARM');
  });

  it('is there with its state after a restart, and goes on', async () => {
    const stateDir = mkdtempSync(join(tmpdir(), 'pubsub-alarms-'));
    cleanUps.push(() => rmSync(stateDir, { recursive: true }));
    const first = await watched({ stateDir });
    const { TopicArn } = await listened(first);
    await put(first, { OKActions: [TopicArn], Tags: [{ Key: 'team', Value: 'orders' }] });
    await record(first, 11);
    await first.engine.advance('1m');
    const before = await alarm(first);
    await first.engine.stop();
    const second = await watched({ stateDir });
    expect(await alarm(second)).toEqual(before);
    await record(second, 1);
    await second.engine.advance('1m');
    expect(await stateOf(second)).toBe('OK');
    const { AlarmHistoryItems = [] } = await second.cloudwatch.send(
      new DescribeAlarmHistoryCommand({}),
    );
    expect(AlarmHistoryItems.map(({ HistoryItemType }) => HistoryItemType)).toEqual([
      'Action',
      'StateUpdate',
      'StateUpdate',
      'ConfigurationUpdate',
    ]);
  });

  it('runs its actions where its state is set by hand, unless they are off', async () => {
    const engine = await watched();
    const { TopicArn, next } = await listened(engine);
    await put(engine, { AlarmActions: [TopicArn] });
    const set = (StateValue: 'ALARM' | 'OK') =>
      engine.cloudwatch.send(
        new SetAlarmStateCommand({ AlarmName: 'too-many', StateValue, StateReason: 'a drill' }),
      );
    await set('ALARM');
    expect((await next()).message).toMatchObject({ NewStateReason: 'a drill' });
    await set('ALARM');
    await set('OK');
    await engine.cloudwatch.send(new DisableAlarmActionsCommand({ AlarmNames: ['too-many'] }));
    await set('ALARM');
    expect((await next()).message).toBeNull();
  });

  it('is deleted; one that is not there is no error', async () => {
    const engine = await watched();
    await put(engine);
    await engine.cloudwatch.send(new DeleteAlarmsCommand({ AlarmNames: ['too-many', 'other'] }));
    expect(await alarm(engine)).toEqual({});
  });

  it.each([
    [{ Period: 30 }, /does not support periods below a minute/],
    [{ Period: 90 }, /multiple of 60/],
    [{ Statistic: undefined, ExtendedStatistic: 'p99' }, /does not support the statistic p99/],
    [{ ComparisonOperator: 'GreaterThanUpperThreshold' }, /anomaly detection/],
    [{ DatapointsToAlarm: 2 }, /DatapointsToAlarm must be between 1 and EvaluationPeriods/],
    [{ EvaluationPeriods: 1441 }, /EvaluationPeriods \* Period must be <= 86400/],
    [
      { AlarmActions: ['arn:aws:lambda:us-east-1:111111111111:function:f'] },
      /notifies SNS topics only/,
    ],
    [{ AlarmActions: ['arn:aws:sns:eu-west-1:111111111111:t'] }, /Only us-east-1 is supported/],
    [{ AlarmActions: ['topic'] }, /Invalid arn syntax/],
    [{ TreatMissingData: 'maybe' }, /TreatMissingData must be one of/],
  ] as const)('is refused in words: %j', async (change, words) => {
    const engine = await watched();
    const given = change as unknown as Partial<PutMetricAlarmCommandInput>;
    await expect(put(engine, given)).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringMatching(words),
    });
    expect(await alarm(engine)).toEqual({});
  });

  it('is about twenty metrics at the most', async () => {
    const engine = await watched();
    const sum = (count: number): Partial<PutMetricAlarmCommandInput> => ({
      ...{ Namespace: undefined, MetricName: undefined, Statistic: undefined, Period: undefined },
      Metrics: Array.from({ length: count }, (_, index) => ({
        Id: `m${index}`,
        MetricStat: { Metric: { Namespace: 'Orders', MetricName: 'm' }, Period: 60, Stat: 'Sum' },
        ReturnData: index === 0,
      })),
    });
    await expect(put(engine, sum(21))).rejects.toThrow(/at most 20 Metrics/);
    await put(engine, sum(20));
    expect((await alarm(engine)).Metrics).toHaveLength(20);
  });

  it('about a queue fires within a minute of a message in it', async () => {
    const engine = await watched();
    const { QueueUrl } = await engine.sqs.send(new CreateQueueCommand({ QueueName: 'dead' }));
    await put(engine, {
      Namespace: 'AWS/SQS',
      MetricName: 'ApproximateNumberOfMessagesVisible',
      Dimensions: [{ Name: 'QueueName', Value: 'dead' }],
      Threshold: 0,
      TreatMissingData: 'notBreaching',
    });
    await engine.engine.advance('1m');
    expect(await stateOf(engine)).toBe('OK');
    await engine.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x' }));
    await engine.engine.advance('1m');
    expect(await stateOf(engine)).toBe('ALARM');
  });
});
