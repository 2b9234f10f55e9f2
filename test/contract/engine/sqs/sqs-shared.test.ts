import {
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListDeadLetterSourceQueuesCommand,
  ListQueuesCommand,
  ListQueueTagsCommand,
  ReceiveMessageCommand,
  type ReceiveMessageCommandInput,
  SendMessageBatchCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
  type SQSClient,
  TagQueueCommand,
  UntagQueueCommand,
} from '@aws-sdk/client-sqs';
import { beforeAll, expect, test, vi } from 'vitest';
import { uniquePrefix, useEndpoint } from '../../../fixtures/endpoint.ts';

/** What any implementation of SQS has to do: runs against PUBSUB_TEST_ENDPOINT, too. */
const endpoint = useEndpoint();
const prefix = uniquePrefix();
let sqs: SQSClient;
beforeAll(() => {
  sqs = endpoint.aws.sqs;
});

async function create(name: string, Attributes: Record<string, string> = {}): Promise<string> {
  const { QueueUrl = '' } = await sqs.send(
    new CreateQueueCommand({ QueueName: `${prefix}-${name}`, Attributes }),
  );
  return QueueUrl;
}

async function arnOf(QueueUrl: string): Promise<string> {
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
  );
  return Attributes.QueueArn ?? '';
}

async function receive(QueueUrl: string, more: Partial<ReceiveMessageCommandInput> = {}) {
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 2, ...more }),
  );
  return Messages;
}

test('a queue can be found, listed, tagged, changed and deleted', async () => {
  const QueueName = `${prefix}-life`;
  const url = await create('life', { VisibilityTimeout: '40' });
  expect((await sqs.send(new GetQueueUrlCommand({ QueueName }))).QueueUrl).toBe(url);
  const listed = await sqs.send(new ListQueuesCommand({ QueueNamePrefix: QueueName }));
  expect(listed.QueueUrls).toEqual([url]);
  await sqs.send(new TagQueueCommand({ QueueUrl: url, Tags: { a: '1', b: '2' } }));
  await sqs.send(new UntagQueueCommand({ QueueUrl: url, TagKeys: ['a'] }));
  const { Tags } = await sqs.send(new ListQueueTagsCommand({ QueueUrl: url }));
  expect(Tags).toEqual({ b: '2' });
  await sqs.send(
    new SetQueueAttributesCommand({ QueueUrl: url, Attributes: { MessageRetentionPeriod: '60' } }),
  );
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl: url,
      AttributeNames: ['VisibilityTimeout', 'MessageRetentionPeriod'],
    }),
  );
  expect(Attributes).toEqual({ VisibilityTimeout: '40', MessageRetentionPeriod: '60' });
  await sqs.send(new DeleteQueueCommand({ QueueUrl: url }));
  await expect(sqs.send(new GetQueueUrlCommand({ QueueName }))).rejects.toMatchObject({
    name: 'QueueDoesNotExist',
  });
});

test('attributes travel with a message, and the digests fit', async () => {
  const url = await create('attributes');
  const sent = await sqs.send(
    new SendMessageCommand({
      QueueUrl: url,
      MessageBody: 'schön 😀',
      MessageAttributes: {
        text: { DataType: 'String', StringValue: 'v' },
        number: { DataType: 'Number', StringValue: '1.5' },
        bytes: { DataType: 'Binary', BinaryValue: new Uint8Array([0, 1, 255]) },
      },
    }),
  );
  const [message] = await receive(url, { MessageAttributeNames: ['All'] });
  expect(message).toMatchObject({
    MessageId: sent.MessageId,
    Body: 'schön 😀',
    MD5OfBody: sent.MD5OfMessageBody,
    MD5OfMessageAttributes: sent.MD5OfMessageAttributes,
    MessageAttributes: {
      text: { DataType: 'String', StringValue: 'v' },
      number: { DataType: 'Number', StringValue: '1.5' },
      bytes: { DataType: 'Binary', BinaryValue: new Uint8Array([0, 1, 255]) },
    },
  });
});

test('batches are sent, received and deleted', async () => {
  const url = await create('batch');
  const sent = await sqs.send(
    new SendMessageBatchCommand({
      QueueUrl: url,
      Entries: ['a', 'b', 'c'].map((Id) => ({ Id, MessageBody: Id })),
    }),
  );
  expect(sent.Successful?.map(({ Id }) => Id)).toEqual(['a', 'b', 'c']);
  expect(sent.Failed ?? []).toEqual([]);
  const messages = await receive(url);
  expect(messages.map(({ Body }) => Body).sort()).toEqual(['a', 'b', 'c']);
  const deleted = await sqs.send(
    new DeleteMessageBatchCommand({
      QueueUrl: url,
      Entries: messages.map(({ ReceiptHandle }, i) => ({ Id: `m${i}`, ReceiptHandle })),
    }),
  );
  expect(deleted.Successful).toHaveLength(3);
  expect(await receive(url, { WaitTimeSeconds: 0 })).toEqual([]);
});

test('a message is hidden while in flight, and counted', async () => {
  const url = await create('hidden');
  await sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody: 'x' }));
  const [message] = await receive(url, { VisibilityTimeout: 60 });
  expect(await receive(url, { WaitTimeSeconds: 0 })).toEqual([]);
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['All'] }),
  );
  expect(Attributes).toMatchObject({
    ApproximateNumberOfMessages: '0',
    ApproximateNumberOfMessagesNotVisible: '1',
  });
  await sqs.send(
    new ChangeMessageVisibilityCommand({
      QueueUrl: url,
      ReceiptHandle: message?.ReceiptHandle,
      VisibilityTimeout: 0,
    }),
  );
  const [again] = await receive(url, { MessageSystemAttributeNames: ['ApproximateReceiveCount'] });
  expect(again?.Attributes).toEqual({ ApproximateReceiveCount: '2' });
});

test('a long poll ends with the message it waits for', async () => {
  const url = await create('poll');
  const waiting = receive(url, { WaitTimeSeconds: 10 });
  await sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody: 'x' }));
  expect((await waiting).map(({ Body }) => Body)).toEqual(['x']);
});

test('a message that fails too often goes to the dead-letter queue', async () => {
  const dlq = await create('dead');
  const deadLetterTargetArn = await arnOf(dlq);
  const url = await create('source', {
    VisibilityTimeout: '0',
    RedrivePolicy: JSON.stringify({ deadLetterTargetArn, maxReceiveCount: 2 }),
  });
  const { queueUrls } = await sqs.send(new ListDeadLetterSourceQueuesCommand({ QueueUrl: dlq }));
  expect(queueUrls).toEqual([url]);
  await sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody: 'poison' }));
  const dead = await vi.waitFor(async () => {
    await receive(url, { WaitTimeSeconds: 0 });
    const [found] = await receive(dlq, { WaitTimeSeconds: 0 });
    expect(found).toBeDefined();
    return found;
  }, 60_000);
  expect(dead?.Body).toBe('poison');
});

test('a FIFO queue keeps groups in order and drops repetitions', async () => {
  const url = await create('orders.fifo', {
    FifoQueue: 'true',
    ContentBasedDeduplication: 'true',
  });
  for (const MessageBody of ['1', '2', '2', '3']) {
    await sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody, MessageGroupId: 'g' }));
  }
  const [first] = await receive(url, { MaxNumberOfMessages: 1 });
  expect(first?.Body).toBe('1');
  expect(await receive(url, { WaitTimeSeconds: 0 })).toEqual([]);
  await sqs.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: first?.ReceiptHandle }));
  expect((await receive(url)).map(({ Body }) => Body)).toEqual(['2', '3']);
});

test('errors have the names that clients match', async () => {
  const url = await create('errors');
  const refused = async (call: Promise<unknown>) =>
    await call.then(
      () => 'no error',
      (error: Error) => error.name,
    );
  const QueueName = `${prefix}-errors`;
  const Attributes = { VisibilityTimeout: '7' };
  expect(await refused(sqs.send(new CreateQueueCommand({ QueueName, Attributes })))).toBe(
    'QueueNameExists',
  );
  const twice = ['a', 'a'].map((Id) => ({ Id, MessageBody: 'x' }));
  expect(
    await refused(sqs.send(new SendMessageBatchCommand({ QueueUrl: url, Entries: twice }))),
  ).toBe('BatchEntryIdsNotDistinct');
  expect(await refused(sqs.send(new SendMessageBatchCommand({ QueueUrl: url, Entries: [] })))).toBe(
    'EmptyBatchRequest',
  );
  expect(
    await refused(sqs.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: 'nonsense' }))),
  ).toBe('ReceiptHandleIsInvalid');
  expect(
    await refused(sqs.send(new ReceiveMessageCommand({ QueueUrl: url, MaxNumberOfMessages: 11 }))),
  ).toBe('InvalidParameterValue');
});
