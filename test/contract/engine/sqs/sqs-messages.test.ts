import { createHash } from 'node:crypto';
import {
  ChangeMessageVisibilityBatchCommand,
  ChangeMessageVisibilityCommand,
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
import { describe, expect, test } from 'vitest';
import { queueName, testClock, useSqsEngine } from '../../../fixtures/sqs-engine.ts';

const clock = testClock();
const engine = useSqsEngine({ clock });

async function create(attributes: Record<string, string> = {}): Promise<string> {
  const answer = await engine.sqs.send(
    new CreateQueueCommand({ QueueName: queueName(), Attributes: attributes }),
  );
  return answer.QueueUrl ?? '';
}

function send(QueueUrl: string, MessageBody: string, more: Partial<SendMessageCommandInput> = {}) {
  return engine.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody, ...more }));
}

async function receive(QueueUrl: string, more: Partial<ReceiveMessageCommandInput> = {}) {
  const answer = await engine.sqs.send(
    new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, ...more }),
  );
  return answer.Messages ?? [];
}

async function counts(QueueUrl: string) {
  const { Attributes = {} } = await engine.sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }),
  );
  return [
    Attributes.ApproximateNumberOfMessages,
    Attributes.ApproximateNumberOfMessagesNotVisible,
    Attributes.ApproximateNumberOfMessagesDelayed,
  ].map(Number);
}

function md5(text: string): string {
  return createHash('md5').update(text).digest('hex');
}

describe('sending and receiving', () => {
  test('a received message has the fields that AWS gives without being asked, and no others', async () => {
    const url = await create();
    const sent = await send(url, 'hello');
    expect(sent.MD5OfMessageBody).toBe(md5('hello'));
    expect(sent.SequenceNumber).toBeUndefined();
    expect(sent.MD5OfMessageAttributes).toBeUndefined();
    const [message] = await receive(url);
    expect(Object.keys(message ?? {}).sort()).toEqual([
      'Body',
      'MD5OfBody',
      'MessageId',
      'ReceiptHandle',
    ]);
    expect(message).toMatchObject({
      Body: 'hello',
      MD5OfBody: md5('hello'),
      MessageId: sent.MessageId,
    });
  });

  test('an empty queue answers without a message list', async () => {
    const url = await create();
    const answer = await engine.sqs.send(new ReceiveMessageCommand({ QueueUrl: url }));
    expect(answer.Messages).toBeUndefined();
  });

  test('messages come oldest first, also after their visibility timeout', async () => {
    const url = await create();
    for (const body of ['1', '2', '3', '4']) await send(url, body);
    const first = await receive(url, { MaxNumberOfMessages: 2, VisibilityTimeout: 5 });
    expect(first.map(({ Body }) => Body)).toEqual(['1', '2']);
    clock.advance(5);
    const again = await receive(url);
    expect(again.map(({ Body }) => Body)).toEqual(['1', '2', '3', '4']);
  });

  test('system attributes: each by name, all by All', async () => {
    const url = await create();
    const sent = clock.now();
    await send(url, 'x', {
      MessageSystemAttributes: {
        AWSTraceHeader: {
          DataType: 'String',
          StringValue: 'Root=1-5759e988-bd862e3fe1be46a994272793',
        },
      },
    });
    clock.advance(7);
    const [message] = await receive(url, {
      MessageSystemAttributeNames: ['All'],
      VisibilityTimeout: 0,
    });
    expect(message?.Attributes).toEqual({
      SenderId: '111122223333',
      SentTimestamp: String(sent),
      ApproximateReceiveCount: '1',
      ApproximateFirstReceiveTimestamp: String(sent + 7000),
      AWSTraceHeader: 'Root=1-5759e988-bd862e3fe1be46a994272793',
    });
    clock.advance(1);
    const [again] = await receive(url, { AttributeNames: ['ApproximateReceiveCount' as 'All'] });
    expect(again?.Attributes).toEqual({ ApproximateReceiveCount: '2' });
    await expect(receive(url, { AttributeNames: ['Nonsense' as 'All'] })).rejects.toMatchObject({
      name: 'InvalidAttributeName',
    });
  });

  test('message attributes: selected by name, prefix and All, with the digest of what is returned', async () => {
    const url = await create();
    const sent = await send(url, 'x', {
      MessageAttributes: {
        'app.kind': { DataType: 'String', StringValue: 'order' },
        'app.total': { DataType: 'Number.decimal', StringValue: '29.99' },
        raw: { DataType: 'Binary', BinaryValue: new Uint8Array([1, 2, 3]) },
      },
    });
    const ask = async (names: string[]) => {
      clock.advance(1);
      const [message] = await receive(url, { MessageAttributeNames: names, VisibilityTimeout: 0 });
      return message;
    };
    const all = await ask(['All']);
    expect(Object.keys(all?.MessageAttributes ?? {}).sort()).toEqual([
      'app.kind',
      'app.total',
      'raw',
    ]);
    expect(all?.MD5OfMessageAttributes).toBe(sent.MD5OfMessageAttributes);
    expect(all?.MessageAttributes?.raw?.BinaryValue).toEqual(new Uint8Array([1, 2, 3]));
    expect(Object.keys((await ask(['.*']))?.MessageAttributes ?? {})).toHaveLength(3);
    const prefixed = await ask(['app.*']);
    expect(Object.keys(prefixed?.MessageAttributes ?? {}).sort()).toEqual([
      'app.kind',
      'app.total',
    ]);
    expect(prefixed?.MD5OfMessageAttributes).not.toBe(sent.MD5OfMessageAttributes);
    expect(Object.keys((await ask(['raw']))?.MessageAttributes ?? {})).toEqual(['raw']);
    const none = await ask(['other']);
    expect(none?.MessageAttributes).toBeUndefined();
    expect(none?.MD5OfMessageAttributes).toBeUndefined();
  });

  test('delays: of the queue, of the message, and the counts that follow without a receive', async () => {
    const url = await create({ DelaySeconds: '10' });
    await send(url, 'queue delay');
    await send(url, 'own delay', { DelaySeconds: 3 });
    await send(url, 'at once', { DelaySeconds: 0 });
    expect(await counts(url)).toEqual([1, 0, 2]);
    clock.advance(3);
    expect(await counts(url)).toEqual([2, 0, 1]);
    clock.advance(7);
    expect(await counts(url)).toEqual([3, 0, 0]);
  });

  test('retention ends messages in any state', async () => {
    const url = await create({ MessageRetentionPeriod: '60' });
    await send(url, 'a');
    await send(url, 'b');
    await receive(url, { MaxNumberOfMessages: 1, VisibilityTimeout: 600 });
    clock.advance(59);
    expect(await counts(url)).toEqual([1, 1, 0]);
    clock.advance(1);
    expect(await counts(url)).toEqual([0, 0, 0]);
  });

  test.each([
    [
      { MaxNumberOfMessages: 0 },
      'Value 0 for parameter MaxNumberOfMessages is invalid. Reason: Must be between 1 and 10, if provided.',
    ],
    [
      { MaxNumberOfMessages: 11 },
      'Value 11 for parameter MaxNumberOfMessages is invalid. Reason: Must be between 1 and 10, if provided.',
    ],
    [
      { WaitTimeSeconds: 21 },
      'Value 21 for parameter WaitTimeSeconds is invalid. Reason: Must be >= 0 and <= 20, if provided.',
    ],
    [{ VisibilityTimeout: 43_201 }, 'Value 43201 for parameter VisibilityTimeout is invalid.'],
  ])('receive refuses %j', async (input, message) => {
    const url = await create();
    await expect(receive(url, input)).rejects.toMatchObject({
      name: 'InvalidParameterValue',
      message: expect.stringContaining(message),
    });
  });
});

describe('refused messages', () => {
  test.each<[string, Partial<SendMessageCommandInput>, string, string]>([
    [
      'an empty body',
      { MessageBody: '' },
      'MissingParameter',
      'The request must contain the parameter MessageBody.',
    ],
    [
      'a control character',
      { MessageBody: 'a\u0007' },
      'InvalidMessageContents',
      "Invalid binary character '#x7' was found in the message body",
    ],
    ['a noncharacter', { MessageBody: 'a\uffff' }, 'InvalidMessageContents', "'#xFFFF'"],
    [
      'a delay out of bounds',
      { DelaySeconds: 901 },
      'InvalidParameterValue',
      'DelaySeconds must be >= 0 and <= 900.',
    ],
    [
      'a deduplication id',
      { MessageDeduplicationId: 'd' },
      'InvalidParameterValue',
      'not valid for this queue type',
    ],
    [
      'an unknown type',
      { MessageAttributes: { a: { DataType: 'Strange', StringValue: 'x' } } },
      'InvalidParameterValue',
      "The type of message (user) attribute 'a' is invalid.",
    ],
    [
      'an empty value',
      { MessageAttributes: { a: { DataType: 'String', StringValue: '' } } },
      'InvalidParameterValue',
      "Message (user) attribute 'a' must contain a non-empty value of type 'String'.",
    ],
    [
      'a reserved name',
      { MessageAttributes: { 'AWS.a': { DataType: 'String', StringValue: 'x' } } },
      'InvalidParameterValue',
      'reserved',
    ],
    [
      'a name that ends in a period',
      { MessageAttributes: { 'a.': { DataType: 'String', StringValue: 'x' } } },
      'InvalidParameterValue',
      "'a.'",
    ],
    [
      'a number that is none',
      { MessageAttributes: { a: { DataType: 'Number', StringValue: 'ten' } } },
      'InvalidParameterValue',
      "Can't cast the value of message (user) attribute 'a' to a number.",
    ],
    [
      'eleven attributes',
      {
        MessageAttributes: Object.fromEntries(
          Array.from({ length: 11 }, (_, i) => [`a${i}`, { DataType: 'String', StringValue: 'x' }]),
        ),
      },
      'InvalidParameterValue',
      'Number of message attributes [11] exceeds the allowed maximum [10].',
    ],
  ])('%s', async (_what, input, name, message) => {
    const url = await create();
    await expect(send(url, 'x', input)).rejects.toMatchObject({
      name,
      message: expect.stringContaining(message),
    });
    expect(await counts(url)).toEqual([0, 0, 0]);
  });

  test('the size limit counts bytes of body and attributes', async () => {
    const url = await create({ MaximumMessageSize: '1024' });
    await send(url, 'é'.repeat(512));
    await send(url, 'x'.repeat(1014), {
      MessageAttributes: { abc: { DataType: 'String', StringValue: 'x' } },
    });
    const tooLong = {
      name: 'InvalidParameterValue',
      message:
        'One or more parameters are invalid. Reason: Message must be shorter than 1024 bytes.',
    };
    await expect(send(url, `${'é'.repeat(512)}x`)).rejects.toMatchObject(tooLong);
    await expect(
      send(url, 'x'.repeat(1015), {
        MessageAttributes: { abc: { DataType: 'String', StringValue: 'x' } },
      }),
    ).rejects.toMatchObject(tooLong);
  });

  test('all characters that XML 1.0 has are taken', async () => {
    const url = await create();
    const body = '\t\n\r ~\u0080\ud7ff\ue000\ufffd😀';
    await send(url, body);
    const [message] = await receive(url);
    expect(message?.Body).toBe(body);
  });
});

describe('batches', () => {
  test('answer what went well and what failed, and leave out what is empty', async () => {
    const url = await create();
    const answer = await engine.sqs.send(
      new SendMessageBatchCommand({
        QueueUrl: url,
        Entries: [
          { Id: 'a', MessageBody: 'one' },
          { Id: 'b', MessageBody: 'two', DelaySeconds: 1000 },
        ],
      }),
    );
    expect(answer.Successful).toEqual([
      { Id: 'a', MessageId: expect.any(String), MD5OfMessageBody: md5('one') },
    ]);
    expect(answer.Failed).toEqual([
      {
        Id: 'b',
        SenderFault: true,
        Code: 'InvalidParameterValue',
        Message: 'DelaySeconds must be >= 0 and <= 900',
      },
    ]);
    const [message] = await receive(url);
    const deleted = await engine.sqs.send(
      new DeleteMessageBatchCommand({
        QueueUrl: url,
        Entries: [{ Id: 'a', ReceiptHandle: message?.ReceiptHandle }],
      }),
    );
    expect(deleted.Successful).toEqual([{ Id: 'a' }]);
    expect(deleted.Failed).toBeUndefined();
  });

  const entries = (n: number) =>
    Array.from({ length: n }, (_, i) => ({ Id: `e${i}`, MessageBody: 'x' }));

  test.each([
    [
      'EmptyBatchRequest',
      [],
      'There should be at least one SendMessageBatchRequestEntry in the request.',
    ],
    [
      'TooManyEntriesInBatchRequest',
      entries(11),
      'Maximum number of entries per request are 10. You have sent 11.',
    ],
    ['BatchEntryIdsNotDistinct', [...entries(1), ...entries(1)], 'Id e0 repeated.'],
    [
      'InvalidBatchEntryId',
      [{ Id: 'a b', MessageBody: 'x' }],
      'A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.',
    ],
    [
      'BatchRequestTooLong',
      [
        { Id: 'a', MessageBody: 'x'.repeat(600_000) },
        { Id: 'b', MessageBody: 'x'.repeat(600_000) },
      ],
      'Batch requests cannot be longer than 1048576 bytes. You have sent 1200000 bytes.',
    ],
  ])('%s', async (code, Entries, message) => {
    const url = await create();
    await expect(
      engine.sqs.send(new SendMessageBatchCommand({ QueueUrl: url, Entries })),
    ).rejects.toMatchObject({ name: code, message });
  });
});

describe('receipt handles', () => {
  test('delete works with any handle, also after the visibility timeout; deleting twice is not an error', async () => {
    const url = await create();
    await send(url, 'x');
    const [first] = await receive(url, { VisibilityTimeout: 1 });
    clock.advance(1);
    const [second] = await receive(url, { VisibilityTimeout: 1 });
    expect(second?.ReceiptHandle).not.toBe(first?.ReceiptHandle);
    clock.advance(1);
    expect(await counts(url)).toEqual([1, 0, 0]);
    for (const { ReceiptHandle } of [first ?? {}, second ?? {}, first ?? {}]) {
      await engine.sqs.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle }));
      expect(await counts(url)).toEqual([0, 0, 0]);
    }
  });

  test('garbage and handles of another queue are refused', async () => {
    const url = await create();
    const other = await create();
    await send(other, 'x');
    const [message] = await receive(other);
    for (const ReceiptHandle of ['garbage', message?.ReceiptHandle]) {
      await expect(
        engine.sqs.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle })),
      ).rejects.toMatchObject({
        name: 'ReceiptHandleIsInvalid',
        message: `The input receipt handle "${ReceiptHandle}" is not a valid receipt handle.`,
        $metadata: { httpStatusCode: 404 },
      });
    }
  });

  test('visibility: extended, ended, and refused beyond twelve hours from the receive', async () => {
    const url = await create();
    await send(url, 'x');
    const [message] = await receive(url, { VisibilityTimeout: 10 });
    const change = (VisibilityTimeout: number, ReceiptHandle = message?.ReceiptHandle) =>
      engine.sqs.send(
        new ChangeMessageVisibilityCommand({ QueueUrl: url, ReceiptHandle, VisibilityTimeout }),
      );
    clock.advance(9);
    await change(100);
    clock.advance(99);
    expect(await counts(url)).toEqual([0, 1, 0]);
    await expect(change(43_100)).rejects.toMatchObject({
      name: 'InvalidParameterValue',
      message:
        'Value 43100 for parameter VisibilityTimeout is invalid. Reason: Total VisibilityTimeout for the message is beyond the limit [43200 seconds].',
    });
    await change(0);
    expect(await counts(url)).toEqual([1, 0, 0]);
    await change(10);
    expect(await counts(url)).toEqual([1, 0, 0]);
    await expect(change(43_201)).rejects.toMatchObject({ name: 'InvalidParameterValue' });
    const [again] = await receive(url);
    // The handle of an earlier receive is as good.
    await change(0);
    expect(await counts(url)).toEqual([1, 0, 0]);
    const batch = await engine.sqs.send(
      new ChangeMessageVisibilityBatchCommand({
        QueueUrl: url,
        Entries: [
          { Id: 'good', ReceiptHandle: again?.ReceiptHandle, VisibilityTimeout: 0 },
          { Id: 'bad', ReceiptHandle: 'garbage', VisibilityTimeout: 0 },
        ],
      }),
    );
    expect(batch.Successful).toEqual([{ Id: 'good' }]);
    expect(batch.Failed).toEqual([
      {
        Id: 'bad',
        Code: 'ReceiptHandleIsInvalid',
        SenderFault: true,
        Message: 'The input receipt handle "garbage" is not a valid receipt handle.',
      },
    ]);
  });
});
