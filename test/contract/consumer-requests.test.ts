import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPublisher } from '../../src/lib/messaging/publisher.ts';
import { orders, startConsumer } from './consumer-queue.ts';
import { isIndependent, useEndpoint } from './endpoint.ts';
import { startProxy, type TestProxy } from './proxy.ts';
import { newPlace, setUpAt, urlOf } from './topology.ts';

const endpoint = useEndpoint();
let proxy: TestProxy;
beforeAll(async () => {
  proxy = await startProxy(endpoint.url);
});
afterAll(() => proxy.close());

// Other implementations are slow: the same for a tenth of the orders.
const ORDERS = isIndependent ? 100 : 1000;
/** A full batch for every ten orders: one publish, three receives, three deletes. And a few. */
const BATCHES = ORDERS / 10;
const FEW = 10;

/** Sends 1,000 orders through topic and queues, and counts what it cost. */
async function fanOut(listenFirst: boolean) {
  const place = await newPlace(endpoint);
  const { observed } = await setUpAt(place);
  const urls = await Promise.all(
    place.topology.subscribers.map(async ({ name, queue }) => ({
      name,
      url: await urlOf(place, queue),
    })),
  );
  (proxy.counts as Map<string, number>).clear();
  const events = orders(ORDERS);
  const publish = () =>
    createPublisher({ aws: proxy.aws, topicArn: observed.topicArn ?? '' }).publish(
      events.map((event) => ({ event })),
    );
  const listen = () =>
    urls.map(({ name, url }) =>
      startConsumer({
        aws: proxy.aws,
        queueUrl: url,
        subscriber: name,
        max: ORDERS,
        handler: () => {},
      }),
    );
  let consumers = listenFirst ? listen() : [];
  expect(await publish()).toMatchObject({ published: ORDERS, failed: 0 });
  if (!listenFirst) consumers = listen();
  const summaries = await Promise.all(consumers.map(({ ended }) => ended));
  for (const [index, summary] of summaries.entries()) {
    expect(summary).toMatchObject({ end: 'max', deleted: ORDERS, outcomes: { handled: ORDERS } });
    const seen = new Set(consumers[index]?.messages.map(({ event }) => event?.event_id));
    expect(seen).toEqual(new Set(events.map(({ event_id }) => event_id)));
  }
  const of = (action: string): number => proxy.counts.get(action) ?? 0;
  return {
    publishes: of('PublishBatch'),
    receives: of('ReceiveMessage'),
    deletes: of('DeleteMessageBatch'),
    all: [...proxy.counts.values()].reduce((sum, count) => sum + count, 0),
  };
}

describe('what 1,000 orders to three subscribers cost', () => {
  it('takes a request for every ten messages when the orders are there', async () => {
    const cost = await fanOut(false);
    expect(cost.publishes).toBe(BATCHES);
    expect(cost.receives + cost.deletes).toBeLessThanOrEqual(6 * BATCHES + FEW);
    expect(cost.all).toBeLessThanOrEqual(7 * BATCHES + FEW);
  });

  // How many messages a long poll ends with is the implementation's choice.
  it.skipIf(isIndependent)('costs no more when the subscribers listen meanwhile', async () => {
    const cost = await fanOut(true);
    expect(cost.receives + cost.deletes).toBeLessThanOrEqual(6 * BATCHES + FEW);
    expect(cost.all).toBeLessThanOrEqual(7 * BATCHES + FEW);
  });
});
