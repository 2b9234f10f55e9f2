import { createHash } from 'node:crypto';
import {
  PublishBatchCommand,
  PublishCommand,
  type PublishCommandInput,
  SubscribeCommand,
} from '@aws-sdk/client-sns';
import { describe, expect, test } from 'vitest';
import { EngineClock } from '../../../../src/lib/engine/clock/engine-clock.ts';
import { refusalOf, useSns } from '../../../fixtures/sns-engine.ts';

const clock = new EngineClock();

const engine = useSns({ clock });

async function wired(name: string, attributes?: Record<string, string>) {
  const topic = await engine.topic(`${name}.fifo`, attributes);
  const queue = await engine.queue(`${name}.fifo`);
  await engine.subscribe(topic, queue.arn);
  return { topic, queue };
}

const publish = (input: Partial<PublishCommandInput>) =>
  engine.sns.send(new PublishCommand({ Message: 'm', MessageGroupId: 'g', ...input }));

describe('a FIFO topic', () => {
  test('numbers its messages and delivers them unsigned, in order, with their ids', async () => {
    const { topic, queue } = await wired('order');
    const numbers: string[] = [];
    for (const id of ['a', 'b', 'c']) {
      const { $metadata, ...answer } = await publish({
        TopicArn: topic,
        Message: id,
        MessageDeduplicationId: id,
      });
      expect(Object.keys(answer).sort()).toEqual(['MessageId', 'SequenceNumber']);
      expect(answer.SequenceNumber).toMatch(/^1\d{19}$/);
      numbers.push(answer.SequenceNumber ?? '');
    }
    expect([...numbers].sort()).toEqual(numbers);
    const received = await engine.receive(queue.url);
    const envelopes = received.map(({ Body = '' }) => JSON.parse(Body));
    expect(envelopes.map(({ Message }) => Message)).toEqual(['a', 'b', 'c']);
    expect(envelopes.map(({ SequenceNumber }) => SequenceNumber)).toEqual(numbers);
    expect(Object.keys(envelopes[0])).toEqual([
      'Type',
      'MessageId',
      'SequenceNumber',
      'TopicArn',
      'Message',
      'Timestamp',
      'UnsubscribeURL',
    ]);
    expect(received[0]?.Attributes).toMatchObject({
      MessageGroupId: 'g',
      MessageDeduplicationId: 'a',
    });
  });

  test('takes a message once in five minutes', async () => {
    const { topic, queue } = await wired('once');
    const send = () => publish({ TopicArn: topic, MessageDeduplicationId: 'same' });
    clock.freeze();
    const first = await send();
    const second = await send();
    expect(second.MessageId).toBe(first.MessageId);
    expect(second.SequenceNumber).toBe(first.SequenceNumber);
    expect(await engine.receive(queue.url)).toHaveLength(1);
    await clock.advance(5 * 60 * 1000 - 1);
    expect((await send()).MessageId).toBe(first.MessageId);
    await clock.advance(1);
    expect((await send()).MessageId).not.toBe(first.MessageId);
    clock.run();
    expect(await engine.receive(queue.url)).toHaveLength(1);
  });

  test('tells messages apart by their content where it is told to', async () => {
    const { topic, queue } = await wired('content', { ContentBasedDeduplication: 'true' });
    for (const Message of ['one', 'two', 'one']) await publish({ TopicArn: topic, Message });
    const ids = (await engine.receive(queue.url)).map(
      ({ Attributes }) => Attributes?.MessageDeduplicationId,
    );
    const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
    expect(ids).toEqual([sha256('one'), sha256('two')]);
  });

  test.each([
    ['Topic', 1],
    ['MessageGroup', 2],
  ])('deduplicates within its FifoThroughputScope %s', async (scope, accepted) => {
    const { topic } = await wired(`scope-${scope}`, { FifoThroughputScope: scope });
    const ids = new Set<string | undefined>();
    for (const MessageGroupId of ['g1', 'g2']) {
      const input = { TopicArn: topic, MessageGroupId, MessageDeduplicationId: 'same' };
      ids.add((await publish(input)).MessageId);
    }
    expect(ids.size).toBe(accepted);
  });

  test('delivers to standard queues as well', async () => {
    const topic = await engine.topic('mixed.fifo');
    const queue = await engine.queue('mixed');
    await engine.subscribe(topic, queue.arn, { RawMessageDelivery: 'true' });
    await publish({ TopicArn: topic, MessageDeduplicationId: 'd' });
    const received = await engine.receive(queue.url);
    expect(received.map(({ Body }) => Body)).toEqual(['m']);
    expect(received[0]?.Attributes).not.toHaveProperty('MessageGroupId');
    expect(received[0]?.Attributes).not.toHaveProperty('MessageDeduplicationId');
  });

  test('sends what a standard queue refuses to a dead-letter queue of either kind', async () => {
    const topic = await engine.topic('mixed-dead.fifo');
    for (const name of ['mixed-dead', 'mixed-dead.fifo']) {
      const dead = await engine.queue(name);
      const closed = await engine.queue(`closed-to-${name.replace('.', '-')}`, { policy: 'none' });
      await engine.subscribe(topic, closed.arn, {
        RedrivePolicy: JSON.stringify({ deadLetterTargetArn: dead.arn }),
      });
      await publish({ TopicArn: topic, MessageDeduplicationId: name });
      const received = await engine.receive(dead.url);
      expect(received).toHaveLength(1);
      expect(received[0]?.Attributes?.MessageGroupId).toBe(
        name.endsWith('.fifo') ? 'g' : undefined,
      );
    }
  });

  test('numbers the entries of a batch, and takes a repeated one once', async () => {
    const { topic, queue } = await wired('batch');
    const entry = (Id: string, MessageDeduplicationId: string) => ({
      Id,
      Message: Id,
      MessageGroupId: 'g',
      MessageDeduplicationId,
    });
    const { Successful = [], Failed } = await engine.sns.send(
      new PublishBatchCommand({
        TopicArn: topic,
        PublishBatchRequestEntries: [entry('1', 'x'), entry('2', 'y'), entry('3', 'x')],
      }),
    );
    expect(Failed).toEqual([]);
    expect(Successful.map(({ SequenceNumber }) => typeof SequenceNumber)).toEqual([
      'string',
      'string',
      'string',
    ]);
    expect(Successful[2]?.MessageId).toBe(Successful[0]?.MessageId);
    expect(await engine.receive(queue.url)).toHaveLength(2);
  });

  const GROUP = 'Invalid parameter: The MessageGroupId parameter is required for FIFO topics';
  const ID =
    'Invalid parameter: The topic should either have ContentBasedDeduplication enabled or ' +
    'MessageDeduplicationId provided explicitly';
  test.each([
    ['no group', { MessageGroupId: undefined, MessageDeduplicationId: 'd' }, GROUP],
    ['no deduplication id', {}, ID],
  ])('refuses %s', async (_what, input, message) => {
    const TopicArn = await engine.topic('strict.fifo');
    const expected = { code: 'InvalidParameter', status: 400, message };
    expect(await refusalOf(publish({ TopicArn, ...input }))).toMatchObject(expected);
    const entry = { Id: '1', Message: 'm', MessageGroupId: 'g', ...input };
    const batch = new PublishBatchCommand({ TopicArn, PublishBatchRequestEntries: [entry] });
    expect(await refusalOf(engine.sns.send(batch))).toMatchObject(expected);
  });

  test('refuses a standard queue for the dead letters of a FIFO queue', async () => {
    const TopicArn = await engine.topic('dead.fifo');
    const queue = await engine.queue('dead.fifo');
    const deadLetterTargetArn = queue.arn.replace('.fifo', '');
    const subscribe = new SubscribeCommand({
      TopicArn,
      Protocol: 'sqs',
      Endpoint: queue.arn,
      Attributes: { RedrivePolicy: JSON.stringify({ deadLetterTargetArn }) },
    });
    expect((await refusalOf(engine.sns.send(subscribe))).message).toBe(
      'Invalid parameter: Attributes Reason: RedrivePolicy: must use a FIFO queue as DLQ for a FIFO Subscription to a FIFO Topic.',
    );
  });
});
