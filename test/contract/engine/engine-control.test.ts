import { CreateTopicCommand, PublishCommand, SubscribeCommand } from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  GetQueueUrlCommand,
  ListQueuesCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import { expect, it } from 'vitest';
import { isIndependent, useEndpoint } from '../../fixtures/endpoint.ts';

const endpoint = useEndpoint();

interface Answer {
  readonly time: string;
  readonly messages: readonly { readonly event: { readonly id: number } }[];
  readonly error: { readonly message: string };
}

async function post(path: string, given: object = {}) {
  const answer = await fetch(`${endpoint.url}/_pubsub/${path}`, {
    method: 'POST',
    body: JSON.stringify(given),
  });
  return { status: answer.status, body: (await answer.json()) as Answer };
}

async function newQueue(QueueName: string, Attributes: Record<string, string> = {}) {
  const command = new CreateQueueCommand({ QueueName, Attributes });
  return (await endpoint.aws.sqs.send(command)).QueueUrl ?? '';
}

const send = (QueueUrl: string, MessageBody: string, DelaySeconds = 0) =>
  endpoint.aws.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody, DelaySeconds }));

it.skipIf(isIndependent)(
  'reset forgets everything, ends receives that wait, and leaves an engine that works',
  async () => {
    const QueueUrl = await newQueue('gone');
    const Entries = Array.from({ length: 10 }, (_, at) => ({ Id: `${at}`, MessageBody: `m${at}` }));
    for (let batch = 0; batch < 100; batch += 1) {
      await endpoint.aws.sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
    }
    const idle = await newQueue('idle');
    const poll = endpoint.aws.sqs
      .send(new ReceiveMessageCommand({ QueueUrl: idle, WaitTimeSeconds: 20 }))
      .catch((error: unknown) => error);
    const receivers = () => fetch(`${endpoint.url}/_pubsub/receivers`).then((got) => got.text());
    await expect.poll(receivers).toContain(':idle"');

    await endpoint.engine.reset();
    expect(await post('reset')).toEqual({ status: 200, body: { reset: true } });

    expect(await poll).toMatchObject({ name: 'QueueDoesNotExist' });
    expect((await endpoint.aws.sqs.send(new ListQueuesCommand({}))).QueueUrls).toBeUndefined();
    // The 60 s that a name stays taken are forgotten too.
    await send(await newQueue('gone'), 'again');
    await expect(
      endpoint.aws.sqs.send(new GetQueueUrlCommand({ QueueName: 'gone' })),
    ).resolves.toBeDefined();
  },
);

it.skipIf(isIndependent)('the clock can be looked at, advanced and frozen', async () => {
  const QueueUrl = await newQueue('clock');
  await send(QueueUrl, 'later', 900);
  const frozen = await post('clock', { frozen: true });
  expect(frozen.body).toMatchObject({ frozen: true });

  const before = Date.parse(frozen.body.time);
  expect((await post('clock', { advance: '14m' })).body.time).toBe(
    new Date(before + 14 * 60_000).toISOString(),
  );
  const receive = new ReceiveMessageCommand({ QueueUrl });
  expect((await endpoint.aws.sqs.send(receive)).Messages).toBeUndefined();
  // Members that are null, as serializers write those that nobody set, count as not given.
  await post('clock', { advance: '60s', frozen: null });
  await post('clock', { advance: 0, frozen: false });
  expect((await endpoint.aws.sqs.send(receive)).Messages).toHaveLength(1);

  expect(await post('clock', { advance: 'soon' })).toMatchObject({
    status: 400,
    body: { error: { message: 'advance must be a length of time, not "soon".' } },
  });
  // What is refused changes nothing.
  for (const given of [{ frozen: true, advance: 'soon' }, { frozen: 'yes' }, { frozen: 1 }]) {
    expect((await post('clock', given)).status, JSON.stringify(given)).toBe(400);
  }
  const shown = await (await fetch(`${endpoint.url}/_pubsub/clock`)).json();
  expect(shown).toMatchObject({ frozen: false });
  expect((shown as { advanced: number }).advanced).toBeGreaterThanOrEqual(15 * 60_000 - 1000);
  await post('reset');
  expect((await post('clock')).body).toMatchObject({ frozen: false, advanced: 0 });
});

it.skipIf(isIndependent)('faults can be exchanged while it runs', async () => {
  await post('faults', { faults: 'error=100%' });
  const refused = await fetch(`${endpoint.url}/?Action=ListQueues`);
  expect(refused.status).toBe(500);
  expect((await post('faults')).body).toEqual({ faults: 'error=100%', seed: 0 });

  await post('faults', { faults: '' });
  expect((await fetch(`${endpoint.url}/?Action=ListQueues`)).status).toBe(200);
  expect((await post('faults', { faults: 'fire' })).status).toBe(400);
  expect(await post('faults', { faults: { error: 1 } })).toMatchObject({
    status: 400,
    body: { error: { message: 'faults must be a text, not an object.' } },
  });
});

it.skipIf(isIndependent)(
  'wait answers when enough messages that fit are in a queue, however they came',
  async () => {
    const waiting = post('wait', {
      queue: 'orders',
      count: 2,
      where: { event_type: ['order.created'] },
      timeout: '60s',
    });
    const QueueUrl = await newQueue('orders');
    const { TopicArn } = await endpoint.aws.sns.send(new CreateTopicCommand({ Name: 'orders' }));
    const Endpoint = 'arn:aws:sqs:us-east-1:000000000000:orders';
    const Policy = JSON.stringify({
      Statement: { Effect: 'Allow', Principal: '*', Action: 'sqs:SendMessage', Resource: '*' },
    });
    await newQueue('orders-2', { Policy });
    await endpoint.aws.sns.send(
      new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint: `${Endpoint}-2` }),
    );
    await send(QueueUrl, '{"event_type":"order.updated","id":1}');
    await send(QueueUrl, 'no JSON');
    await send(QueueUrl, '{"event_type":"order.created","id":2}', 900);
    await send(QueueUrl, '{"event_type":"order.created","id":3}');

    const { status, body } = await waiting;
    expect(status).toBe(200);
    expect(body.messages.map(({ event }) => event.id)).toEqual([2, 3]);

    const Message = '{"event_type":"order.created","id":4}';
    await endpoint.aws.sns.send(new PublishCommand({ TopicArn, Message }));
    const enveloped = await post('wait', { queue: 'orders-2', where: { id: [4] } });
    expect(enveloped.body.messages[0]?.event).toEqual(JSON.parse(Message));
  },
);

it.skipIf(isIndependent)('wait says what is there when its time is up', async () => {
  await send(await newQueue('few'), '{"id":1}');

  expect(await post('wait', { queue: 'few', count: 3, timeout: '20ms' })).toEqual({
    status: 408,
    body: {
      error: {
        code: 'WaitTimedOut',
        message: 'Waited for 3 messages in few: 1 after 0.02 s.',
        hint: 'pubsub doctor',
      },
    },
  });
  const none = await post('wait', { queue: 'none', timeout: '20ms' });
  expect(none.body.error.message).toBe(
    'Waited for 1 message in none: there is no such queue after 0.02 s.',
  );
  const bad = await post('wait', { queue: 'few', where: { id: [{ no: 1 }] } });
  expect(bad.status).toBe(400);
  for (const count of [-1, 1.5, '1.5', true, [3], '', 1_000_000]) {
    expect(await post('wait', { queue: 'few', count }), `${count}`).toMatchObject({
      status: 400,
      body: { error: { message: expect.stringContaining('count must be a whole number from 0') } },
    });
  }
  const { body } = await post('wait', { queue: 'few', timeout: 'soon' });
  expect(body.error.message).toBe('timeout must be a length of time, not "soon".');
});

it.skipIf(isIndependent).each([
  ['reset', { hard: true }, 'reset does not take "hard".', 'It takes nothing.'],
  ['clock', { advanced: '1s' }, 'clock does not take "advanced".', 'It takes advance, frozen.'],
  ['faults', { throttle: '5%' }, 'faults does not take "throttle".', 'It takes faults, seed.'],
  ['faults', { __proto: 1 }, 'faults does not take "__proto".', 'It takes faults, seed.'],
  [
    'wait',
    { queue: 'q', counts: 0 },
    'wait does not take "counts".',
    'It takes queue, count, where, timeout.',
  ],
])('%s refuses %j, which would change nothing', async (path, given, message, hint) => {
  expect(await post(path, given)).toMatchObject({
    status: 400,
    body: { error: { message, hint } },
  });
});
