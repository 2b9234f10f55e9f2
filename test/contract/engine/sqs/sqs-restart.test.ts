import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  ListMessageMoveTasksCommand,
  ListQueueTagsCommand,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  type ReceiveMessageCommandInput,
  SendMessageBatchCommand,
  SendMessageCommand,
  type SendMessageCommandInput,
  SetQueueAttributesCommand,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { TABLES } from '../../../../src/lib/engine/services/sqs/records.ts';
import {
  queueName,
  type SqsEngine,
  sqsEngine,
  type TestClock,
  testClock,
} from '../../../fixtures/sqs-engine.ts';

let stateDir: string;
let clock: TestClock;
let engine: SqsEngine;

beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'pubsub-sqs-'));
  clock = testClock();
  engine = await sqsEngine({ clock, stateDir });
});

afterEach(async () => {
  await engine.stop();
  await rm(stateDir, { recursive: true });
});

/** Stops the engine and starts another on its state, so many seconds later. */
async function restart(after = 0): Promise<void> {
  await engine.stop();
  const next = testClock();
  next.advance((clock.now() - next.now()) / 1000 + after);
  clock = next;
  engine = await sqsEngine({ clock, stateDir });
}

async function create(Attributes: Record<string, string> = {}, name?: string): Promise<string> {
  const QueueName = name ?? queueName(Attributes.FifoQueue === undefined ? '' : '.fifo');
  const { QueueUrl = '' } = await engine.sqs.send(
    new CreateQueueCommand({ QueueName, Attributes, tags: { a: '1' } }),
  );
  return QueueUrl;
}

function send(QueueUrl: string, MessageBody: string, more: Partial<SendMessageCommandInput> = {}) {
  return engine.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody, ...more }));
}

function sendBatch(
  QueueUrl: string,
  bodies: readonly string[],
  more: (body: string) => Partial<SendMessageCommandInput> = () => ({}),
) {
  const Entries = bodies.map((body, at) => ({ Id: `${at}`, MessageBody: body, ...more(body) }));
  return engine.sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
}

/** Deletes the messages with those bodies, which have to be receivable now; all stay hidden for a minute. */
async function remove(QueueUrl: string, bodies: readonly string[]): Promise<void> {
  const received = await receive(QueueUrl, { VisibilityTimeout: 60 });
  const Entries = received
    .filter(({ Body = '' }) => bodies.includes(Body))
    .map(({ ReceiptHandle }, at) => ({ Id: `${at}`, ReceiptHandle }));
  expect(Entries).toHaveLength(bodies.length);
  await engine.sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
}

/** How many records of bodies, of single messages, and of what went of those in bodies the journal has. */
function records(): number[] {
  const { journal } = engine.running.engine;
  return [TABLES.bodies, TABLES.messages, TABLES.joinedGone].map(
    (table) => [...journal.entries(table)].length,
  );
}

async function receive(QueueUrl: string, more: Partial<ReceiveMessageCommandInput> = {}) {
  const { Messages = [] } = await engine.sqs.send(
    new ReceiveMessageCommand({
      QueueUrl,
      MaxNumberOfMessages: 10,
      MessageSystemAttributeNames: ['All'],
      MessageAttributeNames: ['All'],
      ...more,
    }),
  );
  return Messages;
}

async function attributes(QueueUrl: string) {
  const { Attributes = {} } = await engine.sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }),
  );
  return Attributes;
}

async function counts(QueueUrl: string) {
  const all = await attributes(QueueUrl);
  return [
    all.ApproximateNumberOfMessages,
    all.ApproximateNumberOfMessagesNotVisible,
    all.ApproximateNumberOfMessagesDelayed,
  ].map(Number);
}

test('queues with their attributes and tags, messages in every state, and handles outlive the engine', async () => {
  const url = await create({ VisibilityTimeout: '77' });
  await send(url, 'in flight');
  await send(url, 'received before', {
    MessageAttributes: {
      text: { DataType: 'String', StringValue: 'ü' },
      bytes: { DataType: 'Binary', BinaryValue: new Uint8Array([0, 255]) },
    },
    MessageSystemAttributes: { AWSTraceHeader: { DataType: 'String', StringValue: 'Root=1-2-3' } },
  });
  await send(url, 'delayed', { DelaySeconds: 50 });
  const [one, two] = await receive(url, { VisibilityTimeout: 60 });
  await engine.sqs.send(
    new ChangeMessageVisibilityCommand({
      QueueUrl: url,
      ReceiptHandle: two?.ReceiptHandle,
      VisibilityTimeout: 0,
    }),
  );
  const before = await attributes(url);
  await restart(10);
  expect(await attributes(url)).toEqual(before);
  expect(before).toMatchObject({
    VisibilityTimeout: '77',
    ApproximateNumberOfMessages: '1',
    ApproximateNumberOfMessagesNotVisible: '1',
    ApproximateNumberOfMessagesDelayed: '1',
  });
  const { Tags } = await engine.sqs.send(new ListQueueTagsCommand({ QueueUrl: url }));
  expect(Tags).toEqual({ a: '1' });
  const [again] = await receive(url, { VisibilityTimeout: 5 });
  expect(again).toEqual({
    ...two,
    ReceiptHandle: expect.any(String),
    Attributes: { ...two?.Attributes, ApproximateReceiveCount: '2' },
  });
  await engine.sqs.send(
    new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: one?.ReceiptHandle }),
  );
  expect(await counts(url)).toEqual([0, 1, 1]);
  await restart(40);
  expect(await counts(url)).toEqual([2, 0, 0]);
  expect((await receive(url)).map(({ Body }) => Body)).toEqual(['received before', 'delayed']);
});

test('what was deleted, purged or belonged to a deleted queue stays away', async () => {
  const url = await create();
  const gone = await create({}, 'gone');
  for (const queue of [url, gone]) for (const body of ['1', '2', '3']) await send(queue, body);
  const [message] = await receive(url, { MaxNumberOfMessages: 1 });
  await engine.sqs.send(
    new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: message?.ReceiptHandle }),
  );
  await engine.sqs.send(new DeleteQueueCommand({ QueueUrl: gone }));
  await restart();
  expect(await counts(url)).toEqual([2, 0, 0]);
  await expect(attributes(gone)).rejects.toMatchObject({ name: 'QueueDoesNotExist' });
  await expect(create({}, 'gone')).rejects.toMatchObject({ name: 'QueueDeletedRecently' });
  await engine.sqs.send(new PurgeQueueCommand({ QueueUrl: url }));
  await send(url, 'after the purge');
  await restart();
  expect(await counts(url)).toEqual([1, 0, 0]);
  await expect(engine.sqs.send(new PurgeQueueCommand({ QueueUrl: url }))).rejects.toMatchObject({
    name: 'PurgeQueueInProgress',
  });
  await restart(60);
  expect(await counts(await create({}, 'gone'))).toEqual([0, 0, 0]);
  await engine.sqs.send(
    new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: message?.ReceiptHandle }),
  );
  expect(await counts(url)).toEqual([1, 0, 0]);
});

test('the messages of a batch lie in one record, and come back each as it was', async () => {
  const url = await create();
  await send(url, 'before');
  await sendBatch(url, ['a', 'b', 'c', 'd'], (body) =>
    body === 'c'
      ? {
          DelaySeconds: 90,
          MessageAttributes: { text: { DataType: 'String', StringValue: 'ü' } },
          MessageSystemAttributes: {
            AWSTraceHeader: { DataType: 'String', StringValue: 'Root=1-2-3' },
          },
        }
      : {},
  );
  await send(url, 'between');
  await sendBatch(url, ['e', 'f']);
  expect(records()).toEqual([2, 2, 0]);
  await remove(url, ['b', 'e', 'between']);
  expect(records()).toEqual([2, 1, 2]);
  await restart(30);
  expect(await counts(url)).toEqual([0, 4, 1]);
  await send(url, 'after');
  await restart(60);
  const messages = await receive(url);
  expect(messages.map(({ Body }) => Body)).toEqual(['before', 'a', 'c', 'd', 'f', 'after']);
  expect(messages[2]).toMatchObject({
    Attributes: { ApproximateReceiveCount: '1', AWSTraceHeader: 'Root=1-2-3' },
    MessageAttributes: { text: { DataType: 'String', StringValue: 'ü' } },
  });
  expect(messages[1]?.Attributes?.ApproximateReceiveCount).toBe('2');
  clock.advance(30);
  await remove(url, ['before', 'a', 'c', 'd', 'f', 'after']);
  expect(records()).toEqual([0, 0, 0]);
  await restart(120);
  expect(await counts(url)).toEqual([0, 0, 0]);
});

test('batches of a FIFO queue come back in order, and what repeats one goes nowhere', async () => {
  const url = await create({ FifoQueue: 'true', ContentBasedDeduplication: 'true' });
  const group = () => ({ MessageGroupId: 'g' });
  await sendBatch(url, ['1', '2', '2', '3'], group);
  await sendBatch(url, ['3', '4'], group);
  await restart();
  await sendBatch(url, ['4', '5'], group);
  expect((await receive(url)).map(({ Body }) => Body)).toEqual(['1', '2', '3', '4', '5']);
});

test('large batches are written message by message', async () => {
  const url = await create();
  const [one, other] = ['x', 'y'].map((letter) => letter.repeat(32_768));
  await sendBatch(url, [one ?? '', other ?? '']);
  expect(records()).toEqual([1, 0, 0]);
  await sendBatch(url, [`${one}x`, other ?? '']);
  expect(records()).toEqual([1, 2, 0]);
  await restart();
  expect((await receive(url)).map(({ Body }) => Body)).toEqual([one, other, `${one}x`, other]);
});

test('of a purged batch nothing comes back', async () => {
  const url = await create();
  await sendBatch(url, ['a', 'b', 'c']);
  await remove(url, ['b']);
  await engine.sqs.send(new PurgeQueueCommand({ QueueUrl: url }));
  await sendBatch(url, ['d', 'e']);
  await restart();
  expect((await receive(url)).map(({ Body }) => Body)).toEqual(['d', 'e']);
  expect(records()).toEqual([1, 0, 0]);
});

test('FIFO queues keep their order, locks, deduplication and growing numbers', async () => {
  const url = await create({ FifoQueue: 'true', ContentBasedDeduplication: 'true' });
  const group = { MessageGroupId: 'g' };
  const first = await send(url, '1', group);
  await send(url, '2', group);
  const [one] = await receive(url, { MaxNumberOfMessages: 1 });
  await restart();
  expect(await receive(url)).toEqual([]);
  expect(await send(url, '1', group)).toMatchObject({
    MessageId: first.MessageId,
    SequenceNumber: first.SequenceNumber,
  });
  await engine.sqs.send(
    new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: one?.ReceiptHandle }),
  );
  const third = await send(url, '3', group);
  expect(BigInt(third.SequenceNumber ?? 0)).toBeGreaterThan(BigInt(first.SequenceNumber ?? 0));
  await restart(300);
  expect((await receive(url)).map(({ Body }) => Body)).toEqual(['2', '3']);
  expect((await send(url, '1', group)).MessageId).not.toBe(first.MessageId);
});

test('dead letters keep their age and source, and a move task goes on where it was', async () => {
  const dlq = await create({ MessageRetentionPeriod: '1000' }, 'dlq');
  const url = await create({}, 'source');
  const set = (QueueUrl: string, Attributes: Record<string, string>) =>
    engine.sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes }));
  const arn = (name: string) => `arn:aws:sqs:us-east-1:111122223333:${name}`;
  await set(url, {
    RedrivePolicy: JSON.stringify({ deadLetterTargetArn: arn('dlq'), maxReceiveCount: 1 }),
  });
  for (let i = 0; i < 10; i += 1) await send(url, `m${i}`);
  await receive(url, { VisibilityTimeout: 500 });
  clock.advance(500);
  await receive(url);
  await restart();
  const [dead] = await receive(dlq, { MaxNumberOfMessages: 1, VisibilityTimeout: 0 });
  expect(dead?.Attributes).toMatchObject({
    ApproximateReceiveCount: '2',
    DeadLetterQueueSourceArn: arn('source'),
  });
  clock.advance(1);
  await engine.sqs.send(
    new StartMessageMoveTaskCommand({ SourceArn: arn('dlq'), MaxNumberOfMessagesPerSecond: 2 }),
  );
  clock.advance(1.1);
  const [moved = 0] = await counts(url);
  expect(moved).toBeGreaterThan(0);
  await restart();
  clock.advance(10);
  expect(await counts(url)).toEqual([10, 0, 0]);
  const { Results } = await engine.sqs.send(
    new ListMessageMoveTasksCommand({ SourceArn: arn('dlq') }),
  );
  expect(Results?.[0]).toMatchObject({
    Status: 'COMPLETED',
    ApproximateNumberOfMessagesMoved: 10,
  });
  await send(dlq, 'young');
  await restart(999);
  expect(await counts(dlq)).toEqual([1, 0, 0]);
});
