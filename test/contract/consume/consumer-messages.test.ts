import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { findQueueUrl } from '../../../src/lib/aws/queues.ts';
import type { MessageFacts } from '../../../src/lib/consume/consumed.ts';
import { useEndpoint } from '../../fixtures/endpoint.ts';
import { createPublisher, orderIn } from '../../fixtures/orders.ts';
import { startProxy } from '../../fixtures/proxy.ts';
import { fanOutAt, newPlace, subscriber } from '../../fixtures/topology.ts';
import { createTestQueue, orders, SHORT_VISIBILITY, startConsumer } from './consumer-queue.ts';

const endpoint = useEndpoint();
const NOTHING = { visible: 0, inFlight: 0 };
const patient = { timeout: 60_000, interval: 50 };

describe('what becomes of a message', () => {
  it('is deleted when it was handled, through a topic', async () => {
    const place = await newPlace(endpoint);
    const topicArn = await fanOutAt(place);
    const url = (await findQueueUrl(place.aws, subscriber(place).queue)) ?? '';
    const events = orders(3);
    await createPublisher({ aws: place.aws, topicArn }).publish(
      events.map((event) => ({ event, attributes: { channel: 'web' } })),
    );
    const facts: MessageFacts[] = [];
    const consumer = startConsumer({
      aws: place.aws,
      queueUrl: url,
      max: 3,
      handler: (_event, about) => facts.push(about),
    });
    const summary = await consumer.ended;
    expect(summary).toMatchObject({ end: 'max', deleted: 3, released: 0, fatal: undefined });
    expect(consumer.messages.map(({ event }) => event?.id)).toEqual(
      expect.arrayContaining(events.map(({ event_id }) => event_id)),
    );
    expect(consumer.messages[0]).toMatchObject({
      subscriber: 'email',
      outcome: 'handled',
      receiveCount: 1,
      ms: expect.any(Number),
    });
    expect(facts[0]).toMatchObject({
      topicArn,
      subject: 'Order Event: order.created',
      attributes: {
        event_type: { type: 'String', value: 'order.created' },
        channel: { type: 'String', value: 'web' },
      },
    });
  });

  it('is deleted when it was handled, with raw delivery', async () => {
    const queue = await createTestQueue(endpoint);
    const events = orders(25);
    await queue.send(events);
    const consumer = startConsumer({
      aws: endpoint.aws,
      queueUrl: queue.url,
      max: 25,
      handler: async () => sleep(1),
    });
    expect(await consumer.ended).toMatchObject({ end: 'max', deleted: 25 });
    expect(consumer.messages.map(({ event }) => orderIn(event).total.toFixed(2)).sort()).toEqual(
      events.map(({ total }) => total).sort(),
    );
    expect(await queue.depth()).toEqual(NOTHING);
  });

  it('stays when the handler failed, and comes again when its delay is over', async () => {
    const queue = await createTestQueue(endpoint);
    await queue.send(orders(1));
    let calls = 0;
    const consumer = startConsumer({
      aws: endpoint.aws,
      queueUrl: queue.url,
      retryDelay: 0,
      handler: () => {
        calls++;
        if (calls === 1) throw new Error('the mail server is down');
      },
      max: 2,
    });
    expect(await consumer.ended).toMatchObject({
      outcomes: { handled: 1, failed: 1 },
      deleted: 1,
    });
    expect(consumer.messages).toMatchObject([
      { outcome: 'failed', receiveCount: 1, reason: 'the mail server is down' },
      { outcome: 'handled', receiveCount: 2 },
    ]);
    expect(await queue.depth()).toEqual(NOTHING);
  });

  it('is hidden for the visibility timeout when it failed and no delay is given', async () => {
    const queue = await createTestQueue(endpoint);
    await queue.send(orders(1));
    const handler = (): void => {
      throw new Error('no');
    };
    const consumer = startConsumer({ aws: endpoint.aws, queueUrl: queue.url, handler, max: 1 });
    expect(await consumer.ended).toMatchObject({ outcomes: { failed: 1 }, deleted: 0 });
    expect(await queue.depth()).toEqual({ visible: 0, inFlight: 1 });
  });

  it('is invalid when it is not what the handler asks for: told with the reason, left, and never in the way', async () => {
    const place = await newPlace(endpoint);
    await fanOutAt(place);
    const { queue, dlq } = subscriber(place);
    const url = (await findQueueUrl(place.aws, queue)) ?? '';
    const dlqUrl = (await findQueueUrl(place.aws, dlq)) ?? '';
    const texts = [
      'not json',
      '{"order_id":1}',
      '<xml/>',
      // These break careless readers: no text can be made of the object, no stack holds the arrays.
      '{"event_id":"a","timestamp":"2025-01-01","event_type":{"toString":1}}',
      `{"event_id":"a","more":${'['.repeat(5000)}${']'.repeat(5000)}}`,
    ];
    const { sqs } = place.aws;
    const { SendMessageCommand } = await import('@aws-sdk/client-sqs');
    for (const MessageBody of texts) {
      await sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody }));
    }
    const consumer = startConsumer({
      aws: place.aws,
      queueUrl: url,
      retryDelay: 0,
      handler: () => {
        throw Object.assign(new Error('This is not an order event.'), { code: 'InvalidEvent' });
      },
    });
    // Three receives each, then the dead-letter queue.
    await vi.waitFor(() => expect(consumer.messages).toHaveLength(3 * texts.length), patient);
    const { messageId } = consumer.messages[0] ?? {};
    expect(messageId).toBeTruthy();
    for (const message of consumer.messages) {
      expect(message).toMatchObject({ outcome: 'invalid', event: { text: message.body } });
      expect(texts).toContain(message.body);
      expect(message.reason).toContain('not an order event');
    }
    const dead = startConsumer({
      aws: place.aws,
      queueUrl: dlqUrl,
      handler: () => {},
      max: texts.length,
    });
    await dead.ended;
    expect(dead.messages.map(({ event }) => event?.text).sort()).toEqual([...texts].sort());
    expect((await consumer.end()).deleted).toBe(0);
  });
});

describe('how a run ends', () => {
  it('ends when nothing came for the idle timeout, counted from the last message', async () => {
    const queue = await createTestQueue(endpoint);
    await queue.send(orders(2));
    const begun = performance.now();
    const consumer = startConsumer({
      aws: endpoint.aws,
      queueUrl: queue.url,
      idleTimeout: 1,
      handler: () => {},
    });
    expect(await consumer.ended).toMatchObject({ end: 'idle', deleted: 2 });
    expect(performance.now() - begun).toBeGreaterThanOrEqual(1000);
  });

  it('takes no message beyond the most that it may', async () => {
    const queue = await createTestQueue(endpoint);
    await queue.send(orders(15));
    const consumer = startConsumer({
      aws: endpoint.aws,
      queueUrl: queue.url,
      max: 12,
      handler: () => {},
    });
    expect(await consumer.ended).toMatchObject({ end: 'max', deleted: 12 });
    expect(await queue.depth()).toEqual({ visible: 3, inFlight: 0 });
  });

  it('ends a long poll at once when it is stopped', async () => {
    const queue = await createTestQueue(endpoint);
    const proxy = await startProxy(endpoint.url);
    try {
      const polled = new Promise<void>((resolve) => {
        proxy.rule = () => {
          resolve();
          // It is never answered.
          return { until: new Promise(() => {}) };
        };
      });
      const consumer = startConsumer({ aws: proxy.aws, queueUrl: queue.url, handler: () => {} });
      await polled;
      expect(await consumer.end()).toMatchObject({ end: 'stopped', fatal: undefined });
    } finally {
      await proxy.close();
    }
  });

  it('finishes what runs and gives back what was not begun when it is stopped', async () => {
    const queue = await createTestQueue(endpoint);
    const gate = gateOf();
    await queue.send(orders(12));
    let begun = 0;
    const consumer = startConsumer({
      aws: endpoint.aws,
      queueUrl: queue.url,
      concurrency: 1,
      // The first is fast: the next ones are received ahead. The second waits for the test.
      handler: () => (++begun === 1 ? undefined : gate.promise),
    });
    await vi.waitFor(
      async () => expect((await queue.depth()).inFlight).toBeGreaterThan(8),
      patient,
    );
    await vi.waitFor(() => expect(begun).toBe(2), patient);
    consumer.stop();
    // Others need not wait for the handler that still runs.
    await vi.waitFor(
      async () => expect(await queue.depth()).toEqual({ visible: 10, inFlight: 1 }),
      patient,
    );
    gate.resolve(undefined);
    const summary = await consumer.ended;
    expect(summary).toMatchObject({ end: 'stopped', outcomes: { handled: begun }, deleted: begun });
    expect(summary.released).toBeGreaterThan(5);
    expect(begun).toBe(2);
    expect(await queue.depth()).toEqual({ visible: 10, inFlight: 0 });
  });

  it('gives back what was not begun also when it is stopped while the last ones are handled', async () => {
    const queue = await createTestQueue(endpoint);
    const gate = gateOf();
    await queue.send(orders(3));
    let begun = 0;
    const consumer = startConsumer({
      aws: endpoint.aws,
      queueUrl: queue.url,
      concurrency: 1,
      max: 3,
      handler: () => (++begun === 1 ? undefined : gate.promise),
    });
    await vi.waitFor(
      async () => expect([begun, await queue.depth()]).toEqual([2, { visible: 0, inFlight: 2 }]),
      patient,
    );
    consumer.stop();
    await vi.waitFor(
      async () => expect(await queue.depth()).toEqual({ visible: 1, inFlight: 1 }),
      patient,
    );
    gate.resolve(undefined);
    expect(await consumer.ended).toMatchObject({ end: 'max', deleted: 2, released: 1 });
  });

  it('names a queue that is gone when it ends for that', async () => {
    const queue = await createTestQueue(endpoint);
    const { deleteQueue } = await import('../../../src/lib/aws/queues.ts');
    await deleteQueue(endpoint.aws, queue.url);
    const consumer = startConsumer({ aws: endpoint.aws, queueUrl: queue.url, handler: () => {} });
    const { end, fatal } = await consumer.ended;
    expect(end).toBe('failed');
    expect(fatal).toMatchObject({ code: 'QueueNotFound', exitCode: 1 });
  });
});

describe('how many handlers run', () => {
  it('never more than asked for, and as many as that', async () => {
    const queue = await createTestQueue(endpoint);
    await queue.send(orders(40));
    let running = 0;
    let most = 0;
    const consumer = startConsumer({
      aws: endpoint.aws,
      queueUrl: queue.url,
      concurrency: 4,
      max: 40,
      handler: async () => {
        most = Math.max(most, ++running);
        await sleep(10);
        running--;
      },
    });
    expect(await consumer.ended).toMatchObject({ deleted: 40 });
    expect(most).toBe(4);
  });

  it('receives no more ahead than it can begin while it holds it', async () => {
    const queue = await createTestQueue(endpoint, {
      VisibilityTimeout: String(SHORT_VISIBILITY),
    });
    await queue.send(orders(6));
    const consumer = startConsumer({
      aws: endpoint.aws,
      queueUrl: queue.url,
      concurrency: 1,
      max: 6,
      handler: async () => sleep(300 * SHORT_VISIBILITY),
    });
    expect(await consumer.ended).toMatchObject({ outcomes: { handled: 6 }, deleted: 6 });
    expect(consumer.messages.every(({ receiveCount }) => receiveCount === 1)).toBe(true);
    expect(consumer.problems).toEqual([]);
  });
});

/** A promise that the test resolves. */
function gateOf(): { promise: Promise<unknown>; resolve: (value: unknown) => void } {
  let resolve: (value: unknown) => void = () => {};
  const promise = new Promise((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
