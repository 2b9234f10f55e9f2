import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Aws, createAws } from '../../../src/lib/aws/clients.ts';
import { isIndependent, useEndpoint } from '../../fixtures/endpoint.ts';
import { startProxy } from '../../fixtures/proxy.ts';
import { createTestQueue, orders, startConsumer } from './consumer-queue.ts';

const endpoint = useEndpoint();
const patient = { timeout: 15_000, interval: 25 };
const NOTHING = { visible: 0, inFlight: 0 };

/** Receives of one client, as they go out and come back. */
interface Watch {
  begun: number;
  now: number;
  most: number;
  /** Messages that came. */
  messages: number;
  /** Called with the messages of each answer. */
  onMessages: (count: number) => void;
}

let aws: Aws;
let polls: Watch;
beforeEach(async () => {
  aws = await createAws(endpoint.settings);
  polls = watchPolls(aws);
});
afterEach(() => aws.close());

function watchPolls({ sqs }: Aws): Watch {
  const watch: Watch = { begun: 0, now: 0, most: 0, messages: 0, onMessages: () => {} };
  sqs.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        if (commandName !== 'ReceiveMessageCommand') return next(args);
        watch.begun++;
        watch.now++;
        watch.most = Math.max(watch.most, watch.now);
        try {
          const result = await next(args);
          const { Messages = [] } = result.output as { Messages?: unknown[] };
          watch.messages += Messages.length;
          watch.onMessages(Messages.length);
          return result;
        } finally {
          watch.now--;
        }
      },
    { step: 'initialize', name: 'watchPolls' },
  );
  return watch;
}

// Several receives at once: another implementation may hand one message to two of them, or answer after seconds.
const ours = describe.skipIf(isIndependent);

ours('long polls', () => {
  it('are several while each brings all that it asked for, and one when nothing comes', async () => {
    const queue = await createTestQueue(endpoint);
    await queue.send(orders(200));
    const consumer = startConsumer({
      aws,
      queueUrl: queue.url,
      concurrency: 40,
      waitSeconds: 1,
      handler: () => sleep(5),
    });
    await vi.waitFor(() => expect(consumer.messages).toHaveLength(200), patient);
    expect(polls.most).toBeGreaterThan(1);
    expect(polls.most).toBeLessThanOrEqual(5);
    await vi.waitFor(() => expect(polls.now).toBe(1), patient);
    polls.most = 0;
    const { begun } = polls;
    await vi.waitFor(() => expect(polls.begun).toBeGreaterThan(begun + 2), patient);
    expect(polls.most).toBe(1);
    expect(await consumer.end()).toMatchObject({ end: 'stopped', deleted: 200, released: 0 });
    expect(await queue.depth()).toEqual(NOTHING);
  });

  it('are never more than handlers need', async () => {
    const queue = await createTestQueue(endpoint);
    await queue.send(orders(60));
    const consumer = startConsumer({
      aws,
      queueUrl: queue.url,
      concurrency: 1,
      max: 60,
      handler: () => {},
    });
    expect(await consumer.ended).toMatchObject({ end: 'max', deleted: 60 });
    expect(polls.most).toBeLessThanOrEqual(2);
    expect(polls.messages).toBe(60);
  });

  it('come one after the other from a FIFO queue, and keep the order in each group', async () => {
    const queue = await createTestQueue(endpoint, { FifoQueue: 'true' });
    const groups = new Map([...'abcdef'].map((group) => [group, orders(20)]));
    await Promise.all([...groups].map(([group, events]) => queue.send(events, group)));
    const seen = new Map([...groups].map(([group]) => [group, [] as string[]]));
    const consumer = startConsumer({
      aws,
      queueUrl: queue.url,
      concurrency: 30,
      max: 120,
      handler: async ({ id }, { groupId = '' }) => {
        await sleep(Math.random() * 5);
        seen.get(groupId)?.push(id);
      },
    });
    expect(await consumer.ended).toMatchObject({ deleted: 120 });
    expect(polls.most).toBe(1);
    for (const [group, events] of groups) {
      expect(seen.get(group)).toEqual(events.map(({ event_id }) => event_id));
    }
  });
});

ours('back-pressure', () => {
  it('receives no more than handlers can take while they are busy', async () => {
    const queue = await createTestQueue(endpoint);
    await queue.send(orders(100));
    let open: () => void = () => {};
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    let running = 0;
    const consumer = startConsumer({
      aws,
      queueUrl: queue.url,
      concurrency: 25,
      max: 100,
      handler: async () => {
        running++;
        await gate;
      },
    });
    await vi.waitFor(() => expect(running).toBe(25), patient);
    await sleep(300);
    expect(polls.messages).toBe(25);
    expect(polls.now).toBe(0);
    open();
    expect(await consumer.ended).toMatchObject({ deleted: 100 });
  });

  it('keeps few messages ahead of fast handlers', async () => {
    const queue = await createTestQueue(endpoint);
    await queue.send(orders(300));
    let undone = 0;
    const consumer = startConsumer({
      aws,
      queueUrl: queue.url,
      concurrency: 20,
      max: 300,
      handler: () => sleep(1),
    });
    polls.onMessages = () => {
      undone = Math.max(undone, polls.messages - consumer.messages.length);
    };
    expect(await consumer.ended).toMatchObject({ deleted: 300 });
    expect(undone).toBeLessThanOrEqual(20 + 10);
  });
});

ours('a stop', () => {
  it('ends all polls that wait', async () => {
    const queue = await createTestQueue(endpoint);
    await queue.send(orders(100));
    const consumer = startConsumer({
      aws,
      queueUrl: queue.url,
      concurrency: 40,
      handler: () => {},
    });
    await vi.waitFor(() => expect(consumer.messages).toHaveLength(100), patient);
    await vi.waitFor(() => expect(polls.now).toBeGreaterThan(0), patient);
    // Each of them would wait for 20 s.
    expect(await consumer.end()).toMatchObject({ end: 'stopped', deleted: 100 });
    expect(polls.now).toBe(0);
  }, 15_000);

  it('gives back what comes while it stops', async () => {
    const proxy = await startProxy(endpoint.url);
    /** Stops a consumer when SQS has handed out messages, and the consumer doesn't know yet. */
    const stopInBetween = async () => {
      const queue = await createTestQueue(endpoint);
      await queue.send(orders(10));
      const consumer = startConsumer({ aws: proxy.aws, queueUrl: queue.url, handler: () => {} });
      proxy.rule = ({ action }) =>
        action === 'ReceiveMessage'
          ? {
              answer: (body) => {
                consumer.stop();
                return body;
              },
            }
          : undefined;
      const { end, deleted, released } = await consumer.ended;
      return { end, deleted, released, ...(await queue.depth()) };
    };
    try {
      // A machine that is very busy may take longer over an answer than a stop waits for it.
      await vi.waitFor(
        async () =>
          expect(await stopInBetween()).toEqual({
            end: 'stopped',
            deleted: 0,
            released: 10,
            visible: 10,
            inFlight: 0,
          }),
        patient,
      );
    } finally {
      await proxy.close();
    }
  });

  it('in the middle of it all leaves nothing hidden', async () => {
    const stopInTheMiddle = async () => {
      const queue = await createTestQueue(endpoint);
      await queue.send(orders(300));
      const consumer = startConsumer({
        aws,
        queueUrl: queue.url,
        concurrency: 30,
        handler: () => {
          if (consumer.messages.length > 50) consumer.stop();
          return sleep(2);
        },
      });
      const { deleted } = await consumer.ended;
      expect(deleted).toBe(consumer.messages.length);
      return { deleted, ...(await queue.depth()) };
    };
    // See above for why it may take more than one.
    await vi.waitFor(async () => {
      const { deleted, visible, inFlight } = await stopInTheMiddle();
      expect({ visible, inFlight }).toEqual({ visible: 300 - deleted, inFlight: 0 });
    }, patient);
  });
});
