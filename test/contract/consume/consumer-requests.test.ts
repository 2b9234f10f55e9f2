import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isIndependent, useEndpoint } from '../../fixtures/endpoint.ts';
import { createPublisher } from '../../fixtures/orders.ts';
import { startProxy, type TestProxy } from '../../fixtures/proxy.ts';
import { fanOutAt, newPlace, urlOf } from '../../fixtures/topology.ts';
import { orders, startConsumer } from './consumer-queue.ts';

const endpoint = useEndpoint();
let proxy: TestProxy;
beforeAll(async () => {
  proxy = await startProxy(endpoint.url);
});
afterAll(() => proxy.close());

/** Requests beside full batches. */
const FEW = 10;

/** Sends orders through topic and queues to three subscribers, and counts what it cost. */
async function fanOut(count: number, listenFirst: boolean) {
  const place = await newPlace(endpoint);
  const topicArn = await fanOutAt(place);
  const urls = await Promise.all(
    place.topology.subscribers.map(async ({ name, queue }) => ({
      name,
      url: await urlOf(place, queue),
    })),
  );
  (proxy.counts as Map<string, number>).clear();
  const events = orders(count);
  const publish = () =>
    createPublisher({ aws: proxy.aws, topicArn }).publish(events.map((event) => ({ event })));
  const listen = () =>
    urls.map(({ name, url }) =>
      startConsumer({
        aws: proxy.aws,
        queueUrl: url,
        subscriber: name,
        max: count,
        handler: () => {},
      }),
    );
  let consumers = listenFirst ? listen() : [];
  expect(await publish()).toMatchObject({ published: count, failed: 0 });
  if (!listenFirst) consumers = listen();
  const summaries = await Promise.all(consumers.map(({ ended }) => ended));
  for (const [index, summary] of summaries.entries()) {
    expect(summary).toMatchObject({ end: 'max', deleted: count, outcomes: { handled: count } });
    const seen = new Set(consumers[index]?.messages.map(({ event }) => event?.id));
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

describe('what orders to three subscribers cost', () => {
  // How many messages a poll ends with, and whether two polls at once get the same ones, is the implementation's choice.
  it.skipIf(isIndependent)(
    'is a request for every ten messages when the orders are there',
    async () => {
      const cost = await fanOut(100, false);
      expect(cost.publishes).toBe(10);
      expect(cost.receives + cost.deletes).toBeLessThanOrEqual(60 + FEW);
      expect(cost.all).toBeLessThanOrEqual(70 + FEW);
    },
  );

  it.skipIf(isIndependent)(
    'is 710 requests for 1,000 orders when the subscribers listen meanwhile',
    async () => {
      const cost = await fanOut(1000, true);
      expect(cost.receives + cost.deletes).toBeLessThanOrEqual(610);
      expect(cost.all).toBeLessThanOrEqual(710);
    },
  );
});
