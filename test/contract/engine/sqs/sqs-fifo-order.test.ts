import { PurgeQueueCommand, SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import { describe, expect, test } from 'vitest';
import { bodies, sqsCalls } from '../../../fixtures/sqs-calls.ts';
import { testClock, useSqsEngine } from '../../../fixtures/sqs-engine.ts';

const clock = testClock();
const engine = useSqsEngine({ clock });

const { create, send, receive, changeVisibility, remove } = sqsCalls(() => engine.sqs);
const FIFO = { FifoQueue: 'true', ContentBasedDeduplication: 'true' };

async function group(url: string, ...sent: string[]): Promise<void> {
  for (const body of sent) await send(url, body, { MessageGroupId: 'g' });
}

describe('a message of a group is held back by an earlier one in flight, never by a later one', () => {
  test('the second one prolonged, the first and third visible again: the first can be received', async () => {
    const url = await create({ ...FIFO, VisibilityTimeout: '1' });
    await group(url, 'one', 'two', 'three');
    const [, two] = await receive(url);
    await changeVisibility(url, two, 5);
    clock.advance(2.5);

    expect(bodies(await receive(url))).toEqual(['one']);
    clock.advance(2.4);
    expect(bodies(await receive(url))).toEqual(['one']);
    clock.advance(1);
    expect(bodies(await receive(url))).toEqual(['one', 'two', 'three']);
  });

  test('the first released while the second is in flight: it comes at once, alone', async () => {
    const url = await create(FIFO);
    await group(url, 'one', 'two', 'three');
    const [one, two] = await receive(url, { MaxNumberOfMessages: 2 });
    await changeVisibility(url, one, 0);

    expect(bodies(await receive(url))).toEqual(['one']);
    await changeVisibility(url, two, 0);
    expect(await receive(url)).toEqual([]);
  });

  test('the first deleted while the second is in flight: the third waits', async () => {
    const url = await create(FIFO);
    await group(url, 'one', 'two', 'three');
    const [one, two] = await receive(url, { MaxNumberOfMessages: 2 });
    await remove(url, one);

    expect(await receive(url)).toEqual([]);
    await remove(url, two);
    expect(bodies(await receive(url))).toEqual(['three']);
  });

  test('the second deleted while the first is in flight: the third waits for the first', async () => {
    const url = await create(FIFO);
    await group(url, 'one', 'two', 'three');
    const [one, two] = await receive(url, { MaxNumberOfMessages: 2 });
    await remove(url, two);

    expect(await receive(url)).toEqual([]);
    await changeVisibility(url, one, 0);
    expect(bodies(await receive(url))).toEqual(['one', 'three']);
  });
});

describe('groups take turns', () => {
  test('one that was handed out and released goes behind the others', async () => {
    const url = await create(FIFO);
    for (const id of ['a', 'b', 'c']) await send(url, id, { MessageGroupId: id });
    const received: (string | undefined)[] = [];
    for (let i = 0; i < 6; i += 1) {
      const [message] = await receive(url, { MaxNumberOfMessages: 1 });
      received.push(message?.Body);
      await changeVisibility(url, message, 0);
    }
    expect(received).toEqual(['a', 'b', 'c', 'a', 'b', 'c']);
  });

  test('messages that come later than a hand-out come later than the group', async () => {
    const url = await create(FIFO);
    await send(url, 'a', { MessageGroupId: 'a' });
    const [a] = await receive(url);
    await send(url, 'b', { MessageGroupId: 'b' });
    await changeVisibility(url, a, 0);

    expect(bodies(await receive(url))).toEqual(['a', 'b']);
  });
});

describe('a batch to a FIFO queue', () => {
  const sendBatch = (QueueUrl: string, last: object) =>
    engine.sqs.send(
      new SendMessageBatchCommand({
        QueueUrl,
        Entries: [
          { Id: 'a', MessageBody: 'a', MessageGroupId: 'g', MessageDeduplicationId: 'a' },
          { Id: 'b', MessageBody: 'b', ...last },
        ],
      }),
    );

  test.each([
    [
      'group id',
      { MessageDeduplicationId: 'b' },
      'The request must contain the parameter MessageGroupId.',
    ],
    [
      'deduplication id where the queue needs one',
      { MessageGroupId: 'g' },
      'The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly',
    ],
  ])('is refused as a whole when one entry has no %s', async (_what, last, message) => {
    const url = await create({ FifoQueue: 'true' });
    await expect(sendBatch(url, last)).rejects.toMatchObject({
      name: 'InvalidParameterValue',
      message,
    });
    expect(await receive(url)).toEqual([]);
  });

  test('needs no deduplication id with ContentBasedDeduplication', async () => {
    const url = await create(FIFO);
    expect((await sendBatch(url, { MessageGroupId: 'g' })).Successful).toHaveLength(2);
  });

  test('lets an entry fail by itself for another reason', async () => {
    const url = await create(FIFO);
    const { Successful, Failed } = await sendBatch(url, { MessageGroupId: 'g', DelaySeconds: 5 });
    expect(Successful).toHaveLength(1);
    expect(Failed).toMatchObject([{ Id: 'b', Code: 'InvalidParameterValue', SenderFault: true }]);
  });
});

test('a purge forgets deduplication ids', async () => {
  const url = await create(FIFO);
  const first = await send(url, 'same', { MessageGroupId: 'g' });
  await engine.sqs.send(new PurgeQueueCommand({ QueueUrl: url }));
  const second = await send(url, 'same', { MessageGroupId: 'g' });

  expect(second.MessageId).not.toBe(first.MessageId);
  expect(bodies(await receive(url))).toEqual(['same']);
});
