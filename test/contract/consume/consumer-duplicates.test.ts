import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { useEndpoint } from '../../fixtures/endpoint.ts';
import { createTestQueue, orders, startConsumer } from './consumer-queue.ts';

const endpoint = useEndpoint();
const NOTHING = { visible: 0, inFlight: 0 };

describe('an event that comes twice', () => {
  it('is handled once, and deleted each time', async () => {
    const queue = await createTestQueue(endpoint);
    const events = orders(5);
    await queue.send([...events, ...events]);
    const handled: string[] = [];
    const consumer = startConsumer({
      aws: endpoint.aws,
      queueUrl: queue.url,
      max: 10,
      handler: async ({ id }) => {
        await sleep(20);
        handled.push(id);
      },
    });
    expect(await consumer.ended).toMatchObject({
      outcomes: { handled: 5, duplicate: 5 },
      deleted: 10,
    });
    expect(handled.sort()).toEqual(events.map(({ event_id }) => event_id).sort());
    expect(await queue.depth()).toEqual(NOTHING);
  });

  it('is tried again where the first one failed, also at the same time', async () => {
    const queue = await createTestQueue(endpoint);
    const [event] = orders(1);
    if (event) await queue.send([event, event]);
    let calls = 0;
    const consumer = startConsumer({
      aws: endpoint.aws,
      queueUrl: queue.url,
      max: 3,
      retryDelay: 0,
      handler: async () => {
        await sleep(20);
        if (++calls === 1) throw new Error('no');
      },
    });
    expect(await consumer.ended).toMatchObject({
      outcomes: { failed: 1, handled: 1, duplicate: 1 },
      deleted: 2,
    });
    expect(await queue.depth()).toEqual(NOTHING);
  });
});
