import {
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  DeleteMessageCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  type ReceiveMessageCommandInput,
  SendMessageBatchCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import { expect, test } from 'vitest';
import { queueName, testClock, useSqsEngine } from '../../../fixtures/sqs-engine.ts';

const clock = testClock();
const engine = useSqsEngine({ clock });

async function create(Attributes: Record<string, string> = {}): Promise<string> {
  const QueueName = queueName(Attributes.FifoQueue === undefined ? '' : '.fifo');
  const { QueueUrl = '' } = await engine.sqs.send(
    new CreateQueueCommand({ QueueName, Attributes }),
  );
  return QueueUrl;
}

function pollers(url: string): number {
  const [, , , , name] = url.split('/');
  return engine.running.engine.sqs.queues.get(`111122223333/us-east-1/${name}`)?.pollers.size ?? 0;
}

/** Begins a receive and waits until it waits. */
async function poll(
  QueueUrl: string,
  more: Partial<ReceiveMessageCommandInput> = {},
  options: { abortSignal?: AbortSignal } = {},
) {
  const before = pollers(QueueUrl);
  const answer = engine.sqs
    .send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20, ...more }), options)
    .then(({ Messages = [] }) => Messages.map(({ Body }) => Body));
  answer.catch(() => undefined);
  await expect.poll(() => pollers(QueueUrl)).toBe(before + 1);
  // A promise inside an object: a bare one would be waited for here.
  return { answer };
}

const send = (QueueUrl: string, MessageBody: string, DelaySeconds?: number) =>
  engine.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody, DelaySeconds }));

test('one message wakes one poller, the one that waits longest', async () => {
  const url = await create();
  const { answer: first } = await poll(url);
  const { answer: second } = await poll(url);
  await send(url, '1');
  expect(await first).toEqual(['1']);
  expect(pollers(url)).toBe(1);
  await send(url, '2');
  expect(await second).toEqual(['2']);
});

test('a batch goes to one poller that asks for as many', async () => {
  const url = await create();
  const { answer: waiting } = await poll(url, { MaxNumberOfMessages: 10 });
  await engine.sqs.send(
    new SendMessageBatchCommand({
      QueueUrl: url,
      Entries: ['a', 'b', 'c'].map((Id) => ({ Id, MessageBody: Id })),
    }),
  );
  expect(await waiting).toEqual(['a', 'b', 'c']);
});

test('the wait ends with what becomes visible: a delay, a visibility timeout, a change of visibility', async () => {
  const url = await create();
  await send(url, 'delayed', 5);
  const { answer: delayed } = await poll(url, { VisibilityTimeout: 3 });
  clock.advance(5);
  expect(await delayed).toEqual(['delayed']);
  const { answer: timedOut } = await poll(url);
  clock.advance(3);
  expect(await timedOut).toEqual(['delayed']);
  clock.advance(30);
  const { Messages = [] } = await engine.sqs.send(new ReceiveMessageCommand({ QueueUrl: url }));
  const { answer: released } = await poll(url);
  await engine.sqs.send(
    new ChangeMessageVisibilityCommand({
      QueueUrl: url,
      ReceiptHandle: Messages[0]?.ReceiptHandle,
      VisibilityTimeout: 0,
    }),
  );
  expect(await released).toEqual(['delayed']);
});

test('the wait ends with what a deletion unlocks on a FIFO queue', async () => {
  const url = await create({ FifoQueue: 'true', ContentBasedDeduplication: 'true' });
  for (const MessageBody of ['1', '2']) {
    await engine.sqs.send(
      new SendMessageCommand({ QueueUrl: url, MessageBody, MessageGroupId: 'g' }),
    );
  }
  const { Messages = [] } = await engine.sqs.send(new ReceiveMessageCommand({ QueueUrl: url }));
  const { answer: waiting } = await poll(url);
  await engine.sqs.send(
    new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: Messages[0]?.ReceiptHandle }),
  );
  expect(await waiting).toEqual(['2']);
});

test("WaitTimeSeconds goes before the queue's own, and its end answers nothing", async () => {
  const url = await create({ ReceiveMessageWaitTimeSeconds: '20' });
  const own = await engine.sqs.send(
    new ReceiveMessageCommand({ QueueUrl: url, WaitTimeSeconds: 0 }),
  );
  expect(own.Messages).toBeUndefined();
  const { answer: waiting } = await poll(url, { WaitTimeSeconds: undefined });
  clock.advance(19.9);
  expect(pollers(url)).toBe(1);
  clock.advance(0.1);
  expect(await waiting).toEqual([]);
});

test('a poller whose client has gone takes no message', async () => {
  const url = await create();
  const gone = new AbortController();
  const { answer: given } = await poll(url, {}, { abortSignal: gone.signal });
  const { answer: stays } = await poll(url);
  gone.abort();
  await expect(given).rejects.toMatchObject({ name: 'AbortError' });
  await expect.poll(() => pollers(url)).toBe(1);
  await send(url, 'x');
  expect(await stays).toEqual(['x']);
  const { Attributes } = await engine.sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['All'] }),
  );
  expect(Attributes).toMatchObject({ ApproximateNumberOfMessagesNotVisible: '1' });
});

test('the deletion of the queue ends the wait', async () => {
  const url = await create();
  const { answer: waiting } = await poll(url);
  await engine.sqs.send(new DeleteQueueCommand({ QueueUrl: url }));
  await expect(waiting).rejects.toMatchObject({ name: 'QueueDoesNotExist' });
});
