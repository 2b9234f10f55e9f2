import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { useEndpoint } from '../../fixtures/endpoint.ts';
import { orderIn } from '../../fixtures/orders.ts';
import { createTestQueue, orders, SHORT_VISIBILITY, startConsumer } from './consumer-queue.ts';

const endpoint = useEndpoint();
const NOTHING = { visible: 0, inFlight: 0 };
const FIFO = { FifoQueue: 'true' };

/** Three groups of events, and a list of what was begun in each. */
async function newGroups(count: number, attributes: Record<string, string> = {}) {
  const queue = await createTestQueue(endpoint, { ...FIFO, ...attributes });
  const groups = new Map(['a', 'b', 'c'].map((group) => [group, orders(count)]));
  const begun = new Map<string, number[]>();
  const running = new Map<string, number>();
  for (const [group, events] of groups) await queue.send(events, group);
  return {
    queue,
    begun,
    /** A handler's body: fails if another one of its group runs. */
    handle: async (group: string | undefined, orderId: number, work: () => Promise<void>) => {
      const key = group ?? '';
      begun.set(key, [...(begun.get(key) ?? []), orderId]);
      running.set(key, (running.get(key) ?? 0) + 1);
      expect(running.get(key)).toBe(1);
      try {
        await work();
      } finally {
        running.set(key, (running.get(key) ?? 0) - 1);
      }
    },
  };
}
const first = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

describe('a FIFO queue', () => {
  it('is handled in order within each group, and the groups side by side', async () => {
    const { queue, begun, handle } = await newGroups(15);
    let together = 0;
    let most = 0;
    const consumer = startConsumer({
      aws: endpoint.aws,
      queueUrl: queue.url,
      max: 45,
      handler: (event, { groupId }) =>
        handle(groupId, orderIn(event).order_id, async () => {
          most = Math.max(most, ++together);
          await sleep(orderIn(event).order_id % 3);
          together--;
        }),
    });
    expect(await consumer.ended).toMatchObject({ deleted: 45, outcomes: { handled: 45 } });
    for (const group of ['a', 'b', 'c']) expect(begun.get(group)).toEqual(first(15));
    expect(most).toBeGreaterThan(1);
    expect(await queue.depth()).toEqual(NOTHING);
  });

  it('waits in a group for the message that failed, and goes on with the others', async () => {
    const { queue, begun, handle } = await newGroups(6);
    const times: { group: string | undefined; orderId: number; at: number }[] = [];
    let failures = 0;
    const consumer = startConsumer({
      aws: endpoint.aws,
      queueUrl: queue.url,
      idleTimeout: 6,
      waitSeconds: 1,
      retryDelay: 3,
      handler: (event, { groupId }) =>
        handle(groupId, orderIn(event).order_id, async () => {
          times.push({ group: groupId, orderId: orderIn(event).order_id, at: performance.now() });
          await sleep(5);
          if (groupId === 'b' && orderIn(event).order_id === 3 && ++failures <= 1)
            throw new Error('no');
        }),
    });
    const { outcomes, released } = await consumer.ended;
    expect(outcomes).toMatchObject({ handled: 18, failed: 1 });
    expect(released).toBeGreaterThan(0);
    expect(begun.get('a')).toEqual(first(6));
    expect(begun.get('b')).toEqual([1, 2, 3, 3, 4, 5, 6]);
    expect(begun.get('c')).toEqual(first(6));
    const again = times.findLast(({ group, orderId }) => group === 'b' && orderId === 3)?.at ?? 0;
    const others = times.filter(({ group }) => group !== 'b').map(({ at }) => at);
    expect(Math.max(...others)).toBeLessThan(again);
    expect(await queue.depth()).toEqual(NOTHING);
  });

  // Each receive counts, also of a message that is given back unbegun because the one before it failed.
  it('spends no receives of those behind a message that keeps failing', async () => {
    const dead = await createTestQueue(endpoint, FIFO);
    const queue = await createTestQueue(endpoint, {
      ...FIFO,
      RedrivePolicy: JSON.stringify({ deadLetterTargetArn: await dead.arn(), maxReceiveCount: 3 }),
    });
    await queue.send(orders(6), 'a');
    const handled: number[] = [];
    const consumer = startConsumer({
      aws: endpoint.aws,
      queueUrl: queue.url,
      idleTimeout: 3,
      waitSeconds: 1,
      retryDelay: 0,
      handler: (event) => {
        const { order_id } = orderIn(event);
        if (order_id === 1) throw new Error('no');
        handled.push(order_id);
      },
    });
    expect(await consumer.ended).toMatchObject({ outcomes: { handled: 5, failed: 3 } });
    expect(handled).toEqual([2, 3, 4, 5, 6]);
    expect(await dead.depth()).toEqual({ visible: 1, inFlight: 0 });
  });

  it('holds its group back at the first message that its handler refuses', async () => {
    const queue = await createTestQueue(endpoint, FIFO);
    const { SendMessageCommand } = await import('@aws-sdk/client-sqs');
    await endpoint.aws.sqs.send(
      new SendMessageCommand({
        QueueUrl: queue.url,
        MessageBody: 'no event',
        MessageGroupId: 'a',
        MessageDeduplicationId: 'x',
      }),
    );
    await queue.send(orders(3), 'a');
    const consumer = startConsumer({
      aws: endpoint.aws,
      queueUrl: queue.url,
      idleTimeout: 1,
      handler: () => {
        throw Object.assign(new Error('no'), { code: 'InvalidEvent' });
      },
    });
    expect(await consumer.ended).toMatchObject({
      outcomes: { handled: 0, invalid: 1 },
      released: 3,
    });
  });

  it('keeps a long line of slow ones hidden until their turn', async () => {
    const queue = await createTestQueue(endpoint, {
      ...FIFO,
      VisibilityTimeout: String(SHORT_VISIBILITY),
    });
    await queue.send(orders(8), 'a');
    const consumer = startConsumer({
      aws: endpoint.aws,
      queueUrl: queue.url,
      max: 8,
      handler: async () => sleep(200 * SHORT_VISIBILITY),
    });
    expect(await consumer.ended).toMatchObject({ deleted: 8, outcomes: { handled: 8 } });
    expect(consumer.messages.map(({ receiveCount }) => receiveCount)).toEqual(Array(8).fill(1));
    expect(consumer.problems).toEqual([]);
  });
});

describe('groups of a standard queue', () => {
  it('are handled side by side: they have no order', async () => {
    const queue = await createTestQueue(endpoint);
    const { SendMessageCommand } = await import('@aws-sdk/client-sqs');
    const { serializeOrderEvent } = await import('../../fixtures/orders.ts');
    for (const event of orders(4)) {
      const MessageBody = serializeOrderEvent(event);
      await endpoint.aws.sqs.send(
        new SendMessageCommand({ QueueUrl: queue.url, MessageBody, MessageGroupId: 'a' }),
      );
    }
    let together = 0;
    let most = 0;
    const consumer = startConsumer({
      aws: endpoint.aws,
      queueUrl: queue.url,
      max: 4,
      handler: async () => {
        most = Math.max(most, ++together);
        await sleep(50);
        together--;
      },
    });
    expect(await consumer.ended).toMatchObject({ deleted: 4 });
    expect(most).toBeGreaterThan(1);
  });
});
