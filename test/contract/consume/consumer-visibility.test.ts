import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deferred } from '../../../src/library/deferred.ts';
import { isIndependent, useEndpoint } from '../../fixtures/endpoint.ts';
import { startProxy, type TestProxy } from '../../fixtures/proxy.ts';
import { createTestQueue, orders, SHORT_VISIBILITY, startConsumer } from './consumer-queue.ts';

const endpoint = useEndpoint();
let proxy: TestProxy;
beforeAll(async () => {
  proxy = await startProxy(endpoint.url);
});
afterAll(() => proxy.close());

const CHANGE = 'ChangeMessageVisibilityBatch';
const VISIBILITY = { VisibilityTimeout: String(SHORT_VISIBILITY) };
/** A handler of so many visibility timeouts. */
const takes = (times: number) => sleep(times * SHORT_VISIBILITY * 1000);

describe('while a handler runs', () => {
  it('nobody else gets the message, and it is handled once', async () => {
    const queue = await createTestQueue(endpoint, VISIBILITY);
    await queue.send(orders(4));
    const options = {
      queueUrl: queue.url,
      handler: async () => takes(1.75),
      idleTimeout: 2 * SHORT_VISIBILITY,
    };
    const consumers = [proxy.aws, endpoint.aws].map((aws) => startConsumer({ aws, ...options }));
    const summaries = await Promise.all(consumers.map(({ ended }) => ended));
    expect(summaries.reduce((sum, { deleted }) => sum + deleted, 0)).toBe(4);
    const messages = consumers.flatMap((consumer) => consumer.messages);
    expect(messages.map(({ receiveCount }) => receiveCount)).toEqual([1, 1, 1, 1]);
    expect(consumers.flatMap(({ problems }) => problems)).toEqual([]);
  });

  it('extends ten messages with a request, and none after its handler ended', async () => {
    const queue = await createTestQueue(endpoint, VISIBILITY);
    await queue.send(orders(10));
    (proxy.counts as Map<string, number>).clear();
    const consumer = startConsumer({
      aws: proxy.aws,
      queueUrl: queue.url,
      concurrency: 10,
      max: 10,
      handler: async () => {
        await takes(0.75);
        throw new Error('no');
      },
    });
    expect(await consumer.ended).toMatchObject({ outcomes: { failed: 10 }, deleted: 0 });
    expect(proxy.counts.get(CHANGE)).toBe(1);
    const next = startConsumer({
      aws: endpoint.aws,
      queueUrl: queue.url,
      max: 10,
      handler: () => {},
    });
    // Extended at half the time, they are there again after three quarters more.
    expect(await next.ended).toMatchObject({ deleted: 10 });
    expect(proxy.counts.get(CHANGE)).toBe(1);
  });

  it('tells a message that cannot be extended, and still deletes what it handled', async () => {
    const queue = await createTestQueue(endpoint, VISIBILITY);
    await queue.send(orders(2));
    proxy.rule = ({ action }) =>
      action === CHANGE ? { status: 403, error: 'AccessDeniedException' } : undefined;
    const consumer = startConsumer({
      aws: proxy.aws,
      queueUrl: queue.url,
      max: 2,
      handler: async () => takes(0.75),
    });
    expect(await consumer.ended).toMatchObject({ end: 'max', deleted: 2 });
    expect(consumer.problems).toMatchObject([{ kind: 'unextended' }]);
    proxy.rule = () => undefined;
  });
});

describe('a message that waited for a handler until it was visible again', () => {
  it.skipIf(isIndependent)('is left to its next receive, and told', async () => {
    const queue = await createTestQueue(endpoint, { VisibilityTimeout: '1' });
    const events = orders(8);
    await queue.send(events);
    proxy.rule = ({ action }) =>
      action === CHANGE ? { status: 403, error: 'AccessDeniedException' } : undefined;
    let calls = 0;
    const handled: string[] = [];
    const consumer = startConsumer({
      aws: proxy.aws,
      queueUrl: queue.url,
      concurrency: 1,
      // The first is quick, so that several are taken ahead of the second.
      handler: async ({ id }) => {
        if (++calls === 2) await sleep(1_200);
        handled.push(id);
        if (handled.length === 8) consumer.stop();
      },
    });
    // The second one may come again before it is deleted: as a duplicate.
    expect(await consumer.ended).toMatchObject({ end: 'stopped', outcomes: { handled: 8 } });
    proxy.rule = () => undefined;
    expect(handled.toSorted()).toEqual(events.map(({ event_id }) => event_id).toSorted());
    const kinds = new Set(consumer.problems.map(({ kind }) => kind));
    expect(kinds).toEqual(new Set(['unextended', 'expired']));
    const again = consumer.messages.filter(
      ({ receiveCount, outcome }) => receiveCount > 1 && outcome === 'handled',
    );
    const told = consumer.problems.flatMap((each) =>
      each.kind === 'expired' ? [each.messageId] : [],
    );
    expect(new Set(told)).toEqual(new Set(again.map(({ messageId }) => messageId)));
  });
});

describe('an extension that is under way', () => {
  it('is told once where it is refused, however many there are', async () => {
    const queue = await createTestQueue(endpoint, VISIBILITY);
    const events = orders(2);
    await queue.send(events.slice(0, 1));
    const both = deferred<void>();
    let changes = 0;
    proxy.rule = ({ action }) => {
      if (action !== CHANGE) return undefined;
      changes += 1;
      // The second one is for the message that came while the first was in hand.
      if (changes === 1) void queue.send(events.slice(1));
      else both.resolve();
      return { status: 403, error: 'AccessDeniedException', until: both.promise };
    };
    const consumer = startConsumer({
      aws: proxy.aws,
      queueUrl: queue.url,
      max: 2,
      handler: async () => {
        await both.promise;
        await expect.poll(() => consumer.problems.length).toBeGreaterThan(0);
      },
    });
    expect(await consumer.ended).toMatchObject({ end: 'max', deleted: 2 });
    expect(consumer.problems).toMatchObject([{ kind: 'unextended' }]);
    proxy.rule = () => undefined;
  });

  /** Holds the first extension back, and tells the requests that come. */
  const holdExtension = () => {
    const changes: string[] = [];
    const arrived = deferred<void>();
    const held = deferred<void>();
    proxy.rule = ({ action, body }) => {
      if (action !== CHANGE) return undefined;
      changes.push(body);
      arrived.resolve();
      return changes.length === 1 ? { until: held.promise } : undefined;
    };
    return { changes, arrived: arrived.promise, letGo: () => held.resolve() };
  };

  it('ends before its message, which failed, is shown again', async () => {
    const queue = await createTestQueue(endpoint, VISIBILITY);
    await queue.send(orders(1));
    const { changes, arrived, letGo } = holdExtension();
    let toldBefore: number | undefined;
    const consumer = startConsumer({
      aws: proxy.aws,
      queueUrl: queue.url,
      max: 1,
      retryDelay: 0,
      handler: async () => {
        await arrived;
        setTimeout(() => {
          toldBefore = consumer.messages.length;
          letGo();
        }, 50);
        throw new Error('no');
      },
    });
    expect(await consumer.ended).toMatchObject({ outcomes: { failed: 1 } });
    expect(toldBefore).toBe(0);
    expect(changes).toHaveLength(2);
    expect(await queue.depth()).toEqual({ visible: 1, inFlight: 0 });
    proxy.rule = () => undefined;
  });

  it('ends before a message that nobody began is given back', async () => {
    const queue = await createTestQueue(endpoint, { ...VISIBILITY, FifoQueue: 'true' });
    await queue.send(orders(2), 'one-by-one');
    const { changes, arrived, letGo } = holdExtension();
    let changesBefore: number | undefined;
    const consumer = startConsumer({
      aws: proxy.aws,
      queueUrl: queue.url,
      handler: async () => {
        await arrived;
        consumer.stop();
        // Longer than messages wait to be given back together.
        setTimeout(() => {
          changesBefore = changes.length;
          letGo();
        }, 500);
      },
    });
    expect(await consumer.ended).toMatchObject({ outcomes: { handled: 1 }, released: 1 });
    expect(changesBefore).toBe(1);
    expect(await queue.depth()).toEqual({ visible: 1, inFlight: 0 });
    proxy.rule = () => undefined;
  });
});

describe('the time limit', () => {
  it('stops a handler through its signal; the message comes again', async () => {
    const queue = await createTestQueue(endpoint, VISIBILITY);
    await queue.send(orders(1));
    let calls = 0;
    const consumer = startConsumer({
      aws: endpoint.aws,
      queueUrl: queue.url,
      timeout: 1,
      max: 2,
      retryDelay: 0,
      handler: async (_event, { signal }) => {
        // Nothing else ends it.
        if (++calls === 1) await once(signal, 'abort');
      },
    });
    expect(await consumer.ended).toMatchObject({ outcomes: { timeout: 1, handled: 1 } });
    expect(consumer.messages).toMatchObject([
      { outcome: 'timeout', receiveCount: 1, reason: 'not done within 1 s' },
      { outcome: 'handled', receiveCount: 2 },
    ]);
  });
});

describe('a message that fails again and again', () => {
  it('comes after a delay that grows, and ends in the dead-letter queue', async () => {
    const dlq = await createTestQueue(endpoint);
    const { GetQueueAttributesCommand } = await import('@aws-sdk/client-sqs');
    const { Attributes } = await endpoint.aws.sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: dlq.url, AttributeNames: ['QueueArn'] }),
    );
    const deadLetterTargetArn = Attributes?.QueueArn;
    const queue = await createTestQueue(endpoint, {
      RedrivePolicy: JSON.stringify({ deadLetterTargetArn, maxReceiveCount: 2 }),
    });
    await queue.send(orders(1));
    const at: number[] = [];
    const delays: number[] = [];
    proxy.rule = ({ action, body }) => {
      const { Entries } = JSON.parse(body) as { Entries: { VisibilityTimeout: number }[] };
      if (action === CHANGE) delays.push(...Entries.map((entry) => entry.VisibilityTimeout));
      return undefined;
    };
    const consumer = startConsumer({
      aws: proxy.aws,
      queueUrl: queue.url,
      retryDelay: 1,
      handler: () => {
        at.push(performance.now());
        throw new Error('no');
      },
    });
    const dead = startConsumer({ aws: endpoint.aws, queueUrl: dlq.url, max: 1, handler: () => {} });
    expect(await dead.ended).toMatchObject({ deleted: 1 });
    expect(await consumer.end()).toMatchObject({ outcomes: { failed: 2 }, deleted: 0 });
    const [first = 0, second = 0] = at;
    expect(second - first).toBeGreaterThan(900);
    expect(delays).toEqual([1, 2]);
  });
});
