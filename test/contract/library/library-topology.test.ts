import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  createPublisher,
  createSubscriber,
  type DefinedTopology,
  defineTopology,
  setUpTopology,
  type TopologyDefinition,
  tearDownTopology,
} from '../../../src/index.ts';
import { findQueueUrl } from '../../../src/lib/aws/queues.ts';
import { findTopicArn } from '../../../src/lib/aws/topics.ts';
import { readReasons } from '../../../src/lib/consume/failure-reasons.ts';
import { uniquePrefix, useEndpoint } from '../../fixtures/endpoint.ts';

vi.setConfig({ testTimeout: 60_000 });
const endpoint = useEndpoint();

interface OrderEvents {
  'order.placed': { order: number };
  'order.paid': { order: number };
}

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pubsub-library-'));
  vi.stubEnv('XDG_STATE_HOME', folder);
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});
const topologies: DefinedTopology<OrderEvents>[] = [];
afterEach(async () => {
  for (const each of topologies.splice(0)) {
    await tearDownTopology(each, { endpointUrl: endpoint.url });
  }
});

async function setUp(more: Partial<TopologyDefinition<OrderEvents>> = {}) {
  const topology = defineTopology<OrderEvents>({
    name: 'shop',
    prefix: uniquePrefix(),
    subscribers: { books: {} },
    ...more,
  });
  topologies.push(topology);
  await setUpTopology(topology, { endpointUrl: endpoint.url });
  const publisher = createPublisher({ topology, endpointUrl: endpoint.url });
  const listen = (name: string) =>
    createSubscriber({
      topology,
      name,
      endpointUrl: endpoint.url,
      waitSeconds: 1,
      concurrency: 4,
    });
  return { topology, publisher, listen };
}

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

describe('a topology of a program', () => {
  it('is torn down with all that belongs to it, and only once', async () => {
    const { topology } = await setUp();
    const connection = { endpointUrl: endpoint.url };
    expect(await tearDownTopology(topology, connection)).toEqual({ deleted: 4, remaining: [] });
    expect(await tearDownTopology(topology, connection)).toEqual({ deleted: 0, remaining: [] });
    expect(await findQueueUrl(endpoint.aws, topology.subscribers[0]?.queue ?? '')).toBeUndefined();
  });

  it('gives each subscriber what its filter lets through, wrapped or raw', async () => {
    const { publisher, listen } = await setUp({
      subscribers: {
        books: { filterPolicy: { event_type: ['order.paid'] } },
        archive: { rawDelivery: true },
      },
    });
    await publisher.publish('order.placed', { order: 1 });
    await publisher.publish('order.paid', { order: 2 });
    const seen: string[] = [];
    const running = ['books', 'archive'].map((name) =>
      listen(name).on('*', ({ event_type }) => seen.push(`${name} ${event_type}`)),
    );
    for (const subscriber of running) await subscriber.start();
    await vi.waitFor(() => expect(seen).toHaveLength(3), 40_000);
    for (const subscriber of running) await subscriber.stop();
    await publisher.close();
    expect(seen.sort()).toEqual(['archive order.paid', 'archive order.placed', 'books order.paid']);
  });

  it.each([
    [{ filterPolicy: { event_type: 'order.paid' } }, 'must be an object or an array'],
    [{ filterPolicy: { order: { id: [1] } } }, 'MessageAttributes does not support nested'],
  ])('refuses the filter of %j', (books, words) => {
    expect(() => defineTopology({ name: 'shop', subscribers: { books } })).toThrow(words);
  });
});

describe('what somebody else made', () => {
  it('is never taken over unasked, and never deleted', async () => {
    const connection = { endpointUrl: endpoint.url };
    const prefix = uniquePrefix();
    const shop = defineTopology({ name: 'shop', prefix, subscribers: { mail: { queue: 'mail' } } });
    const blog = defineTopology({ name: 'blog', prefix, subscribers: { mail: { queue: 'mail' } } });
    await setUpTopology(shop, connection);
    await expect(setUpTopology(blog, connection)).rejects.toMatchObject({ code: 'NotOurs' });
    expect(await findTopicArn(endpoint.aws, `${prefix}-blog-events`)).toBeUndefined();
    expect(await tearDownTopology(blog, connection)).toEqual({
      deleted: 0,
      remaining: [`${prefix}-mail`],
    });
    expect(await findQueueUrl(endpoint.aws, `${prefix}-mail`)).toBeDefined();

    expect((await setUpTopology(blog, { ...connection, adopt: true })).changes).toBeGreaterThan(0);
    expect((await tearDownTopology(blog, connection)).remaining).toEqual([]);
    expect(await findQueueUrl(endpoint.aws, `${prefix}-mail`)).toBeUndefined();
    await tearDownTopology(shop, connection);
  });

  it('and is only described is neither set up nor torn down', async () => {
    const topology = defineTopology({ name: 'shop', subscribers: { mail: {} }, managed: false });
    const connection = { endpointUrl: endpoint.url };
    await expect(setUpTopology(topology, connection)).rejects.toMatchObject({ code: 'NotManaged' });
    await expect(tearDownTopology(topology, connection)).rejects.toMatchObject({
      code: 'NotManaged',
    });
  });
});

describe('a FIFO topology', () => {
  it('delivers the events of a group in their order', async () => {
    const { topology, publisher, listen } = await setUp({ fifo: true });
    expect(topology.topics[0]?.name).toMatch(/-shop-events\.fifo$/);
    const seen = new Map<string, number[]>();
    const subscriber = listen('books').on('*', ({ data }, { groupId = '' }) => {
      const { order } = data as { order: number };
      seen.set(groupId, [...(seen.get(groupId) ?? []), order]);
    });
    await subscriber.start();
    await Promise.all(
      ['a', 'b'].flatMap((group) =>
        upTo(15).map((order) => publisher.publish('order.placed', { order }, { group })),
      ),
    );
    await Promise.all(upTo(5).map((order) => publisher.publish('order.paid', { order })));
    await vi.waitFor(() => expect([...seen.values()].flat()).toHaveLength(35), 40_000);
    await subscriber.stop();
    expect(Object.fromEntries(seen)).toEqual({ a: upTo(15), b: upTo(15), events: upTo(5) });
    await expect(publisher.publish('order.paid', { order: 1 }, { group: '' })).rejects.toThrow(
      'A group must be',
    );
    await publisher.close();
  });
});

describe('the trace of the environment', () => {
  const trace = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
  afterEach(() => vi.stubEnv('TRACEPARENT', undefined));

  it('goes along, unless the event has one or there is no room', async () => {
    const { publisher, listen } = await setUp();
    vi.stubEnv('TRACEPARENT', trace);
    const own = trace.replaceAll('a', 'c');
    const nine = Object.fromEntries(upTo(9).map((number) => [`a${number}`, 'x']));
    await publisher.publish('order.placed', { order: 1 });
    await publisher.publish('order.placed', { order: 2 }, { attributes: { traceparent: own } });
    await publisher.publish('order.placed', { order: 3 }, { attributes: nine });
    const seen = new Map<number, string | undefined>();
    const subscriber = listen('books').on('order.placed', ({ data }, { traceparent }) =>
      seen.set(data.order, traceparent),
    );
    await subscriber.start();
    await vi.waitFor(() => expect(seen.size).toBe(3), 40_000);
    await subscriber.stop();
    await publisher.close();
    expect([seen.get(1), seen.get(2), seen.get(3)]).toEqual([trace, own, undefined]);
  });
});

describe('why an event was not handled', () => {
  it.each([true, false])(
    'is kept on this machine, unless it must not be: %s',
    async (keepReasons) => {
      const { topology, publisher } = await setUp();
      const { eventId } = await publisher.publish('order.placed', { order: 1 });
      await publisher.close();
      const failed: string[] = [];
      const subscriber = createSubscriber({
        topology,
        name: 'books',
        endpointUrl: endpoint.url,
        waitSeconds: 1,
        keepReasons,
        onMessage: ({ outcome }) => failed.push(outcome),
      }).on('*', () => {
        throw new Error('the books are closed');
      });
      await subscriber.start();
      await vi.waitFor(() => expect(failed).toEqual(['failed']), 40_000);
      await subscriber.stop();
      const reasons = await readReasons(
        join(folder, 'pubsub'),
        topology.subscribers[0]?.queue ?? '',
      );
      const reason = reasons.find('', eventId)?.reason;
      expect(reason).toBe(keepReasons ? 'the books are closed' : undefined);
    },
  );
});
