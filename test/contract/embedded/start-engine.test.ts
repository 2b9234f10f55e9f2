import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { startEngine, useEngine } from '../../../src/engine.ts';
import { defineTopology } from '../../../src/index.ts';

const engine = useEngine({ beforeAll, beforeEach, afterAll });
const topology = defineTopology({ name: 'shop', subscribers: { billing: {}, audit: {} } });

const opened: { destroy(): void }[] = [];
afterEach(() => {
  for (const client of opened.splice(0)) client.destroy();
});
function connection(endpoint: string) {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  return { endpoint, region: 'us-east-1', credentials, maxAttempts: 1 };
}
function sqsOf({ endpoint } = engine()): SQSClient {
  const client = new SQSClient(connection(endpoint));
  opened.push(client);
  return client;
}
function snsOf({ endpoint } = engine()): SNSClient {
  const client = new SNSClient(connection(endpoint));
  opened.push(client);
  return client;
}

const queueUrl = (name: string, { endpoint } = engine()) => `${endpoint}/000000000000/${name}`;

describe('a topology on an engine in this process', () => {
  it('takes what is published, and shows where each message came', async () => {
    const { changes, topics, subscribers } = await engine().setUp(topology);
    expect(changes).toBeGreaterThan(0);
    expect((await engine().setUp(topology)).changes).toBe(0);
    const { MessageId = '' } = await snsOf().send(
      new PublishCommand({ TopicArn: topics['shop-events'], Message: '{"order_id":7}' }),
    );

    expect(engine().published('shop-events')).toMatchObject([
      { messageId: MessageId, body: '{"order_id":7}', event: { order_id: 7 } },
    ]);
    const billing = subscribers.billing?.queueArn ?? '';
    expect(engine().messages(billing)).toMatchObject([
      { state: 'visible', event: { order_id: 7 } },
    ]);
    expect(engine().messages(subscribers.audit?.queueUrl ?? '')).toHaveLength(1);
    expect(
      engine()
        .trace(MessageId)
        .map(({ kind }) => kind),
    ).toEqual(['published', 'delivered', 'delivered']);
  });

  it('comes from a file or by its name too', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pubsub-embedded-'));
    try {
      const file = join(folder, 'pubsub.yaml');
      writeFileSync(file, 'topology: own\ntopics: { own-events: {} }\nsubscribers: { mine: {} }\n');
      const { topics } = await engine().setUp(file);
      expect(topics).toEqual({
        'own-events': 'arn:aws:sns:us-east-1:000000000000:own-events',
      });
      expect(Object.keys((await engine().setUp('orders')).subscribers)).toContain('email');
      await expect(engine().setUp('ordres')).rejects.toMatchObject({ code: 'UnknownTopology' });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('says what there is when something else is asked for', async () => {
    expect(() => engine().messages('nothing')).toThrow('There is no queue nothing on the engine.');
    await engine().setUp(topology);
    expect(() => engine().published('shop')).toThrow('There is no topic shop on the engine.');
  });
});

it('is reset to the state that it began with', async () => {
  const sqs = sqsOf();
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'full' }));
  const Entries = Array.from({ length: 10 }, (_, at) => ({ Id: `${at}`, MessageBody: 'm' }));
  await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
  engine().faults('error=100%');
  await engine().advance('1h');

  await engine().reset();

  expect(() => engine().messages('full')).toThrow('no queue full');
  expect(Math.abs(engine().now().getTime() - Date.now())).toBeLessThan(60_000);
  await sqs.send(new CreateQueueCommand({ QueueName: 'full' }));
});

describe('time', () => {
  it('begins where it is told and goes on when it is advanced', async () => {
    await using own = await startEngine({ clock: 'frozen', now: '2026-01-31T12:00:00Z' });
    const sqs = sqsOf(own);
    await sqs.send(new CreateQueueCommand({ QueueName: 'q' }));
    const QueueUrl = queueUrl('q', own);
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'm', DelaySeconds: 900 }));

    expect((await own.advance('14m59s')).toISOString()).toBe('2026-01-31T12:14:59.000Z');
    expect(own.messages('q')).toMatchObject([{ state: 'delayed' }]);
    await own.advance(999);
    expect(own.messages('q')).toMatchObject([{ state: 'delayed' }]);
    await own.advance('1ms');
    expect(own.messages('q')).toMatchObject([
      { state: 'visible', sentAt: Date.UTC(2026, 0, 31, 12) },
    ]);

    const receive = new ReceiveMessageCommand({ QueueUrl, VisibilityTimeout: 30 });
    expect((await sqs.send(receive)).Messages).toHaveLength(1);
    await own.advance('29s');
    expect(own.messages('q')).toMatchObject([{ state: 'in-flight' }]);
    await own.advance('1s');
    expect(own.messages('q')).toMatchObject([{ state: 'visible', receiveCount: 1 }]);
    await own.advance('4d');
    expect(own.messages('q')).toEqual([]);
  });

  it('ends a long poll that waits on a frozen clock', async () => {
    await using own = await startEngine({ clock: 'frozen' });
    const sqs = sqsOf(own);
    await sqs.send(new CreateQueueCommand({ QueueName: 'q' }));
    let over = false;
    const poll = sqs
      .send(new ReceiveMessageCommand({ QueueUrl: queueUrl('q', own), WaitTimeSeconds: 20 }))
      .finally(() => {
        over = true;
      });
    await expect.poll(() => own.trace('').length).toBe(0);
    await own.advance('19s');
    await sqs.send(new CreateQueueCommand({ QueueName: 'other' }));
    expect(over).toBe(false);
    // The poll may reach the engine only now: it waits from then on.
    await vi.waitFor(async () => {
      await own.advance('20s');
      expect(over).toBe(true);
    });
    await poll;
  });

  it("goes on beside a test runner's fake timers", async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval', 'Date', 'performance'] });
    try {
      const { QueueUrl } = await sqsOf().send(new CreateQueueCommand({ QueueName: 'timers' }));
      const poll = new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 1 });
      expect((await sqsOf().send(poll)).Messages).toBeUndefined();
      await expect(engine().waitFor('timers', { timeout: '10ms' })).rejects.toMatchObject({
        code: 'WaitTimedOut',
      });
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('waitFor', () => {
  it('waits for messages that fit, and for a queue to be empty', async () => {
    const wanted = engine().waitFor('work', {
      count: 2,
      where: (message) => (message.event as { n: number }).n > 1,
      timeout: '60s',
    });
    const sqs = sqsOf();
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'work' }));
    for (const n of [1, 2, 3]) {
      await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify({ n }) }));
    }
    expect((await wanted).map(({ body }) => body)).toEqual(['{"n":2}', '{"n":3}']);

    const empty = engine().waitFor('work', { count: 0, timeout: '60s' });
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }),
    );
    for (const { ReceiptHandle } of Messages) {
      await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    }
    expect(await empty).toEqual([]);
  });

  it('says what is there when its time is up', async () => {
    const { QueueUrl } = await sqsOf().send(new CreateQueueCommand({ QueueName: 'few' }));
    await sqsOf().send(new SendMessageCommand({ QueueUrl, MessageBody: '{"n":1}' }));

    const late = engine().waitFor('few', { count: 2, where: { n: [2] }, timeout: 20 });
    await expect(late).rejects.toThrow(
      'Waited for 2 messages in few: 0 that fit, of 1 after 0.02 s.',
    );
  });
});

it('shows faults until they are taken off', async () => {
  engine().faults({ error: 1 });
  await expect(sqsOf().send(new CreateQueueCommand({ QueueName: 'q' }))).rejects.toThrow();
  engine().faults();
  await sqsOf().send(new CreateQueueCommand({ QueueName: 'q' }));
});

it('several run at once, each on its own, and one with a folder keeps its state', async () => {
  const stateDir = mkdtempSync(join(tmpdir(), 'pubsub-embedded-'));
  try {
    const [one, two] = await Promise.all([startEngine({ stateDir }), startEngine()]);
    await sqsOf(one).send(new CreateQueueCommand({ QueueName: 'kept' }));
    expect(() => two.messages('kept')).toThrow('no queue kept');
    await Promise.all([one.stop(), two.stop()]);
    await using again = await startEngine({ stateDir });
    expect(again.messages('kept')).toEqual([]);
  } finally {
    rmSync(stateDir, { recursive: true });
  }
});

it('shows callers as the users and roles that it is told', async () => {
  const alice = 'arn:aws:iam::123456789012:user/alice';
  const named = await startEngine({ identities: [alice] });
  const client = sqsOf(named);
  const { QueueUrl } = await client.send(new CreateQueueCommand({ QueueName: 'of-alice' }));
  expect(QueueUrl).toBe(`${named.endpoint}/123456789012/of-alice`);
  await named.stop();
  await expect(startEngine({ identities: ['alice'] })).rejects.toMatchObject({
    code: 'InvalidIdentity',
  });
});

it('tells a program by its environment where it is', () => {
  expect(engine().env).toEqual({
    AWS_ENDPOINT_URL: engine().endpoint,
    AWS_REGION: 'us-east-1',
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  });
});
