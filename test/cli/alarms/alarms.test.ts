import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  PutMetricAlarmCommand,
} from '@aws-sdk/client-cloudwatch';
import {
  CreateTopicCommand,
  PublishCommand,
  SNSClient,
  SubscribeCommand,
} from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  GetQueueUrlCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { startEngine, type TestEngine } from '../../../src/engine.ts';
import { runMain } from '../../fixtures/main.ts';
import { usePubsub } from '../../fixtures/pubsub.ts';
import { allowTopics } from '../../fixtures/sns-engine.ts';

const pubsub = usePubsub();
const ACCOUNT = '000000000000';
const NAMES = [
  'analytics-service-dlq-not-empty',
  'analytics-service-queue-age',
  'analytics-service-queue-depth',
  'email-service-dlq-not-empty',
  'email-service-queue-age',
  'email-service-queue-depth',
  'inventory-service-dlq-not-empty',
  'inventory-service-queue-age',
  'inventory-service-queue-depth',
  'order-events-failed-deliveries',
];

let engine: TestEngine;
let cloudwatch: CloudWatchClient;
let sns: SNSClient;
let sqs: SQSClient;
beforeAll(async () => {
  engine = await startEngine({ clock: 'frozen', init: 'orders' });
  const credentials = { accessKeyId: ACCOUNT, secretAccessKey: 'test' };
  const config = { endpoint: engine.endpoint, region: 'us-east-1', credentials };
  cloudwatch = new CloudWatchClient(config);
  sns = new SNSClient(config);
  sqs = new SQSClient(config);
});
afterAll(async () => {
  for (const client of [cloudwatch, sns, sqs]) client.destroy();
  await engine.stop();
});
beforeEach(() => engine.reset());

async function run(...words: string[]) {
  const at = ['--endpoint-url', engine.endpoint, '--region', 'us-east-1'];
  return runMain(['alarms', ...words, ...at], { ...pubsub.env, COLUMNS: '80' });
}

async function document<T>(...words: string[]): Promise<T> {
  const { stdout, stderr, code } = await run(...words, '--json');
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout) as T;
}

interface Plan {
  readonly changes: readonly { readonly action: string; readonly name: string }[];
}
const actionsOf = ({ changes }: Plan) => [...new Set(changes.map(({ action }) => action))];

/** The states by name. */
async function states(): Promise<Record<string, string>> {
  const { alarms } = await document<{ alarms: { name: string; state: string }[] }>('ls');
  return Object.fromEntries(alarms.map(({ name, state }) => [name, state]));
}

async function queueUrl(QueueName: string): Promise<string> {
  const { QueueUrl = '' } = await sqs.send(new GetQueueUrlCommand({ QueueName }));
  return QueueUrl;
}

it('are planned, made once, listed, and deleted', async () => {
  const { stdout } = await run('--dry-run');
  expect(stdout).toContain('+ alarm         email-service-dlq-not-empty (dead letters)');
  expect(stdout).toContain('Dry run: 10 to create, 0 to update, 0 unchanged. Nothing was changed.');
  for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  expect(Object.keys(await states())).toEqual([]);
  expect(actionsOf(await document<Plan>())).toEqual(['create']);
  expect(Object.keys(await states()).sort()).toEqual(NAMES);
  const where = { account: ACCOUNT, region: 'us-east-1', endpoint: engine.endpoint };
  expect(await document('ls')).toMatchObject(where);
  expect(await document('--dry-run')).toMatchObject(where);
  expect(actionsOf(await document<Plan>())).toEqual(['unchanged']);
  const refused = await run('rm');
  expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('--yes')]);
  expect(await document('rm', '--yes')).toEqual({
    deleted: expect.arrayContaining(NAMES),
    remaining: [],
    verified: true,
    dryRun: false,
  });
  expect(await states()).toEqual({});
});

it('are brought back to what they should be, and tell a topic once it is named', async () => {
  await run();
  const { MetricAlarms: [alarm = {}] = [] } = await cloudwatch.send(
    new DescribeAlarmsCommand({ AlarmNames: ['email-service-queue-depth'] }),
  );
  const { AlarmName, Namespace, MetricName, Dimensions, Statistic, Period } = alarm;
  await cloudwatch.send(
    new PutMetricAlarmCommand({
      ...{ AlarmName, Namespace, MetricName, Dimensions, Statistic, Period },
      EvaluationPeriods: 1,
      Threshold: 7,
      ComparisonOperator: 'GreaterThanThreshold',
    }),
  );
  const { stdout } = await run('--dry-run');
  expect(stdout).toContain('~ alarm         email-service-queue-depth');
  expect(stdout).toContain('    Threshold: 7 → 1000');
  const missing = await run('--notify', 'ops');
  expect(missing).toMatchObject({ code: 1, stderr: expect.stringContaining('no topic "ops"') });
  expect(missing.stderr).toContain(
    `aws sns create-topic --name ops --region us-east-1 --endpoint-url ${engine.endpoint}`,
  );
  const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: 'ops' }));
  expect(actionsOf(await document<Plan>('--notify', 'ops'))).toEqual(['update']);
  const again = await document<Plan & { alarms: { notifies: string[] }[] }>();
  expect(actionsOf(again)).toEqual(['unchanged']);
  expect(new Set(again.alarms.flatMap(({ notifies }) => notifies))).toEqual(new Set([TopicArn]));
});

it("leave somebody else's alarm of the same name as it is", async () => {
  await cloudwatch.send(
    new PutMetricAlarmCommand({
      AlarmName: 'email-service-queue-age',
      ...{ Namespace: 'Mine', MetricName: 'm', Statistic: 'Sum', Period: 60 },
      ...{ EvaluationPeriods: 1, Threshold: 1, ComparisonOperator: 'LessThanThreshold' },
    }),
  );
  const { stdout } = await run();
  expect(stdout).toContain('! alarm         email-service-queue-age (left:');
  await run('rm', '--yes');
  expect(Object.keys(await states())).toEqual(['email-service-queue-age']);
});

it('fire within a minute, each for its own reason, and tell the topic', async () => {
  const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: 'ops' }));
  const Endpoint = `arn:aws:sqs:us-east-1:${ACCOUNT}:ops`;
  const Attributes = { Policy: allowTopics(Endpoint) };
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'ops', Attributes }));
  await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint }));
  await run('--notify', 'ops');
  await engine.advance('1m');
  expect(new Set(Object.values(await states()))).toEqual(new Set(['OK']));
  const email = await queueUrl('email-service-queue');
  await sqs.send(
    new SendMessageCommand({ QueueUrl: await queueUrl('email-service-dlq'), MessageBody: 'dead' }),
  );
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl: email, Attributes: { Policy: '' } }));
  await sns.send(
    new PublishCommand({ TopicArn: `arn:aws:sns:us-east-1:${ACCOUNT}:order-events`, Message: 'm' }),
  );
  await engine.advance('1m');
  const fired = async () =>
    Object.entries(await states()).flatMap(([name, state]) => (state === 'ALARM' ? [name] : []));
  expect((await fired()).sort()).toEqual([
    'email-service-dlq-not-empty',
    'order-events-failed-deliveries',
  ]);
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }),
  );
  const subjects = Messages.map(({ Body = '{}' }) => JSON.parse(Body) as { Subject: string });
  expect(subjects.map(({ Subject }) => Subject)).toContain(
    'ALARM: "email-service-dlq-not-empty" in US East (N. Virginia)',
  );
  // Beyond the five minutes of their age by the whole period in whose middle they may have come.
  await engine.advance('6m');
  expect((await fired()).sort()).toEqual([
    'analytics-service-queue-age',
    'email-service-dlq-not-empty',
    'inventory-service-queue-age',
  ]);
});
