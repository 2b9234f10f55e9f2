import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { sqsQueue } from '../../../src/lib/aws/message-queue.ts';
import { type ConsumeOptions, consume } from '../../../src/lib/consume/consumer.ts';
import { rememberHandledEvents } from '../../../src/lib/consume/handled-events.ts';
import { AppError } from '../../../src/lib/rules/errors.ts';
import { deferred } from '../../../src/library/deferred.ts';
import { useEndpoint } from '../../fixtures/endpoint.ts';
import { startProxy, type TestProxy } from '../../fixtures/proxy.ts';
import { createTestQueue, orders, startConsumer, type TestQueue } from './consumer-queue.ts';

const endpoint = useEndpoint();
let proxy: TestProxy;
let queue: TestQueue;
/** What each receive asked for. */
let asked: { readonly MaxNumberOfMessages: number; readonly WaitTimeSeconds: number }[] = [];
beforeAll(async () => {
  proxy = await startProxy(endpoint.url);
  proxy.rule = ({ action, body }) => {
    if (action === 'ReceiveMessage') asked.push(JSON.parse(body));
    return undefined;
  };
});
beforeEach(async () => {
  asked = [];
  queue = await createTestQueue(endpoint);
});
afterAll(() => proxy.close());

type Given = Partial<Omit<ConsumeOptions, 'queue' | 'signal' | 'subscriber'>>;
const start = (more: Given = {}) =>
  startConsumer({ aws: proxy.aws, queueUrl: queue.url, handler: () => {}, ...more });

describe('what a consumer asks for first', () => {
  it.each<[Given, number, number]>([
    [{}, 10, 20],
    [{ concurrency: 1 }, 1, 20],
    [{ concurrency: 10 }, 10, 20],
    [{ concurrency: 11 }, 10, 20],
    [{ max: 3 }, 3, 20],
    [{ waitSeconds: 3 }, 10, 3],
    [{ idleTimeout: 60 }, 10, 20],
    [{ idleTimeout: 7.5 }, 10, 8],
    [{ idleTimeout: 0.5 }, 10, 1],
    [{ idleTimeout: 30, waitSeconds: 4 }, 10, 4],
  ])('with %j is %i messages within %i s', async (options, most, seconds) => {
    const consumer = start(options);
    await expect.poll(() => asked.length).toBe(1);
    expect(await consumer.end()).toMatchObject({ end: 'stopped', deleted: 0, released: 0 });
    expect(asked).toMatchObject([{ MaxNumberOfMessages: most, WaitTimeSeconds: seconds }]);
  });

  it('is what is left of its bound, what other polls have asked for included', async () => {
    await queue.send(orders(25));
    const consumer = start({ max: 25, concurrency: 40 });
    expect(await consumer.ended).toMatchObject({ end: 'max', deleted: 25 });
    expect(asked.map((each) => each.MaxNumberOfMessages)).toEqual([10, 10, 5]);
  });

  it('is nothing where it was stopped before', async () => {
    const ended = consume({
      ...{ queue: sqsQueue(proxy.aws, queue.url), subscriber: 'email', handler: () => {} },
      signal: AbortSignal.abort(),
      idleTimeout: 1,
    });
    expect(await ended).toEqual({
      ...{ subscriber: 'email', end: 'stopped', deleted: 0, released: 0, fatal: undefined },
      outcomes: { handled: 0, failed: 0, invalid: 0, timeout: 0, duplicate: 0 },
    });
    expect(asked).toEqual([]);
  });
});

it('messages of one group are handled side by side where their queue is no FIFO queue', async () => {
  const at = { QueueUrl: queue.url, MessageGroupId: 'g' };
  for (const MessageBody of ['a', 'b']) {
    await endpoint.aws.sqs.send(new SendMessageCommand({ ...at, MessageBody }));
  }
  const both = deferred<void>();
  let begun = 0;
  const consumer = start({
    max: 2,
    handler: () => {
      begun += 1;
      if (begun === 2) both.resolve();
      return both.promise;
    },
  });
  expect(await consumer.ended).toMatchObject({ deleted: 2 });
});

describe('the visibility timeout of the queue', () => {
  // Handlers take as long as they say, however busy the machine is.
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['performance'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it.each([
    ['is read once where a handler takes a quarter of a second', 250, 1],
    ['is not read where handlers are quicker', 249, 0],
  ])('%s', async (_, ms, reads) => {
    (proxy.counts as Map<string, number>).clear();
    await queue.send(orders(2));
    const handler = () => void vi.advanceTimersByTime(ms);
    const consumer = start({ max: 2, concurrency: 1, handler });
    expect(await consumer.ended).toMatchObject({ deleted: 2 });
    // Nobody waits for it.
    await expect.poll(() => proxy.counts.get('GetQueueAttributes') ?? 0).toBe(reads);
  });
});

describe('the memory of a consumer', () => {
  const forgets = (error: unknown): Given['handledEvents'] => ({
    ...rememberHandledEvents(),
    has: () => {
      throw error;
    },
  });

  it('ends the run where it fails, and what was in hand is there again', async () => {
    await queue.send(orders(3));
    const lost = new AppError({ code: 'DedupeStoreFailed', message: 'gone' });
    const consumer = start({ handledEvents: forgets(lost), concurrency: 1 });
    expect(await consumer.ended).toMatchObject({ end: 'failed', fatal: lost, deleted: 0 });
    expect(consumer.messages).toEqual([]);
  });

  it('is no reason to go on where it has a defect', async () => {
    await queue.send(orders(1));
    await expect(
      start({ handledEvents: forgets(new TypeError('a defect')) }).ended,
    ).rejects.toThrow('a defect');
  });
});

describe('what is told of a message', () => {
  it('is its event, how it ended and how long that took, and what makes sense for that', async () => {
    await queue.send(orders(1));
    await queue.sendText('{"event_id":"bad","event_type":"x"}');
    const consumer = start({
      max: 2,
      handler: ({ id }) => {
        if (id !== 'bad') return 'a line';
        throw Object.assign(new Error('no order'), { code: 'InvalidEvent' });
      },
    });
    expect(await consumer.ended).toMatchObject({
      outcomes: { handled: 1, invalid: 1 },
      deleted: 1,
    });
    const [bad, good] = ['invalid', 'handled'].map((outcome) =>
      consumer.messages.find((message) => message.outcome === outcome),
    );
    const known = { subscriber: 'email', messageId: expect.any(String), receiveCount: 1 };
    expect([bad, good]).toEqual([
      {
        ...{ ...known, event: bad?.event, eventId: 'bad', ms: expect.any(Number) },
        ...{ outcome: 'invalid', reason: 'no order', body: '{"event_id":"bad","event_type":"x"}' },
      },
      {
        ...{ ...known, event: good?.event, eventId: good?.event?.id, ms: expect.any(Number) },
        ...{ outcome: 'handled', result: 'a line' },
      },
    ]);
  });
});
