import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DeleteTopicCommand,
  GetSubscriptionAttributesCommand,
  PublishCommand,
  SetSubscriptionAttributesCommand,
  SetTopicAttributesCommand,
  SubscribeCommand,
} from '@aws-sdk/client-sns';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { EngineClock } from '../../../../src/lib/engine/clock/engine-clock.ts';
import { refusalOf, type SnsEngine, startSns } from '../../../fixtures/sns-engine.ts';

const DAY = 24 * 60 * 60 * 1000;
const DAYS_30 = '{"MessageRetentionPeriod":"30"}';

let clock: EngineClock;
let engine: SnsEngine;
beforeEach(async () => {
  clock = new EngineClock({ frozen: true });
  engine = await startSns({ clock });
});
afterEach(() => engine.stop());

const iso = (time: number) => new Date(time).toISOString();

function setTopic(TopicArn: string, AttributeName: string, AttributeValue: string) {
  const input = { TopicArn, AttributeName, AttributeValue };
  return engine.sns.send(new SetTopicAttributesCommand(input));
}

function publish(TopicArn: string, Message: string, kind = 'a') {
  return engine.sns.send(
    new PublishCommand({
      TopicArn,
      Message,
      MessageGroupId: 'g',
      MessageDeduplicationId: Message.replaceAll(' ', '-'),
      MessageAttributes: { kind: { DataType: 'String', StringValue: kind } },
    }),
  );
}

function replay(SubscriptionArn: string, start: number, end?: number) {
  return engine.sns.send(
    new SetSubscriptionAttributesCommand({
      SubscriptionArn,
      AttributeName: 'ReplayPolicy',
      AttributeValue: JSON.stringify({
        PointType: 'Timestamp',
        StartingPoint: iso(start),
        ...(end === undefined ? {} : { EndingPoint: iso(end) }),
      }),
    }),
  );
}

async function attributesOf(SubscriptionArn: string) {
  const command = new GetSubscriptionAttributesCommand({ SubscriptionArn });
  return (await engine.sns.send(command)).Attributes ?? {};
}

const messages = async (url: string) =>
  (await engine.receive(url)).map(({ Body = '' }) => JSON.parse(Body));

describe('the archive of a FIFO topic', () => {
  test('is begun, moved on by its retention, and ended by its policy', async () => {
    const started = clock.timestamp();
    const topic = await engine.topic('kept.fifo', { ArchivePolicy: DAYS_30 });
    const shown = await engine.topicAttributes(topic);
    expect(shown).toMatchObject({ ArchivePolicy: DAYS_30, BeginningArchiveTime: iso(started) });
    expect(shown).not.toHaveProperty('archive-since');
    await clock.advance(31 * DAY);
    expect((await engine.topicAttributes(topic)).BeginningArchiveTime).toBe(iso(started + DAY));
    await setTopic(topic, 'ArchivePolicy', '{"MessageRetentionPeriod":"1"}');
    expect((await engine.topicAttributes(topic)).BeginningArchiveTime).toBe(
      iso(started + 30 * DAY),
    );
    expect(
      await refusalOf(engine.sns.send(new DeleteTopicCommand({ TopicArn: topic }))),
    ).toMatchObject({
      code: 'InvalidState',
      status: 400,
      message: 'Invalid state: Cannot delete a topic with an ArchivePolicy',
    });
    await setTopic(topic, 'ArchivePolicy', '{}');
    const without = await engine.topicAttributes(topic);
    expect(without).not.toHaveProperty('ArchivePolicy');
    expect(without).not.toHaveProperty('BeginningArchiveTime');
    await engine.sns.send(new DeleteTopicCommand({ TopicArn: topic }));
  });

  test.each([
    '{"MessageRetentionPeriod":"0"}',
    '{"MessageRetentionPeriod":"366"}',
    '{"Days":"1"}',
    'x',
    '[]',
  ])('takes no policy like %s', async (policy) => {
    const topic = await engine.topic('picky.fifo');
    const refused = await refusalOf(setTopic(topic, 'ArchivePolicy', policy));
    expect(refused.message).toMatch(/^Invalid parameter: ArchivePolicy: /);
  });

  test('takes a retention of 1 day and of 365', async () => {
    const topic = await engine.topic('bounds.fifo');
    for (const days of ['1', '365']) {
      await setTopic(topic, 'ArchivePolicy', JSON.stringify({ MessageRetentionPeriod: days }));
    }
  });

  test('is none of a standard topic', async () => {
    const topic = await engine.topic('standard');
    expect((await refusalOf(setTopic(topic, 'ArchivePolicy', DAYS_30))).message).toBe(
      'Invalid parameter: ArchivePolicy: can only be set for FIFO topics',
    );
  });
});

describe('a replay', () => {
  test('delivers what was published, as it was, in order, and then what is new', async () => {
    const topic = await engine.topic('replayed.fifo', { ArchivePolicy: DAYS_30 });
    const queue = await engine.queue('replayed.fifo');
    const begun = clock.timestamp();
    const first = await publish(topic, 'one');
    await clock.advance(DAY);
    await publish(topic, 'two');
    await clock.advance(DAY);
    const { SubscriptionArn = '' } = await engine.sns.send(
      new SubscribeCommand({
        TopicArn: topic,
        Protocol: 'sqs',
        Endpoint: queue.arn,
        Attributes: {
          ReplayPolicy: JSON.stringify({ PointType: 'Timestamp', StartingPoint: iso(begun) }),
        },
        ReturnSubscriptionArn: true,
      }),
    );
    const received = await engine.receive(queue.url);
    expect(received[0]?.Attributes).toMatchObject({
      MessageGroupId: 'g',
      MessageDeduplicationId: 'one',
    });
    const replayed = received.map(({ Body = '' }) => JSON.parse(Body));
    expect(replayed.map(({ Message }) => Message)).toEqual(['one', 'two']);
    expect(replayed[0]).toMatchObject({
      MessageId: first.MessageId,
      SequenceNumber: first.SequenceNumber,
      Timestamp: iso(begun),
      MessageAttributes: { kind: { Type: 'String', Value: 'a' } },
      Replayed: true,
    });
    expect(await attributesOf(SubscriptionArn)).toMatchObject({ ReplayStatus: 'Completed' });
    await publish(topic, 'three');
    const [after] = await messages(queue.url);
    expect(after.Message).toBe('three');
    expect(after).not.toHaveProperty('Replayed');
  });

  test('stops at its end and pauses the subscription, until another goes on', async () => {
    const topic = await engine.topic('paused.fifo', { ArchivePolicy: DAYS_30 });
    const queue = await engine.queue('paused.fifo');
    const arn = await engine.subscribe(topic, queue.arn);
    const begun = clock.timestamp();
    await publish(topic, 'one');
    await clock.advance(DAY);
    await publish(topic, 'two');
    await messages(queue.url);
    await replay(arn, begun, begun + DAY - 1);
    expect((await messages(queue.url)).map(({ Message }) => Message)).toEqual(['one']);
    await publish(topic, 'while paused');
    expect(await messages(queue.url)).toEqual([]);
    await replay(arn, begun + DAY);
    expect((await messages(queue.url)).map(({ Message }) => Message)).toEqual([
      'two',
      'while paused',
    ]);
    await publish(topic, 'again');
    expect((await messages(queue.url)).map(({ Message }) => Message)).toEqual(['again']);
  });

  test('goes on until an end that is still to come', async () => {
    const topic = await engine.topic('until.fifo', { ArchivePolicy: DAYS_30 });
    const queue = await engine.queue('until.fifo');
    const arn = await engine.subscribe(topic, queue.arn);
    const begun = clock.timestamp();
    await replay(arn, begun, begun + DAY);
    expect(await attributesOf(arn)).toMatchObject({ ReplayStatus: 'In progress' });
    await clock.advance(DAY);
    await publish(topic, 'in time');
    await clock.advance(1);
    await publish(topic, 'too late');
    expect((await messages(queue.url)).map(({ Message }) => Message)).toEqual(['in time']);
    expect(await attributesOf(arn)).toMatchObject({ ReplayStatus: 'Completed' });
  });

  test('passes the filter policy, and tells raw queues by an attribute', async () => {
    const topic = await engine.topic('filtered.fifo', { ArchivePolicy: DAYS_30 });
    const queue = await engine.queue('filtered.fifo');
    const begun = clock.timestamp();
    await publish(topic, 'one', 'a');
    await publish(topic, 'two', 'b');
    await clock.advance(DAY);
    const arn = await engine.subscribe(topic, queue.arn, {
      RawMessageDelivery: 'true',
      FilterPolicy: '{"kind":["b"]}',
    });
    await replay(arn, begun);
    const received = await engine.receive(queue.url);
    expect(received.map(({ Body }) => Body)).toEqual(['two']);
    expect(received[0]?.MessageAttributes).toMatchObject({
      kind: { StringValue: 'b' },
      Replayed: { StringValue: 'true' },
    });
  });

  test('right after the publish is not taken for a repetition', async () => {
    const topic = await engine.topic('soon.fifo', { ArchivePolicy: DAYS_30 });
    const queue = await engine.queue('soon.fifo');
    const arn = await engine.subscribe(topic, queue.arn);
    const begun = clock.timestamp();
    await publish(topic, 'one');
    await replay(arn, begun);
    expect((await messages(queue.url)).map(({ Replayed }) => Replayed)).toEqual([undefined, true]);
  });

  test.each([
    [
      '{"PointType":"Offset","StartingPoint":"2023-10-01T00:00:00.000Z"}',
      'PointType must be Timestamp',
    ],
    ['{"PointType":"Timestamp"}', 'StartingPoint must be a time in ISO 8601'],
    [
      '{"PointType":"Timestamp","StartingPoint":"soon"}',
      'StartingPoint must be a time in ISO 8601',
    ],
    [
      '{"PointType":"Timestamp","StartingPoint":"2023-10-01T00:00:00Z","EndingPoint":"2023-10-01T00:00:00Z"}',
      'EndingPoint must be later than StartingPoint',
    ],
    [
      '{"PointType":"Timestamp","StartingPoint":"2023-10-01T00:00:00Z"}',
      /^StartingPoint is earlier than the archive's beginning: /,
    ],
  ])('is refused with %s', async (AttributeValue, reason) => {
    const topic = await engine.topic('refusing.fifo', { ArchivePolicy: DAYS_30 });
    const queue = await engine.queue('refusing.fifo');
    const SubscriptionArn = await engine.subscribe(topic, queue.arn);
    const input = { SubscriptionArn, AttributeName: 'ReplayPolicy', AttributeValue };
    const refused = await refusalOf(engine.sns.send(new SetSubscriptionAttributesCommand(input)));
    const [prefix, words] = [refused.message.slice(0, 33), refused.message.slice(33)];
    expect(prefix).toBe('Invalid parameter: ReplayPolicy: ');
    if (typeof reason === 'string') expect(words).toBe(reason);
    else expect(words).toMatch(reason);
  });

  test('needs an archive, and a FIFO topic', async () => {
    const bare = await engine.subscribe(
      await engine.topic('bare.fifo'),
      (await engine.queue('bare.fifo')).arn,
    );
    expect((await refusalOf(replay(bare, clock.timestamp()))).message).toBe(
      'Invalid parameter: ReplayPolicy: the topic has no ArchivePolicy',
    );
    const standard = await engine.subscribe(
      await engine.topic('standard-replay'),
      (await engine.queue('standard-replay')).arn,
    );
    expect((await refusalOf(replay(standard, clock.timestamp()))).message).toBe(
      'Invalid parameter: ReplayPolicy: can only be set for subscriptions of FIFO topics',
    );
  });

  test('finds what was kept before a restart, and nothing that is older than the retention', async () => {
    const stateDir = await mkdtemp(join(tmpdir(), 'pubsub-archive-'));
    await engine.stop();
    engine = await startSns({ stateDir, clock: new EngineClock() });
    const topic = await engine.topic('durable.fifo', {
      ArchivePolicy: '{"MessageRetentionPeriod":"1"}',
    });
    const begun = Date.parse((await engine.topicAttributes(topic)).BeginningArchiveTime ?? '');
    await publish(topic, 'one');
    await engine.stop();
    clock = new EngineClock();
    engine = await startSns({ stateDir, clock });
    try {
      const queue = await engine.queue('durable.fifo');
      const arn = await engine.subscribe(topic, queue.arn);
      await replay(arn, begun);
      expect((await messages(queue.url)).map(({ Message }) => Message)).toEqual(['one']);
      await clock.advance(DAY + 1000);
      await publish(topic, 'two');
      await messages(queue.url);
      await replay(arn, clock.timestamp() - DAY + 60_000);
      expect((await messages(queue.url)).map(({ Message }) => Message)).toEqual(['two']);
    } finally {
      await engine.stop();
      await rm(stateDir, { recursive: true });
    }
  });
});
