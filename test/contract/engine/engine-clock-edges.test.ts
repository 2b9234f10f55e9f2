import {
  CreateKeyCommand,
  DescribeKeyCommand,
  KMSClient,
  ScheduleKeyDeletionCommand,
} from '@aws-sdk/client-kms';
import {
  PublishCommand,
  SetSubscriptionAttributesCommand,
  SubscribeCommand,
} from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  DeleteQueueCommand,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  type ReceiveMessageCommandInput,
  SendMessageCommand,
  type SendMessageCommandInput,
} from '@aws-sdk/client-sqs';
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EngineClock } from '../../../src/lib/engine/clock/engine-clock.ts';
import { type HttpEndpoint, startEndpoint } from '../../fixtures/http-endpoint.ts';
import { Machine, NOON } from '../../fixtures/machine.ts';
import { ACCOUNT, type SnsEngine, startSns } from '../../fixtures/sns-engine.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** Ways for time to go on. */
const WAYS = {
  'a frozen clock that is advanced': () => {
    const clock = new EngineClock({ frozen: true, startAt: NOON });
    return { clock, goOn: (ms: number) => clock.advance(ms) };
  },
  'a running clock that is advanced': () => {
    const clock = new EngineClock({}, new Machine());
    return { clock, goOn: (ms: number) => clock.advance(ms) };
  },
  'a running clock that nobody touches': () => {
    const machine = new Machine();
    const clock = new EngineClock({}, machine);
    return { clock, goOn: async (ms: number) => machine.pass(ms) };
  },
} as const;

describe.each(Object.entries(WAYS))('with %s', (_, way) => {
  const { clock, goOn } = way();
  let engine: SnsEngine;
  let endpoint: HttpEndpoint;
  let names = 0;
  beforeAll(async () => {
    engine = await startSns({ clock, strictTimings: true });
    endpoint = await startEndpoint();
  });
  afterAll(async () => {
    await Promise.all([engine.stop(), endpoint.stop()]);
  });

  /** Whether it still is so after all but a millisecond of a time, and after that one. */
  async function edge(ms: number, holds: () => Promise<boolean>): Promise<[boolean, boolean]> {
    await goOn(ms - 1);
    const before = await holds();
    await goOn(1);
    return [before, await holds()];
  }

  async function newQueue(Attributes: Record<string, string> = {}, suffix = ''): Promise<string> {
    names += 1;
    const made = new CreateQueueCommand({ QueueName: `q${names}${suffix}`, Attributes });
    return (await engine.sqs.send(made)).QueueUrl ?? '';
  }
  const newFifo = () => newQueue({ FifoQueue: 'true' }, '.fifo');
  const send = (QueueUrl: string, more: Partial<SendMessageCommandInput> = {}) =>
    engine.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'm', ...more }));
  async function receive(QueueUrl: string, more: Partial<ReceiveMessageCommandInput> = {}) {
    const command = new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, ...more });
    return (await engine.sqs.send(command)).Messages ?? [];
  }
  /** A subscription of the endpoint, confirmed. */
  async function subscribeEndpoint(TopicArn: string): Promise<string> {
    const { SubscriptionArn = '' } = await engine.sns.send(
      new SubscribeCommand({
        TopicArn,
        Protocol: 'http',
        Endpoint: endpoint.url,
        ReturnSubscriptionArn: true,
      }),
    );
    await expect.poll(() => endpoint.requests.length).toBe(1);
    await fetch(JSON.parse(endpoint.requests[0]?.body ?? '').SubscribeURL);
    return SubscriptionArn;
  }
  const isEmpty = async (url: string) => (await receive(url)).length === 0;
  const isRefused = (call: Promise<unknown>) =>
    call.then(
      () => false,
      () => true,
    );
  const client = { region: 'us-east-1', maxAttempts: 1 };
  const keys = { accessKeyId: ACCOUNT, secretAccessKey: 'test' };

  it('a received message is hidden for its visibility timeout', async () => {
    const url = await newQueue();
    await send(url);
    await receive(url, { VisibilityTimeout: 30 });

    expect(await edge(30_000, () => isEmpty(url))).toEqual([true, false]);
  });

  it('a delayed message waits for its delay', async () => {
    const url = await newQueue();
    await send(url, { DelaySeconds: 5 });

    expect(await edge(5_000, () => isEmpty(url))).toEqual([true, false]);
  });

  it('a message is kept for the retention period', async () => {
    const url = await newQueue({ MessageRetentionPeriod: '60', VisibilityTimeout: '0' });
    await send(url);

    expect(await edge(MINUTE, async () => !(await isEmpty(url)))).toEqual([true, false]);
  });

  it('a message in flight is kept for no longer', async () => {
    const url = await newQueue({ MessageRetentionPeriod: '60', VisibilityTimeout: '0' });
    await send(url);
    await receive(url, { VisibilityTimeout: 59 });
    await goOn(MINUTE - 2_000);

    expect(await edge(1_000, () => isEmpty(url))).toEqual([true, false]);
    expect(await edge(1_000, async () => !(await isEmpty(url)))).toEqual([true, false]);
  });

  it('a queue takes a deduplication id for a repetition for five minutes', async () => {
    const url = await newFifo();
    const ids = { MessageGroupId: 'g', MessageDeduplicationId: 'd' };
    const { MessageId } = await send(url, ids);
    const isRepetition = async () => (await send(url, ids)).MessageId === MessageId;

    expect(await edge(5 * MINUTE, isRepetition)).toEqual([true, false]);
  });

  it('a topic takes a deduplication id for a repetition for five minutes', async () => {
    names += 1;
    const TopicArn = await engine.topic(`t${names}.fifo`, { FifoTopic: 'true' });
    const ids = { MessageGroupId: 'g', MessageDeduplicationId: 'd' };
    const publish = async () =>
      (await engine.sns.send(new PublishCommand({ TopicArn, Message: 'm', ...ids }))).MessageId;
    const first = await publish();

    expect(await edge(5 * MINUTE, async () => (await publish()) === first)).toEqual([true, false]);
  });

  it('a receive attempt id gives the same messages for as long as they are hidden', async () => {
    const url = await newFifo();
    await send(url, { MessageGroupId: 'g', MessageDeduplicationId: 'd' });
    const attempt = { ReceiveRequestAttemptId: 'a', VisibilityTimeout: 400 };
    const [first] = await receive(url, attempt);
    const isSame = async () =>
      (await receive(url, attempt))[0]?.ReceiptHandle === first?.ReceiptHandle;

    expect(await edge(5 * MINUTE, isSame)).toEqual([true, false]);
  });

  it('a long poll waits for its time', async () => {
    const url = await newQueue();
    let isOver = false;
    const poll = receive(url, { WaitTimeSeconds: 20 }).then((messages) => {
      isOver = true;
      return messages;
    });
    const waiting = () =>
      [...engine.running.engine.sqs.queues.values()].some(({ pollers }) => pollers.size > 0);
    await expect.poll(waiting).toBe(true);

    expect(await edge(20_000, async () => waiting() && !isOver)).toEqual([true, false]);
    expect(await poll).toEqual([]);
  });

  it('a delivery over HTTP that failed is tried again after its delay', async () => {
    names += 1;
    const TopicArn = await engine.topic(`t${names}`);
    const arn = await subscribeEndpoint(TopicArn);
    const AttributeValue = JSON.stringify({
      healthyRetryPolicy: { numRetries: 2, minDelayTarget: 7, maxDelayTarget: 9 },
    });
    await engine.sns.send(
      new SetSubscriptionAttributesCommand({
        SubscriptionArn: arn,
        AttributeName: 'DeliveryPolicy',
        AttributeValue,
      }),
    );
    endpoint.answer(500);
    const tries = () => endpoint.requests.filter(({ body }) => body.includes('"retried"')).length;
    await engine.sns.send(new PublishCommand({ TopicArn, Message: 'retried' }));
    const failed = () => engine.running.engine.sns.sink.find({}).at(-1)?.attempts.length;
    for (const [attempts, delay] of [
      [1, 7_000],
      [2, 9_000],
    ] as const) {
      await expect.poll(failed).toBe(attempts);
      await goOn(delay - 1);
      expect(tries()).toBe(attempts);
      await goOn(1);
      await expect.poll(tries).toBe(attempts + 1);
    }
    endpoint.answer(200);
  });

  it('the name of a deleted queue is free after a minute', async () => {
    const url = await newQueue();
    const QueueName = url.split('/').at(-1);
    await engine.sqs.send(new DeleteQueueCommand({ QueueUrl: url }));
    const create = () => isRefused(engine.sqs.send(new CreateQueueCommand({ QueueName })));

    expect(await edge(MINUTE, create)).toEqual([true, false]);
  });

  it('a queue is purged once a minute', async () => {
    const QueueUrl = await newQueue();
    const purge = () => isRefused(engine.sqs.send(new PurgeQueueCommand({ QueueUrl })));
    await purge();

    expect(await edge(MINUTE, purge)).toEqual([true, false]);
  });

  // From a whole second on: AWS gives their end in whole seconds.
  it('keys of a role are good for their time', async () => {
    const own = { ...client, endpoint: engine.running.endpoint };
    const sts = new STSClient({ ...own, credentials: keys });
    const { Credentials } = await sts.send(
      new AssumeRoleCommand({
        RoleArn: `arn:aws:iam::${ACCOUNT}:role/r`,
        RoleSessionName: 'session',
        DurationSeconds: 900,
      }),
    );
    const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = Credentials ?? {};
    const credentials = {
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretAccessKey,
      sessionToken: SessionToken,
    };
    const role = new STSClient({ ...own, credentials });
    const isGood = async () => !(await isRefused(role.send(new GetCallerIdentityCommand({}))));

    expect(await edge(15 * MINUTE, isGood)).toEqual([true, false]);
    sts.destroy();
    role.destroy();
  });

  it('a key that is to be deleted is there for its window', async () => {
    const kms = new KMSClient({
      ...client,
      endpoint: engine.running.endpoint,
      credentials: keys,
    });
    const { KeyMetadata } = await kms.send(new CreateKeyCommand({}));
    const KeyId = KeyMetadata?.KeyId ?? '';
    await kms.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }));
    const isThere = async () => !(await isRefused(kms.send(new DescribeKeyCommand({ KeyId }))));

    expect(await edge(7 * DAY, isThere)).toEqual([true, false]);
    kms.destroy();
  });
});
