import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Database } from '../../../src/lib/database/database.ts';
import { openPostgres } from '../../../src/lib/database/postgres/postgres.ts';
import { createOrderPublisher } from '../../../src/lib/orders/order-publisher.ts';
import { appendEvent } from '../../../src/lib/outbox/append-event.ts';
import { claimEvents } from '../../../src/lib/outbox/outbox.ts';
import { removeDelivered } from '../../../src/lib/outbox/outbox-removal.ts';
import { readOutboxStatus, retryFailing } from '../../../src/lib/outbox/outbox-status.ts';
import { onOneDatabase } from '../../fixtures/database-kinds.ts';
import { postgresMissing } from '../../fixtures/postgres.ts';
import { startProxy } from '../../fixtures/proxy.ts';
import { openGate } from '../../fixtures/tcp-gate.ts';
import {
  eventIds,
  ordersFrom,
  outboxEmpty,
  startBroker,
  startTestRelay,
  type TestBroker,
  type TestRelay,
  useOrders,
  writeEvents,
} from './outbox.ts';

const PATIENCE = { timeout: 60_000, interval: 150 };

let brokers: TestBroker[] = [];
let relays: TestRelay[] = [];
afterEach(async () => {
  await Promise.all(relays.map((relay) => relay.stop(0)));
  await Promise.all(brokers.map((broker) => broker.stop()));
  relays = [];
  brokers = [];
});

async function broker(options?: Parameters<typeof startBroker>[0]): Promise<TestBroker> {
  const started = await startBroker(options);
  brokers.push(started);
  return started;
}

function relay(...args: Parameters<typeof startTestRelay>): TestRelay {
  const started = startTestRelay(...args);
  relays.push(started);
  return started;
}

/** Until when events are claimed. @throws where none is */
async function leaseOf(database: Database): Promise<string> {
  const { rows } = await database.query<{ lease: string }>(
    'select lease_until::text as lease from outbox where lease_until is not null limit 1',
  );
  const [row] = rows;
  if (row === undefined) throw new Error('Nothing is claimed.');
  return row.lease;
}

onOneDatabase((kind) => {
  const orders = useOrders(kind);
  beforeEach(() => orders.clear());

  it('publishes every event once, however many relays there are', async () => {
    const to = await broker();
    const databases = await Promise.all([1, 2, 3, 4].map(() => orders.another()));
    // A lease that ends on a busy machine is published again, as it should be.
    for (const database of databases) relay(database, to, { leaseSeconds: 3600 });
    const written: string[] = [];
    for (let part = 0; part < 6; part++) {
      written.push(...(await writeEvents(orders.database, ordersFrom(part * 100, 100))));
      for (const each of relays) each.wake();
    }
    await outboxEmpty(orders.database);

    expect(eventIds(await to.drain()).sort()).toEqual(written.sort());
  });

  it('publishes what a transaction appended with its type, and nothing of one that was rolled back', async () => {
    const to = await broker();
    const event = (key: number, event_type: string) => {
      const event_id = randomUUID();
      return { key, event_id, event_type, payload: JSON.stringify({ event_id, event_type }) };
    };
    const [first, undone, second] = [
      event(7, 'user.registered'),
      event(8, 'user.registered'),
      event(7, 'user.updated'),
    ];
    await orders.database.transaction(async (tx) => {
      await appendEvent(tx, first);
      await appendEvent(tx, second);
    });
    await expect(
      orders.database.transaction(async (tx) => {
        await appendEvent(tx, undone);
        throw new Error('rolled back');
      }),
    ).rejects.toThrow('rolled back');
    relay(orders.database, to);
    await outboxEmpty(orders.database);
    const published = to.engine.published(to.topicArn);
    expect(published.map(({ body }) => body)).toEqual([first.payload, second.payload]);
    expect(published.map(({ attributes }) => attributes.event_type?.value)).toEqual([
      'user.registered',
      'user.updated',
    ]);
  });

  it('keeps the order of each order under several relays and faults', async () => {
    const faults = { latency: 0, throttle: 0.15, error: 0.15, duplicate: 0, reorder: false };
    const to = await broker({ faults, seed: 7 });
    const numbered = Array.from({ length: 4 }, (_, version) =>
      Array.from({ length: 15 }, (_, orderId) => ({
        orderId: orderId + 1,
        payload: JSON.stringify({ orderId, version }),
      })),
    ).flat();
    await writeEvents(orders.database, numbered);
    for (const database of [await orders.another(), await orders.another()]) relay(database, to);
    await outboxEmpty(orders.database);

    const versions = new Map<number, number[]>();
    for (const body of await to.drain()) {
      const { orderId, version } = JSON.parse(body) as { orderId: number; version: number };
      const seen = versions.get(orderId) ?? [];
      // A fault may hide that a publish was done: the same event again is not a disorder.
      if (seen.at(-1) !== version) seen.push(version);
      versions.set(orderId, seen);
    }
    expect(versions.size).toBe(15);
    for (const seen of versions.values()) expect(seen).toEqual([0, 1, 2, 3]);
  });

  it('goes on where the broker comes back, and says once that it was away', async () => {
    const to = await broker();
    const proxy = await startProxy(to.engine.endpoint);
    try {
      proxy.rule = () => 'cut';
      const one = relay(orders.database, { aws: proxy.aws, topicArn: to.topicArn });
      const written = await writeEvents(orders.database, ordersFrom(1, 30));
      one.wake();
      await vi.waitFor(() => expect(one.told).toEqual(['topic away']), PATIENCE);
      expect(one.trouble.get('topic')?.message).toContain('publish to');
      written.push(...(await writeEvents(orders.database, ordersFrom(31, 30))));
      one.wake();
      await vi.waitFor(async () => {
        const { failures } = await readOutboxStatus(orders.database, 1);
        expect(failures[0]?.lastError).toContain('publish to');
      }, PATIENCE);

      proxy.rule = () => undefined;
      await outboxEmpty(orders.database);
      expect(one.told).toEqual(['topic away', 'topic back']);
      expect(one.trouble.size).toBe(0);
      expect(eventIds(await to.drain()).sort()).toEqual(written.sort());
    } finally {
      await proxy.close();
    }
  });

  it('waits for a topic that is set up later', async () => {
    const to = await broker({ empty: true });
    const proxy = await startProxy(to.engine.endpoint);
    try {
      const one = relay(orders.database, { aws: proxy.aws, topicArn: to.topicArn });
      const written = await writeEvents(orders.database, ordersFrom(1, 3));
      await vi.waitFor(() => expect(one.told).toEqual(['topic away']), PATIENCE);
      expect(one.trouble.get('topic')).toMatchObject({ code: 'TopicNotFound' });
      // A topic that is there before its subscriptions would take the events for nobody.
      proxy.rule = () => 'cut';
      await to.setUp();
      proxy.rule = () => undefined;
      await outboxEmpty(orders.database);
      expect(eventIds(await to.drain()).sort()).toEqual(written.sort());
    } finally {
      await proxy.close();
    }
  });

  it('takes up what a dead relay had claimed, once its lease is over', async () => {
    const to = await broker();
    const written = await writeEvents(orders.database, ordersFrom(1, 5));
    const dead = await claimEvents(orders.database, 3, 3600);
    expect(dead.events).toHaveLength(3);
    const one = relay(orders.database, to);
    await vi.waitFor(async () => {
      expect(await readOutboxStatus(orders.database, 0)).toMatchObject({
        waiting: 3,
        delivered: 2,
      });
    }, PATIENCE);
    await orders.database.query(
      'update outbox set lease_until = now() where lease_until is not null',
    );
    await outboxEmpty(orders.database);
    expect(one.told).toEqual([]);
    expect(eventIds(await to.drain()).sort()).toEqual(written.sort());
  });

  it('keeps what it publishes from others for as long as that takes', async () => {
    const to = await broker();
    const publisher = createOrderPublisher(to);
    let goOn = (): void => {};
    const held = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const written = await writeEvents(orders.database, ordersFrom(1, 3));
    relay(orders.database, to, {
      leaseSeconds: 1,
      publisher: {
        publish: async (items, options) => {
          await held;
          return publisher.publish(items, options);
        },
      },
    });
    try {
      const first = await vi.waitFor(() => leaseOf(orders.database), PATIENCE);
      // Well past the end of the first lease, by the database's own clock.
      await vi.waitFor(async () => {
        const { rows } = await orders.database.query<{ over: boolean }>(
          `select now() > $1::text::timestamptz + interval '1.5 seconds' as over`,
          [first],
        );
        expect(rows).toEqual([{ over: true }]);
      }, PATIENCE);
      expect((await claimEvents(orders.database, 10, 60)).events).toEqual([]);
    } finally {
      goOn();
    }
    await outboxEmpty(orders.database);
    expect(eventIds(await to.drain()).sort()).toEqual(written.sort());
  });

  it('tries a refused event again, later each time, and holds up its order only', async () => {
    const to = await broker();
    const huge = JSON.stringify({ event_id: 'x'.repeat(300_000) });
    await writeEvents(orders.database, [
      { orderId: 1, payload: huge },
      { orderId: 1, payload: '{"event_id":"behind"}' },
      { orderId: 2, payload: '{"event_id":"other"}' },
    ]);
    relay(orders.database, to);
    await vi.waitFor(async () => {
      const { failures, delivered } = await readOutboxStatus(orders.database, 5);
      expect(delivered).toBe(1);
      expect(failures).toMatchObject([{ key: '1', attempts: 2 }]);
    }, PATIENCE);
    const { failures } = await readOutboxStatus(orders.database, 5);
    expect(failures[0]?.lastError).toContain('300');
    expect(failures[0]?.retryInSeconds).toBeLessThanOrEqual(2);
    await orders.database.query(
      `update outbox set payload = '{"event_id":"mended"}', next_attempt_at = now() + interval '1 hour'
       where length(payload) > 300000`,
    );
    expect(await retryFailing(orders.database, ['no such id'])).toEqual([]);
    expect(await retryFailing(orders.database, [failures[0]?.eventId ?? ''])).toHaveLength(1);
    await outboxEmpty(orders.database);
    expect(eventIds(await to.drain())).toEqual(['other', 'mended', 'behind']);
  });

  it('publishes to a FIFO topic, an order to a group', async () => {
    const to = await broker({ name: 'orders.fifo' });
    const numbered = [1, 2, 3].flatMap((version) =>
      [1, 2].map((orderId) => ({ orderId, payload: JSON.stringify({ orderId, version }) })),
    );
    await writeEvents(orders.database, numbered);
    relay(orders.database, to);
    await outboxEmpty(orders.database);

    const events = (await to.drain()).map(
      (body) => JSON.parse(body) as { orderId: number; version: number },
    );
    for (const orderId of [1, 2]) {
      const versions = events.filter((event) => event.orderId === orderId);
      expect(versions.map(({ version }) => version)).toEqual([1, 2, 3]);
    }
  });

  it('publishes what is due before it stops', async () => {
    const to = await broker();
    const written = await writeEvents(orders.database, ordersFrom(1, 700));
    // As long as it takes on a busy machine.
    await relay(orders.database, to).stop(600);
    expect(eventIds(await to.drain()).sort()).toEqual(written.sort());
    expect((await readOutboxStatus(orders.database, 0)).waiting).toBe(0);
  });

  it('removes delivered events in bounded steps once they are old', async () => {
    const to = await broker();
    await writeEvents(orders.database, ordersFrom(1, 4_600));
    await orders.database.query(
      `update outbox set delivered_at = now() - make_interval(days => 8) where order_id <= 4500 and order_id <> 7`,
    );
    const { removed, next } = await removeDelivered(orders.database, '0', 7 * 86_400);
    expect(removed).toBe(999);
    expect(next).toBeDefined();

    relay(orders.database, to);
    await vi.waitFor(async () => {
      const status = await readOutboxStatus(orders.database, 0);
      expect(status).toMatchObject({ waiting: 0, delivered: 101 });
    }, PATIENCE);
  });
});

describe.skipIf(postgresMissing)('on Postgres', () => {
  const orders = useOrders('postgres');

  it('outlives the database, and says once that it was away', async () => {
    const to = await broker();
    const url = new URL(orders.url ?? '');
    const gate = await openGate(Number(url.port));
    url.port = String(gate.port);
    const database = openPostgres(url.href);
    const one = relay(database, to);
    const written = await writeEvents(orders.database, ordersFrom(1, 50));
    await outboxEmpty(orders.database);
    await gate.shut();
    written.push(...(await writeEvents(orders.database, ordersFrom(51, 50))));
    one.wake();
    await vi.waitFor(() => expect(one.told).toEqual(['database away']), PATIENCE);
    await gate.open();
    await outboxEmpty(orders.database);
    expect(one.told).toEqual(['database away', 'database back']);
    expect(eventIds(await to.drain()).sort()).toEqual(written.sort());
    await one.stop();
    await database.close();
    await gate.shut();
  });
});
