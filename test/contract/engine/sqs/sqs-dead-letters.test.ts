import {
  CancelMessageMoveTaskCommand,
  CreateQueueCommand,
  DeleteMessageCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  ListDeadLetterSourceQueuesCommand,
  ListMessageMoveTasksCommand,
  ReceiveMessageCommand,
  type ReceiveMessageCommandInput,
  SendMessageCommand,
  SetQueueAttributesCommand,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs';
import { describe, expect, test } from 'vitest';
import { queueName, testClock, useSqsEngine } from '../../../fixtures/sqs-engine.ts';

const clock = testClock();
const engine = useSqsEngine({ clock });

interface TestQueue {
  readonly url: string;
  readonly arn: string;
}

async function create(Attributes: Record<string, string> = {}): Promise<TestQueue> {
  const QueueName = queueName(Attributes.FifoQueue === undefined ? '' : '.fifo');
  const { QueueUrl = '' } = await engine.sqs.send(
    new CreateQueueCommand({ QueueName, Attributes }),
  );
  return { url: QueueUrl, arn: `arn:aws:sqs:us-east-1:111122223333:${QueueName}` };
}

async function withDeadLetters(maxReceiveCount = 1, attributes: Record<string, string> = {}) {
  const dlq = await create(attributes);
  const queue = await create({ ...attributes, RedrivePolicy: redriveTo(dlq, maxReceiveCount) });
  return { queue, dlq };
}

function redriveTo(dlq: TestQueue, maxReceiveCount: number | string): string {
  return JSON.stringify({ deadLetterTargetArn: dlq.arn, maxReceiveCount });
}

function set(queue: TestQueue, Attributes: Record<string, string>) {
  return engine.sqs.send(new SetQueueAttributesCommand({ QueueUrl: queue.url, Attributes }));
}

function send(queue: TestQueue, MessageBody: string, group?: string) {
  return engine.sqs.send(
    new SendMessageCommand({
      QueueUrl: queue.url,
      MessageBody,
      ...(group === undefined
        ? {}
        : { MessageGroupId: group, MessageDeduplicationId: MessageBody }),
    }),
  );
}

async function receive(queue: TestQueue, more: Partial<ReceiveMessageCommandInput> = {}) {
  const { Messages = [] } = await engine.sqs.send(
    new ReceiveMessageCommand({
      QueueUrl: queue.url,
      MaxNumberOfMessages: 10,
      MessageSystemAttributeNames: ['All'],
      ...more,
    }),
  );
  return Messages;
}

async function visible(queue: TestQueue): Promise<number> {
  const { Attributes } = await engine.sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl: queue.url,
      AttributeNames: ['ApproximateNumberOfMessages'],
    }),
  );
  return Number(Attributes?.ApproximateNumberOfMessages);
}

/** Puts that many messages through the queue into its dead-letter queue. */
async function deadLetter(queue: TestQueue, bodies: readonly string[]): Promise<void> {
  for (const body of bodies) await send(queue, body);
  for (let left = bodies.length; left > 0; left -= 10)
    await receive(queue, { VisibilityTimeout: 0 });
  clock.advance(1);
  for (let left = bodies.length; left > 0; left -= 10) await receive(queue);
}

describe('redrive', () => {
  test('a message received maxReceiveCount times goes to the dead-letter queue at the next receive', async () => {
    const { queue, dlq } = await withDeadLetters(2);
    const sentAt = clock.now();
    const sent = await send(queue, 'poison');
    for (const count of ['1', '2']) {
      const [message] = await receive(queue, { VisibilityTimeout: 5 });
      expect(message?.Attributes?.ApproximateReceiveCount).toBe(count);
      clock.advance(5);
      expect(await visible(dlq)).toBe(0);
    }
    expect(await receive(queue)).toEqual([]);
    const [dead] = await receive(dlq);
    expect(dead).toMatchObject({
      MessageId: sent.MessageId,
      Body: 'poison',
      Attributes: {
        SentTimestamp: String(sentAt),
        ApproximateReceiveCount: '3',
        DeadLetterQueueSourceArn: queue.arn,
      },
    });
  });

  test('the dead-letter queue counts retention from the first send on standard queues', async () => {
    const { queue, dlq } = await withDeadLetters(1);
    await set(dlq, { MessageRetentionPeriod: '100' });
    await send(queue, 'old');
    await receive(queue, { VisibilityTimeout: 60 });
    clock.advance(60);
    await send(dlq, 'new');
    await receive(queue);
    expect(await visible(dlq)).toBe(2);
    clock.advance(40);
    expect(await visible(dlq)).toBe(1);
    clock.advance(60);
    expect(await visible(dlq)).toBe(0);
  });

  test('FIFO dead letters start a new age and have their id as deduplication id; the group goes on', async () => {
    const { queue, dlq } = await withDeadLetters(1, { FifoQueue: 'true' });
    const sent = await send(queue, 'poison', 'g');
    await send(queue, 'next', 'g');
    await receive(queue, { MaxNumberOfMessages: 1, VisibilityTimeout: 5 });
    clock.advance(5);
    const [next] = await receive(queue);
    expect(next?.Body).toBe('next');
    const [dead] = await receive(dlq);
    expect(dead).toMatchObject({
      MessageId: sent.MessageId,
      Attributes: {
        SentTimestamp: String(clock.now()),
        MessageGroupId: 'g',
        MessageDeduplicationId: sent.MessageId,
      },
    });
  });

  test('a hundred poisoned messages of one group do not stop it', async () => {
    const { queue, dlq } = await withDeadLetters(1, { FifoQueue: 'true' });
    for (let i = 0; i < 100; i += 1) await send(queue, `p${i}`, 'g');
    for (let i = 0; i < 10; i += 1) {
      await receive(queue, { VisibilityTimeout: 1 });
      clock.advance(1);
      await send(queue, `good${i}`, 'g');
    }
    const good: (string | undefined)[] = [];
    for (let i = 0; i < 100 && good.length < 10; i += 1) {
      const messages = await receive(queue, { VisibilityTimeout: 1000 });
      good.push(...messages.map(({ Body }) => Body));
      for (const { ReceiptHandle } of messages) {
        await engine.sqs.send(new DeleteMessageCommand({ QueueUrl: queue.url, ReceiptHandle }));
      }
    }
    expect(await visible(dlq)).toBe(100 - good.filter((body) => body?.startsWith('p')).length);
    expect(good.filter((body) => body?.startsWith('good'))).toEqual(
      Array.from({ length: 10 }, (_, i) => `good${i}`),
    );
  });

  test('without its dead-letter queue the message stays', async () => {
    const { queue, dlq } = await withDeadLetters(1);
    await send(queue, 'x');
    await receive(queue, { VisibilityTimeout: 1 });
    clock.advance(1);
    await engine.sqs.send(new DeleteQueueCommand({ QueueUrl: dlq.url }));
    expect(await receive(queue)).toHaveLength(1);
  });

  test('the policy comes back with its count as a number, and its sources are listed', async () => {
    const dlq = await create();
    const queue = await create({ RedrivePolicy: redriveTo(dlq, '3') });
    const { Attributes } = await engine.sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: queue.url, AttributeNames: ['RedrivePolicy'] }),
    );
    expect(Attributes?.RedrivePolicy).toBe(redriveTo(dlq, 3));
    const list = async () =>
      (await engine.sqs.send(new ListDeadLetterSourceQueuesCommand({ QueueUrl: dlq.url })))
        .queueUrls;
    expect(await list()).toEqual([queue.url]);
    await set(queue, { RedrivePolicy: '' });
    expect(await list()).toBeUndefined();
  });

  test.each([
    ['[]', 'Redrive policy is not a valid JSON map.'],
    [
      '{"maxReceiveCount":1}',
      'Redrive policy does not contain mandatory attribute: deadLetterTargetArn.',
    ],
    [
      '{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:111122223333:nowhere"}',
      'Redrive policy does not contain mandatory attribute: maxReceiveCount.',
    ],
    [
      '{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:111122223333:nowhere","maxReceiveCount":1001}',
      'Invalid value for maxReceiveCount: 1001, valid values are from 1 to 1000 both inclusive.',
    ],
    [
      '{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:111122223333:nowhere","maxReceiveCount":1}',
      'Dead letter target does not exist.',
    ],
  ])('%s is refused', async (RedrivePolicy, reason) => {
    await expect(set(await create(), { RedrivePolicy })).rejects.toMatchObject({
      name: 'InvalidParameterValue',
      message: `Value ${RedrivePolicy} for parameter RedrivePolicy is invalid. Reason: ${reason}`,
    });
  });

  test('source and dead-letter queue are of one type, and the redrive allow policy decides', async () => {
    const fifo = await create({ FifoQueue: 'true' });
    const queue = await create();
    await expect(set(queue, { RedrivePolicy: redriveTo(fifo, 1) })).rejects.toThrow(
      'same type of queue',
    );
    const dlq = await create({
      RedriveAllowPolicy: JSON.stringify({ redrivePermission: 'denyAll' }),
    });
    await expect(set(queue, { RedrivePolicy: redriveTo(dlq, 1) })).rejects.toMatchObject({
      name: 'InvalidParameterValue',
    });
    await set(dlq, {
      RedriveAllowPolicy: JSON.stringify({
        redrivePermission: 'byQueue',
        sourceQueueArns: [queue.arn],
      }),
    });
    await set(queue, { RedrivePolicy: redriveTo(dlq, 1) });
    await expect(set(await create(), { RedrivePolicy: redriveTo(dlq, 1) })).rejects.toMatchObject({
      name: 'InvalidParameterValue',
    });
    await expect(
      set(dlq, { RedriveAllowPolicy: '{"redrivePermission":"sometimes"}' }),
    ).rejects.toMatchObject({ name: 'InvalidParameterValue' });
  });
});

describe('message move tasks', () => {
  const start = (source: TestQueue, more: { to?: TestQueue; rate?: number } = {}) =>
    engine.sqs.send(
      new StartMessageMoveTaskCommand({
        SourceArn: source.arn,
        DestinationArn: more.to?.arn,
        MaxNumberOfMessagesPerSecond: more.rate,
      }),
    );
  const tasks = async (source: TestQueue, MaxResults?: number) =>
    (await engine.sqs.send(new ListMessageMoveTasksCommand({ SourceArn: source.arn, MaxResults })))
      .Results;

  test('messages go back to where they came from, as new ones', async () => {
    const { queue, dlq } = await withDeadLetters();
    await deadLetter(queue, ['a', 'b']);
    const [before] = await receive(dlq, { VisibilityTimeout: 0 });
    clock.advance(1);
    await start(dlq);
    clock.advance(1);
    expect(await tasks(dlq)).toEqual([
      {
        Status: 'COMPLETED',
        SourceArn: dlq.arn,
        ApproximateNumberOfMessagesMoved: 2,
        ApproximateNumberOfMessagesToMove: 2,
        StartedTimestamp: clock.now() - 1000,
      },
    ]);
    expect(await visible(dlq)).toBe(0);
    const moved = await receive(queue);
    expect(moved.map(({ Body }) => Body)).toEqual(['a', 'b']);
    expect(moved[0]?.MessageId).not.toBe(before?.MessageId);
    expect(moved[0]?.Attributes).toMatchObject({ ApproximateReceiveCount: '1' });
    expect(moved[0]?.Attributes?.DeadLetterQueueSourceArn).toBeUndefined();
  });

  test('at the rate that is asked for, to another queue, until it is cancelled', async () => {
    const { queue, dlq } = await withDeadLetters();
    const to = await create();
    await deadLetter(
      queue,
      Array.from({ length: 20 }, (_, i) => `m${i}`),
    );
    const { TaskHandle } = await start(dlq, { to, rate: 5 });
    clock.advance(2.1);
    const moved = await visible(to);
    expect(moved).toBeGreaterThanOrEqual(8);
    expect(moved).toBeLessThanOrEqual(12);
    expect(await tasks(dlq)).toEqual([
      {
        TaskHandle,
        Status: 'RUNNING',
        SourceArn: dlq.arn,
        DestinationArn: to.arn,
        MaxNumberOfMessagesPerSecond: 5,
        ApproximateNumberOfMessagesMoved: moved,
        ApproximateNumberOfMessagesToMove: 20,
        StartedTimestamp: clock.now() - 2100,
      },
    ]);
    await expect(start(dlq)).rejects.toMatchObject({
      name: 'InvalidParameterValue',
      message:
        'There is already a task running. Only one active task is allowed for a source queue arn at a given time.',
    });
    const cancelled = await engine.sqs.send(new CancelMessageMoveTaskCommand({ TaskHandle }));
    expect(cancelled).toMatchObject({ ApproximateNumberOfMessagesMoved: moved });
    clock.advance(10);
    expect(await visible(to)).toBe(moved);
    expect((await tasks(dlq))?.[0]).toMatchObject({ Status: 'CANCELLED' });
    expect((await tasks(dlq))?.[0]?.TaskHandle).toBeUndefined();
    await start(dlq, { to });
    clock.advance(1);
    expect(await visible(to)).toBe(20);
    expect((await tasks(dlq, 10))?.map(({ Status }) => Status)).toEqual(['COMPLETED', 'CANCELLED']);
    await expect(
      engine.sqs.send(new CancelMessageMoveTaskCommand({ TaskHandle })),
    ).rejects.toMatchObject({ name: 'InvalidParameterValue' });
  });

  test('a message that was sent to the dead-letter queue itself has no way back', async () => {
    const { dlq } = await withDeadLetters();
    await send(dlq, 'stray');
    await start(dlq);
    clock.advance(1);
    expect((await tasks(dlq))?.[0]).toMatchObject({
      Status: 'FAILED',
      FailureReason: 'CouldNotDetermineMessageSource',
      ApproximateNumberOfMessagesMoved: 0,
    });
    expect(await visible(dlq)).toBe(1);
  });

  test('FIFO messages keep their groups', async () => {
    const { queue, dlq } = await withDeadLetters(1, { FifoQueue: 'true' });
    for (const body of ['1', '2']) await send(queue, body, 'g');
    await receive(queue, { VisibilityTimeout: 0 });
    clock.advance(1);
    await receive(queue);
    await start(dlq);
    clock.advance(1);
    const moved = await receive(queue);
    expect(moved.map(({ Body, Attributes }) => [Body, Attributes?.MessageGroupId])).toEqual([
      ['1', 'g'],
      ['2', 'g'],
    ]);
  });

  test('what is refused', async () => {
    const { queue, dlq } = await withDeadLetters();
    await expect(start(queue)).rejects.toMatchObject({
      name: 'InvalidParameterValue',
      message: 'Source queue must be configured as a Dead Letter Queue.',
    });
    await expect(start({ ...dlq, arn: `${dlq.arn}x` })).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      $metadata: { httpStatusCode: 404 },
    });
    await expect(start(dlq, { rate: 501 })).rejects.toMatchObject({
      name: 'InvalidParameterValue',
    });
    await expect(
      engine.sqs.send(new CancelMessageMoveTaskCommand({ TaskHandle: 'nonsense' })),
    ).rejects.toMatchObject({ name: 'InvalidParameterValue' });
    expect(await tasks(dlq)).toBeUndefined();
  });
});
