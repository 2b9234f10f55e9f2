import { createVerify } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  GetSubscriptionAttributesCommand,
  ListSubscriptionsByTopicCommand,
  PublishCommand,
  type PublishCommandInput,
  SetTopicAttributesCommand,
  SubscribeCommand,
  UnsubscribeCommand,
} from '@aws-sdk/client-sns';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { EngineClock } from '../../../../src/lib/engine/clock/engine-clock.ts';
import { type HttpEndpoint, startEndpoint } from '../../../fixtures/http-endpoint.ts';
import { refusalOf, type SnsEngine, startSns } from '../../../fixtures/sns-engine.ts';

let clock: EngineClock;
let engine: SnsEngine;
let endpoint: HttpEndpoint;
beforeEach(async () => {
  clock = new EngineClock({ frozen: true });
  engine = await startSns({ clock });
  endpoint = await startEndpoint();
});
afterEach(async () => {
  await Promise.all([engine.stop(), endpoint.stop()]);
});

async function arrived(count: number) {
  await expect.poll(() => endpoint.requests.length).toBeGreaterThanOrEqual(count);
  return endpoint.requests.map(({ headers, body }) => ({ headers, body }));
}

/** What the engine tells of the deliveries to an endpoint. */
async function told(query = ''): Promise<Record<string, unknown>[]> {
  const answer = await fetch(`${engine.running.endpoint}/_pubsub/deliveries${query}`);
  return ((await answer.json()) as { deliveries: Record<string, unknown>[] }).deliveries;
}

async function subscribe(TopicArn: string, Attributes: Record<string, string> = {}) {
  const { SubscriptionArn = '' } = await engine.sns.send(
    new SubscribeCommand({
      TopicArn,
      Protocol: 'http',
      Endpoint: endpoint.url,
      Attributes,
      ReturnSubscriptionArn: true,
    }),
  );
  return SubscriptionArn;
}

/** A subscription that its endpoint confirmed. */
async function subscribed(TopicArn: string, attributes?: Record<string, string>) {
  const before = endpoint.requests.length;
  const arn = await subscribe(TopicArn, attributes);
  const requests = await arrived(before + 1);
  await fetch(JSON.parse(requests[before]?.body ?? '').SubscribeURL);
  return arn;
}

const publish = (input: Partial<PublishCommandInput>) =>
  engine.sns.send(new PublishCommand({ Message: 'hello', ...input }));

async function attributesOf(SubscriptionArn: string): Promise<Record<string, string>> {
  const command = new GetSubscriptionAttributesCommand({ SubscriptionArn });
  return (await engine.sns.send(command)).Attributes ?? {};
}

async function isSigned(body: string): Promise<boolean> {
  const fields = JSON.parse(body);
  const certificate = await (await fetch(fields.SigningCertURL)).text();
  const verifier = createVerify('RSA-SHA1');
  const names =
    fields.Type === 'Notification'
      ? ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type']
      : ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'];
  for (const name of names) {
    if (fields[name] !== undefined) verifier.update(`${name}\n${fields[name]}\n`);
  }
  return verifier.verify(certificate, fields.Signature, 'base64');
}

describe('an HTTP endpoint', () => {
  test('is asked, confirms, is notified, and is told when it ends', async () => {
    const topic = await engine.topic('http');
    const answer = await engine.sns.send(
      new SubscribeCommand({ TopicArn: topic, Protocol: 'http', Endpoint: endpoint.url }),
    );
    expect(answer.SubscriptionArn).toBe('pending confirmation');
    const [asked] = await arrived(1);
    const confirmation = JSON.parse(asked?.body ?? '');
    expect(asked?.headers).toMatchObject({
      'x-amz-sns-message-type': 'SubscriptionConfirmation',
      'x-amz-sns-message-id': confirmation.MessageId,
      'x-amz-sns-topic-arn': topic,
      'content-type': 'text/plain; charset=UTF-8',
      'user-agent': 'Amazon Simple Notification Service Agent',
      'accept-encoding': 'gzip,deflate',
    });
    expect(asked?.headers).not.toHaveProperty('x-amz-sns-subscription-arn');
    expect(confirmation).toMatchObject({
      Type: 'SubscriptionConfirmation',
      TopicArn: topic,
      Message: `You have chosen to subscribe to the topic ${topic}.\nTo confirm the subscription, visit the SubscribeURL included in this message.`,
    });
    expect(await isSigned(asked?.body ?? '')).toBe(true);
    await publish({ TopicArn: topic, Message: 'too early' });

    const confirmed = await (await fetch(confirmation.SubscribeURL)).text();
    const arn = /<SubscriptionArn>([^<]+)</.exec(confirmed)?.[1] ?? '';
    expect(await attributesOf(arn)).toMatchObject({
      Protocol: 'http',
      Endpoint: endpoint.url,
      PendingConfirmation: 'false',
      ConfirmationWasAuthenticated: 'false',
      RawMessageDelivery: 'false',
    });

    const { MessageId } = await publish({ TopicArn: topic, Subject: 'S' });
    const [, notified] = await arrived(2);
    expect(notified?.headers).toMatchObject({
      'x-amz-sns-message-type': 'Notification',
      'x-amz-sns-message-id': MessageId,
      'x-amz-sns-topic-arn': topic,
      'x-amz-sns-subscription-arn': arn,
      'content-type': 'text/plain; charset=UTF-8',
    });
    expect(notified?.headers).not.toHaveProperty('x-amz-sns-rawdelivery');
    expect(JSON.parse(notified?.body ?? '')).toMatchObject({ Message: 'hello', MessageId });
    expect(await isSigned(notified?.body ?? '')).toBe(true);

    await fetch(JSON.parse(notified?.body ?? '').UnsubscribeURL);
    const [, , ended] = await arrived(3);
    expect(ended?.headers).toMatchObject({
      'x-amz-sns-message-type': 'UnsubscribeConfirmation',
      'x-amz-sns-subscription-arn': arn,
    });
    const end = JSON.parse(ended?.body ?? '');
    expect(end.Message).toBe(
      `You have chosen to deactivate subscription ${arn}.\nTo cancel this operation and restore the subscription, visit the SubscribeURL included in this message.`,
    );
    expect(await isSigned(ended?.body ?? '')).toBe(true);
    expect((await refusalOf(attributesOf(arn))).name).toBe('NotFoundException');

    expect(await (await fetch(end.SubscribeURL)).text()).toContain(arn);
    await publish({ TopicArn: topic, Message: 'again' });
    const [, , , again] = await arrived(4);
    expect(JSON.parse(again?.body ?? '').Message).toBe('again');
  });

  test('gets the bare message with raw delivery, in the content type of the policy', async () => {
    const topic = await engine.topic('raw');
    const arn = await subscribed(topic, {
      RawMessageDelivery: 'true',
      DeliveryPolicy: '{"requestPolicy":{"headerContentType":"text/csv"}}',
    });
    await publish({ TopicArn: topic, Message: 'a,b' });
    const [, raw] = await arrived(2);
    expect(raw?.body).toBe('a,b');
    expect(raw?.headers).toMatchObject({
      'content-type': 'text/csv',
      'x-amz-sns-rawdelivery': 'true',
      'x-amz-sns-subscription-arn': arn,
    });
  });

  test('has its delivery policy shown in full, and what follows from that of the topic', async () => {
    const topic = await engine.topic('policies', {
      DeliveryPolicy: '{"http":{"defaultRequestPolicy":{"headerContentType":"application/json"}}}',
    });
    const retry = { minDelayTarget: 1, maxDelayTarget: 1, numRetries: 0 };
    const arn = await subscribe(topic, {
      DeliveryPolicy: JSON.stringify({
        healthyRetryPolicy: retry,
        throttlePolicy: { maxReceivesPerSecond: 1000 },
      }),
    });
    const shown = await attributesOf(arn);
    expect(JSON.parse(shown.DeliveryPolicy ?? '')).toEqual({
      healthyRetryPolicy: retry,
      sicklyRetryPolicy: null,
      throttlePolicy: { maxReceivesPerSecond: 1000 },
      requestPolicy: null,
      guaranteed: false,
    });
    expect(JSON.parse(shown.EffectiveDeliveryPolicy ?? '')).toEqual({
      healthyRetryPolicy: {
        ...retry,
        numMaxDelayRetries: 0,
        numNoDelayRetries: 0,
        numMinDelayRetries: 0,
        backoffFunction: 'linear',
      },
      sicklyRetryPolicy: null,
      throttlePolicy: { maxReceivesPerSecond: 1000 },
      requestPolicy: { headerContentType: 'application/json' },
      guaranteed: false,
    });
  });

  test('has a password of its URL kept to itself', async () => {
    const topic = await engine.topic('password');
    const Endpoint = endpoint.url.replace('http://', 'http://me:s%40cret@');
    await engine.sns.send(new SubscribeCommand({ TopicArn: topic, Protocol: 'http', Endpoint }));
    const [asked] = await arrived(1);
    expect(asked?.headers.authorization).toBe(
      `Basic ${Buffer.from('me:s@cret').toString('base64')}`,
    );
    const list = new ListSubscriptionsByTopicCommand({ TopicArn: topic });
    const { Subscriptions = [] } = await engine.sns.send(list);
    expect(Subscriptions[0]?.Endpoint).toContain('//me:****@');
  });
});

describe('a delivery over HTTP that fails', () => {
  const tried = () => endpoint.requests.length;

  test('is tried again three times, twenty seconds apart, and goes to the dead-letter queue', async () => {
    const topic = await engine.topic('failing');
    const dead = await engine.queue('failing-dead');
    await subscribed(topic, { RedrivePolicy: JSON.stringify({ deadLetterTargetArn: dead.arn }) });
    endpoint.answer(500);
    await publish({ TopicArn: topic });
    await arrived(2);
    for (const [wait, count] of [
      [19_999, 2],
      [1, 3],
      [20_000, 4],
      [19_999, 4],
    ] as const) {
      await clock.advance(wait);
      expect(tried()).toBe(count);
    }
    expect(await engine.receive(dead.url)).toEqual([]);
    await clock.advance(1);
    const [letter] = await engine.receive(dead.url);
    expect(JSON.parse(letter?.Body ?? '')).toMatchObject({
      Type: 'Notification',
      Message: 'hello',
    });
    expect(letter?.MessageAttributes).toBeUndefined();
    await clock.advance(3_600_000);
    expect(tried()).toBe(5);
    expect((await told('?protocol=http')).at(-1)).toMatchObject({
      type: 'Notification',
      state: 'failed',
      deadLetterArn: dead.arn,
      attempts: [{ status: 500 }, { status: 500 }, { status: 500 }, { status: 500 }],
    });
  });

  test('is not tried again after an error of the client', async () => {
    const topic = await engine.topic('gone');
    const dead = await engine.queue('gone-dead');
    await subscribed(topic, {
      RawMessageDelivery: 'true',
      RedrivePolicy: JSON.stringify({ deadLetterTargetArn: dead.arn }),
    });
    endpoint.answer(404);
    await publish({ TopicArn: topic });
    await expect.poll(async () => (await engine.receive(dead.url))[0]?.Body).toBe('hello');
    await clock.advance(3_600_000);
    expect(tried()).toBe(2);
  });

  test('follows the phases of its policy until the endpoint takes it', async () => {
    const topic = await engine.topic('phases');
    await subscribed(topic, {
      DeliveryPolicy: JSON.stringify({
        healthyRetryPolicy: {
          minDelayTarget: 2,
          maxDelayTarget: 10,
          numRetries: 7,
          numNoDelayRetries: 1,
          numMinDelayRetries: 1,
          numMaxDelayRetries: 1,
          backoffFunction: 'linear',
        },
      }),
    });
    endpoint.answer(503);
    await publish({ TopicArn: topic });
    // At once, then the shortest wait, then 2, 4⅔, 7⅓ and 10 s, then the longest one.
    await arrived(3);
    for (const [wait, count] of [
      [2_000, 4],
      [2_000, 5],
      [4_666, 5],
      [1, 6],
      [7_334, 7],
    ] as const) {
      await clock.advance(wait);
      expect(tried()).toBe(count);
    }
    endpoint.answer(200);
    await clock.advance(10_000);
    expect(tried()).toBe(8);
    await clock.advance(3_600_000);
    expect(tried()).toBe(8);
    expect((await told()).at(-1)).toMatchObject({ state: 'delivered' });
  });

  test('ends with its subscription', async () => {
    const topic = await engine.topic('ended');
    const arn = await subscribed(topic);
    endpoint.answer(500);
    await publish({ TopicArn: topic });
    await arrived(2);
    await engine.sns.send(new UnsubscribeCommand({ SubscriptionArn: arn }));
    await arrived(3);
    endpoint.answer(200);
    await clock.advance(3_600_000);
    const types = endpoint.requests.map(({ headers }) => headers['x-amz-sns-message-type']);
    expect(types.filter((type) => type === 'Notification')).toHaveLength(1);
  });

  test('ends with a reset', async () => {
    const topic = await engine.topic('reset');
    await subscribed(topic);
    endpoint.answer(500);
    await publish({ TopicArn: topic });
    await arrived(2);
    await fetch(`${engine.running.endpoint}/_pubsub/reset`, { method: 'POST' });
    await clock.advance(3_600_000);
    expect(tried()).toBe(2);
    expect(await told()).toEqual([]);
  });

  test('where nobody listens is tried again, across a restart', async () => {
    const stateDir = await mkdtemp(join(tmpdir(), 'pubsub-http-'));
    const first = await startSns({ stateDir });
    try {
      const topic = await first.topic('restart');
      const arn = await first.sns
        .send(
          new SubscribeCommand({
            TopicArn: topic,
            Protocol: 'http',
            Endpoint: endpoint.url,
            Attributes: {
              DeliveryPolicy: JSON.stringify({
                healthyRetryPolicy: { minDelayTarget: 1, maxDelayTarget: 1, numRetries: 100 },
              }),
            },
            ReturnSubscriptionArn: true,
          }),
        )
        .then(({ SubscriptionArn }) => SubscriptionArn);
      const [asked] = await arrived(1);
      await fetch(JSON.parse(asked?.body ?? '').SubscribeURL);
      endpoint.answer(500);
      await first.sns.send(new PublishCommand({ TopicArn: topic, Message: 'kept' }));
      await arrived(2);
      expect(arn).toContain(topic);
    } finally {
      await first.stop();
    }
    endpoint.answer(200);
    const count = endpoint.requests.length;
    const second = await startSns({ stateDir });
    try {
      await arrived(count + 1);
      expect(JSON.parse(endpoint.requests.at(-1)?.body ?? '').Message).toBe('kept');
    } finally {
      await second.stop();
      await rm(stateDir, { recursive: true });
    }
  });
});

describe('endpoints on other machines', () => {
  test('are subscribed, and nothing is sent to them', async () => {
    const topic = await engine.topic('far');
    const Endpoint = 'https://example.com/hook';
    await engine.sns.send(new SubscribeCommand({ TopicArn: topic, Protocol: 'https', Endpoint }));
    const [confirmation] = await told('?protocol=https');
    expect(confirmation).toMatchObject({
      type: 'SubscriptionConfirmation',
      endpoint: Endpoint,
      state: 'kept',
      attempts: [],
    });
    await fetch(String(confirmation?.subscribeUrl));
    await publish({ TopicArn: topic });
    const deliveries = await told(`?endpoint=${encodeURIComponent(Endpoint)}&topic=${topic}`);
    expect(deliveries).toMatchObject([{}, { type: 'Notification', state: 'kept', attempts: [] }]);
    expect(await told(`?after=${deliveries[0]?.number}`)).toHaveLength(1);
    expect(await told('?limit=1')).toMatchObject([{ type: 'Notification' }]);
  });

  test('are reached where they were named at the start', async () => {
    await engine.stop();
    engine = await startSns({ allowHttp: ['hooks.invalid', 'other.invalid:81'] });
    const topic = await engine.topic('named');
    for (const Endpoint of [
      'http://hooks.invalid/a',
      'http://other.invalid:81/b',
      'http://other.invalid/c',
      'http://127.0.0.1.example.com/d',
    ]) {
      await engine.sns.send(new SubscribeCommand({ TopicArn: topic, Protocol: 'http', Endpoint }));
    }
    // `.invalid` leads nowhere: what counts is that it was tried.
    const states = async () =>
      (await told()).map(({ state, attempts }) => [
        state,
        Array.isArray(attempts) && attempts.length > 0,
      ]);
    await expect.poll(states).toEqual([
      ['pending', true],
      ['pending', true],
      ['kept', false],
      ['kept', false],
    ]);
  });

  test.each([
    ['http', 'https://example.com'],
    ['https', 'http://example.com'],
    ['http', 'http://'],
    ['http', 'example.com'],
    ['http', ''],
  ])('are refused: %s %s', async (Protocol, Endpoint) => {
    const TopicArn = await engine.topic('refused');
    const refused = await refusalOf(
      engine.sns.send(new SubscribeCommand({ TopicArn, Protocol, Endpoint })),
    );
    expect(refused).toMatchObject({
      code: 'InvalidParameter',
      message: 'Invalid parameter: Endpoint must match the specified protocol',
    });
  });
});

test('a topic bounds how often an endpoint is called', async () => {
  const topic = await engine.topic('throttled');
  await engine.sns.send(
    new SetTopicAttributesCommand({
      TopicArn: topic,
      AttributeName: 'DeliveryPolicy',
      AttributeValue: '{"http":{"defaultThrottlePolicy":{"maxReceivesPerSecond":2}}}',
    }),
  );
  await subscribed(topic);
  for (let count = 0; count < 3; count += 1) await publish({ TopicArn: topic });
  await arrived(2);
  for (const [wait, count] of [
    [499, 2],
    [1, 3],
    [500, 4],
  ] as const) {
    await clock.advance(wait);
    expect(endpoint.requests.length).toBe(count);
  }
});
