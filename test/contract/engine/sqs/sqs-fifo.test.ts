import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  type ReceiveMessageCommandInput,
  SendMessageBatchCommand,
  SendMessageCommand,
  type SendMessageCommandInput,
} from '@aws-sdk/client-sqs';
import { expect, test } from 'vitest';
import { queueName, testClock, useSqsEngine } from '../../../fixtures/sqs-engine.ts';

const clock = testClock();
const engine = useSqsEngine({ clock });

async function create(attributes: Record<string, string> = {}): Promise<string> {
  const answer = await engine.sqs.send(
    new CreateQueueCommand({
      QueueName: queueName('.fifo'),
      Attributes: { FifoQueue: 'true', ContentBasedDeduplication: 'true', ...attributes },
    }),
  );
  return answer.QueueUrl ?? '';
}

function send(
  QueueUrl: string,
  MessageBody: string,
  MessageGroupId: string | undefined = 'g',
  more: Partial<SendMessageCommandInput> = {},
) {
  return engine.sqs.send(
    new SendMessageCommand({ QueueUrl, MessageBody, MessageGroupId, ...more }),
  );
}

async function receive(QueueUrl: string, more: Partial<ReceiveMessageCommandInput> = {}) {
  const { Messages = [] } = await engine.sqs.send(
    new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, ...more }),
  );
  return Messages;
}

const bodies = (messages: { Body?: string | undefined }[]) => messages.map(({ Body }) => Body);

function remove(QueueUrl: string, ReceiptHandle: string | undefined) {
  return engine.sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
}

test('a group comes in order and is locked while one of its messages is in flight', async () => {
  const url = await create();
  for (const [body, group] of [
    ['a1', 'a'],
    ['b1', 'b'],
    ['a2', 'a'],
    ['a3', 'a'],
  ] as const) {
    await send(url, body, group);
  }
  const first = await receive(url, { MaxNumberOfMessages: 2 });
  expect(bodies(first)).toEqual(['a1', 'a2']);
  expect(bodies(await receive(url))).toEqual(['b1']);
  expect(await receive(url)).toEqual([]);
  await remove(url, first[0]?.ReceiptHandle);
  expect(await receive(url)).toEqual([]);
  await remove(url, first[1]?.ReceiptHandle);
  expect(bodies(await receive(url))).toEqual(['a3']);
});

test('a group goes on with the message whose visibility timeout ended', async () => {
  const url = await create();
  for (const body of ['1', '2', '3']) await send(url, body);
  const [one, two] = await receive(url, { MaxNumberOfMessages: 2, VisibilityTimeout: 10 });
  await remove(url, one?.ReceiptHandle);
  clock.advance(10);
  expect(bodies(await receive(url))).toEqual(['2', '3']);
  await expect(remove(url, two?.ReceiptHandle)).rejects.toMatchObject({
    name: 'InvalidParameterValue',
    message: expect.stringMatching(
      /for parameter ReceiptHandle is invalid. Reason: The receipt handle has expired.$/,
    ),
  });
  const batch = await engine.sqs.send(
    new DeleteMessageBatchCommand({
      QueueUrl: url,
      Entries: [{ Id: 'a', ReceiptHandle: two?.ReceiptHandle }],
    }),
  );
  expect(batch.Failed).toEqual([
    {
      Id: 'a',
      Code: 'ReceiptHandleIsInvalid',
      Message: 'The receipt handle has expired',
      SenderFault: true,
    },
  ]);
  await remove(url, one?.ReceiptHandle);
});

test('messages carry group, deduplication id and a growing 20-digit sequence number', async () => {
  const url = await create();
  const one = await send(url, 'one', 'a');
  const two = await send(url, 'two', 'b', { MessageDeduplicationId: 'mine' });
  expect(one.SequenceNumber).toMatch(/^\d{20}$/);
  expect(BigInt(two.SequenceNumber ?? 0)).toBeGreaterThan(BigInt(one.SequenceNumber ?? 0));
  const messages = await receive(url, { MessageSystemAttributeNames: ['All'] });
  expect(messages[0]?.Attributes).toMatchObject({
    MessageGroupId: 'a',
    MessageDeduplicationId: '7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed',
    SequenceNumber: one.SequenceNumber,
  });
  expect(messages[1]?.Attributes).toMatchObject({
    MessageGroupId: 'b',
    MessageDeduplicationId: 'mine',
    SequenceNumber: two.SequenceNumber,
  });
});

test('a repeated id is answered like the first and not delivered, for five minutes, also after its deletion', async () => {
  const url = await create();
  const first = await send(url, 'x', 'a');
  const [message] = await receive(url);
  await remove(url, message?.ReceiptHandle);
  const repeated = await send(url, 'x', 'b');
  expect(repeated.MessageId).toBe(first.MessageId);
  expect(repeated.SequenceNumber).toBe(first.SequenceNumber);
  const explicit = await send(url, 'other', 'b', {
    MessageDeduplicationId: '2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881',
  });
  expect(explicit.MessageId).toBe(first.MessageId);
  expect(await receive(url)).toEqual([]);
  // Something else falls due in the meantime.
  await send(url, 'y', 'c');
  await receive(url, { VisibilityTimeout: 299 });
  clock.advance(299);
  const [due] = await receive(url);
  expect(due?.Body).toBe('y');
  await remove(url, due?.ReceiptHandle);
  clock.advance(0.999);
  expect((await send(url, 'x', 'b')).MessageId).toBe(first.MessageId);
  expect(await receive(url)).toEqual([]);
  clock.advance(0.001);
  expect((await send(url, 'x', 'b')).MessageId).not.toBe(first.MessageId);
  expect(bodies(await receive(url))).toEqual(['x']);
});

test('with DeduplicationScope=messageGroup each group has ids of its own', async () => {
  const url = await create({
    DeduplicationScope: 'messageGroup',
    FifoThroughputLimit: 'perMessageGroupId',
  });
  await send(url, 'x', 'a');
  await send(url, 'x', 'b');
  await send(url, 'x', 'a');
  expect(await receive(url)).toHaveLength(2);
});

test('what FIFO queues refuse', async () => {
  const url = await create({ ContentBasedDeduplication: 'false' });
  await expect(
    engine.sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody: 'x' })),
  ).rejects.toMatchObject({
    name: 'MissingParameter',
    message: 'The request must contain the parameter MessageGroupId.',
  });
  await expect(send(url, 'x')).rejects.toMatchObject({
    name: 'InvalidParameterValue',
    message:
      'The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly',
  });
  const id = { MessageDeduplicationId: 'd' };
  await expect(send(url, 'x', 'a b', id)).rejects.toMatchObject({ name: 'InvalidParameterValue' });
  await expect(send(url, 'x', 'g', { MessageDeduplicationId: 'ü' })).rejects.toMatchObject({
    name: 'InvalidParameterValue',
  });
  const batch = await engine.sqs.send(
    new SendMessageBatchCommand({
      QueueUrl: url,
      Entries: [{ Id: 'a', MessageBody: 'x', MessageGroupId: 'g', DelaySeconds: 1, ...id }],
    }),
  );
  expect(batch.Failed).toEqual([
    {
      Id: 'a',
      Code: 'InvalidParameterValue',
      Message: 'The request include parameter that is not valid for this queue type',
      SenderFault: true,
    },
  ]);
  await send(url, 'x', 'g', { ...id, DelaySeconds: 0 });
});

test('the queue delay holds for each message, and keeps a group in order', async () => {
  const url = await create({ DelaySeconds: '10' });
  await send(url, '1');
  clock.advance(5);
  await send(url, '2');
  clock.advance(5);
  expect(bodies(await receive(url))).toEqual(['1']);
  const { Attributes } = await engine.sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl: url,
      AttributeNames: ['ApproximateNumberOfMessagesDelayed'],
    }),
  );
  expect(Attributes?.ApproximateNumberOfMessagesDelayed).toBe('1');
});

test('a receive with the same attempt id may hide the messages for a shorter time', async () => {
  const url = await create();
  await send(url, '1');
  const attempt = { ReceiveRequestAttemptId: 'shorter' };
  const first = await receive(url, { ...attempt, VisibilityTimeout: 60 });
  expect(await receive(url, { ...attempt, VisibilityTimeout: 5 })).toEqual(first);
  clock.advance(5);
  expect(bodies(await receive(url))).toEqual(['1']);
});

test('a receive with the same attempt id gives the same messages and handles until one of them is touched', async () => {
  const url = await create();
  for (const body of ['1', '2']) await send(url, body);
  const attempt = { ReceiveRequestAttemptId: 'attempt', VisibilityTimeout: 20 };
  const first = await receive(url, attempt);
  clock.advance(15);
  expect(await receive(url, attempt)).toEqual(first);
  clock.advance(15);
  expect(await receive(url)).toEqual([]);
  await remove(url, first[0]?.ReceiptHandle);
  expect(await receive(url, attempt)).toEqual([]);
  clock.advance(5);
  const second = await receive(url, attempt);
  expect(bodies(second)).toEqual(['2']);
  expect(second[0]?.ReceiptHandle).not.toBe(first[1]?.ReceiptHandle);
});

test('a standard queue takes a group id for fair queues and gives it back', async () => {
  const { QueueUrl = '' } = await engine.sqs.send(
    new CreateQueueCommand({ QueueName: queueName() }),
  );
  await send(QueueUrl, '1', 'tenant');
  await send(QueueUrl, '2', 'tenant');
  const messages = await receive(QueueUrl, { MessageSystemAttributeNames: ['MessageGroupId'] });
  expect(messages.map(({ Attributes }) => Attributes)).toEqual([
    { MessageGroupId: 'tenant' },
    { MessageGroupId: 'tenant' },
  ]);
});
