import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Aws, createAws } from '../../../src/lib/aws/clients.ts';
import { readReceivers } from '../../../src/lib/aws/observer.ts';
import { resolveSettings } from '../../../src/lib/config/settings.ts';
import { Receivers } from '../../../src/lib/engine/services/sqs/receivers.ts';
import { type SnsEngine, startSns } from '../../fixtures/sns-engine.ts';
import { createTestQueue, orders, startConsumer } from '../consume/consumer-queue.ts';

let engine: SnsEngine;
let aws: Aws;
const opened: { destroy(): void }[] = [];

beforeAll(async () => {
  engine = await startSns();
  aws = await awsAt(engine.running.endpoint);
});
afterAll(async () => {
  aws.close();
  for (const client of opened) client.destroy();
  await engine.stop();
});

async function awsAt(endpointUrl: string): Promise<Aws> {
  return createAws(await resolveSettings({ endpointUrl, region: 'us-east-1' }, {}, '/'));
}

function client(userAgentAppId?: string): SQSClient {
  const made = new SQSClient({
    endpoint: engine.running.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    ...(userAgentAppId === undefined ? {} : { userAgentAppId }),
  });
  opened.push(made);
  return made;
}

function queueArn(url: string): string {
  return `arn:aws:sqs:us-east-1:000000000000:${url.slice(url.lastIndexOf('/') + 1)}`;
}

test('whoever receives from a queue is told apart, with what it took', async () => {
  const queue = await createTestQueue({ aws } as Parameters<typeof createTestQueue>[0]);
  const receivers = async () => (await readReceivers(aws))?.get(queueArn(queue.url));
  expect(await receivers()).toBeUndefined();
  await queue.send(orders(4));

  const worker = client('orders-worker');
  await worker.send(new ReceiveMessageCommand({ QueueUrl: queue.url, MaxNumberOfMessages: 3 }));
  await client().send(new ReceiveMessageCommand({ QueueUrl: queue.url }));
  await client().send(new ReceiveMessageCommand({ QueueUrl: queue.url }));
  const waiting = new AbortController();
  const poll = worker.send(
    new ReceiveMessageCommand({ QueueUrl: queue.url, WaitTimeSeconds: 20 }),
    { abortSignal: waiting.signal },
  );

  // A long poll counts as soon as it begins.
  await expect.poll(receivers).toEqual([
    {
      client: 'orders-worker',
      pid: null,
      receives: 2,
      messages: 3,
      secondsAgo: expect.any(Number),
      port: expect.any(Number),
    },
    {
      client: expect.stringMatching(/^aws-sdk-js\/3\./),
      pid: null,
      receives: 2,
      messages: 1,
      secondsAgo: expect.any(Number),
      port: expect.any(Number),
    },
  ]);
  waiting.abort();
  await poll.catch(() => undefined);
  // A client that has gone has no port any more.
  worker.destroy();
  await expect
    .poll(async () => (await receivers())?.find((each) => each.client === 'orders-worker'))
    .toMatchObject({ receives: 2, port: null });
});

test('a subscriber says which it is, and of which process', async () => {
  const queue = await createTestQueue({ aws } as Parameters<typeof createTestQueue>[0]);
  await queue.send(orders(5));

  const consumer = startConsumer({
    aws,
    queueUrl: queue.url,
    subscriber: 'inventory',
    max: 5,
    handler: () => undefined,
  });
  await consumer.ended;

  const found = (await readReceivers(aws))?.get(queueArn(queue.url)) ?? [];
  expect(found).toMatchObject([
    { client: 'pubsub-subscriber/inventory', pid: process.pid, messages: 5 },
  ]);
});

test('what is not an engine tells of no receivers', async () => {
  const server = createServer((_request, response) => response.end('{"queues":[]}'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const other = await awsAt(`http://127.0.0.1:${port}`);

  expect(await readReceivers(other)).toBeUndefined();

  other.close();
  server.close();
});

test('receives are forgotten after a minute, and clients when there are too many', () => {
  const receivers = new Receivers();
  const tally = receivers.began('a', 1_000_000);
  tally.took(7, 1_003_000);
  receivers.began('a', 1_030_000);

  expect(tally.counts(1_030_000)).toEqual({ receives: 2, messages: 7 });
  expect(tally.counts(1_054_999)).toEqual({ receives: 2, messages: 7 });
  expect(tally.counts(1_061_000)).toEqual({ receives: 1, messages: 0 });
  expect(tally.counts(1_090_000)).toEqual({ receives: 0, messages: 0 });
  expect(receivers.began('a', 9_000_000).counts(9_000_000)).toEqual({ receives: 1, messages: 0 });

  for (let count = 0; count < 1000; count += 1) receivers.began(`c${count}`, 9_000_001 + count);
  const names = [...receivers.entries()].map(([name]) => name);
  expect(names).toHaveLength(100);
  expect(names).not.toContain('a');
  expect(names).toContain('c999');
});
