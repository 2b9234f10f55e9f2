import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openPostgres } from '../../../src/lib/database/postgres/postgres.ts';
import { createDatabaseStore } from '../../../src/lib/orders/lambda/database-store.ts';
import type { HttpResult } from '../../../src/lib/orders/lambda/payload.ts';
import { orderJson } from '../../../src/lib/orders/order.ts';
import { createOrderPublisher } from '../../../src/lib/orders/order-publisher.ts';
import type { FunctionStore } from '../../../src/lib/orders/order-store.ts';
import { httpEvent } from '../../fixtures/function-requests.ts';
import { postgresMissing, startPostgres, type TestPostgres } from '../../fixtures/postgres.ts';
import { openGate } from '../../fixtures/tcp-gate.ts';
import { startBroker, type TestBroker } from './outbox.ts';

const TITLE = 'the orders of a function in Postgres';
const ORDER = { user_id: 7, total: '29.90' };

describe.skipIf(postgresMissing)(
  postgresMissing ? `${TITLE} (skipped: ${postgresMissing})` : TITLE,
  { timeout: 60_000 },
  () => {
    let postgres: TestPostgres;
    const closing: (() => unknown)[] = [];
    beforeAll(async () => {
      postgres = await startPostgres();
      closing.push(() => postgres.stop());
    }, 120_000);
    afterAll(async () => {
      for (const close of closing.reverse()) await close();
    });

    async function broker(options?: Parameters<typeof startBroker>[0]): Promise<TestBroker> {
      const started = await startBroker(options);
      closing.push(() => started.stop());
      return started;
    }

    /** A store as one function has it, with what it complained of. */
    function storeOn(to: TestBroker, url = postgres.url) {
      const troubles: string[] = [];
      const onTrouble = ({ message }: Error) => troubles.push(message);
      const store = createDatabaseStore({ url, publisher: createOrderPublisher(to), onTrouble });
      return { store, troubles };
    }

    async function made(store: FunctionStore) {
      const order = await store.create(ORDER);
      if (order === undefined) throw new Error('It has no key.');
      return order;
    }

    const events = async (from: TestBroker) =>
      (await from.drain()).map((text) => {
        const { event_type, order_id, status } = JSON.parse(text);
        return `${event_type} ${order_id} ${status}`;
      });

    /** Runs a statement as nobody's function. */
    async function sql(text: string): Promise<number> {
      const database = openPostgres(postgres.url, 1);
      try {
        return (await database.query(text)).rowCount;
      } finally {
        await database.close();
      }
    }

    it('are announced by who stores and who changes them, each once', async () => {
      const to = await broker();
      const { store, troubles } = storeOn(to);
      const order = await made(store);
      expect(order).toMatchObject({ user_id: 7, total: '29.90', status: 'pending' });
      const outcome = await store.change(order.id, { status: 'confirmed' });
      expect(outcome).toMatchObject({ kind: 'changed', announced: true });
      expect(await store.change(order.id, { total: '30.00' })).toMatchObject({ announced: false });
      expect(await store.find(order.id)).toMatchObject({ status: 'confirmed', total: '30.00' });
      const { orders } = await store.list({ user_id: 7, limit: 10 });
      expect(orders.map(({ id }) => id)).toEqual([order.id]);
      expect(await events(to)).toEqual([
        `order.created ${order.id} pending`,
        `order.updated ${order.id} confirmed`,
      ]);
      expect(await store.lag()).toMatchObject({ waiting: 0 });
      expect(troubles).toEqual([]);
    });

    it('have their tables made by whichever request is the first', async () => {
      const to = await broker();
      for (const ask of [
        (store: FunctionStore) => store.findAnswer({ key: 'k', hash: 'h' }),
        (store: FunctionStore) => store.change(1, { total: '1.00' }),
        (store: FunctionStore) => store.find(1),
        (store: FunctionStore) => store.list({ limit: 1 }),
        (store: FunctionStore) => store.lag(),
      ]) {
        await sql('drop schema public cascade');
        await sql('create schema public');
        await ask(storeOn(to).store);
      }
    });

    it('are stored once for a key, by whichever function', async () => {
      const to = await broker();
      const key = { key: randomUUID(), hash: 'h' };
      const stored = await Promise.all(
        Array.from({ length: 6 }, () => storeOn(to).store.create(ORDER, key)),
      );
      const [order, ...others] = stored.filter((each) => each !== undefined);
      expect(others).toEqual([]);
      expect(await storeOn(to).store.findAnswer(key)).toEqual({
        ...{ hash: 'h', status: 201 },
        body: order && orderJson(order),
      });
      expect(await events(to)).toEqual([`order.created ${order?.id} pending`]);
    });

    it('stay where the topic is away, which is not asked for a while, and are announced by a sweep', async () => {
      const to = await broker({ empty: true });
      // It stands still: a busy machine must not end the while.
      vi.useFakeTimers({ toFake: ['performance'] });
      closing.push(() => vi.useRealTimers());
      const { store, troubles } = storeOn(to);
      const ids = [(await made(store)).id, (await made(store)).id];
      expect(await store.sweep()).toBe(0);
      expect([troubles.length, (await store.lag()).waiting]).toEqual([1, 2]);
      vi.advanceTimersByTime(6_000);
      await store.sweep();
      expect(troubles).toHaveLength(2);
      await to.setUp();
      expect(await store.sweep()).toBe(0);
      expect(await store.sweep(true)).toBe(2);
      // Another looks at once, and one that has looked does so again after a while.
      await sql(`update outbox set delivered_at = null where order_id = ${ids[0]}`);
      vi.advanceTimersByTime(6_000);
      expect(await store.sweep()).toBe(0);
      expect(await storeOn(to).store.sweep()).toBe(1);
      await sql(`update outbox set delivered_at = null where order_id = ${ids[0]}`);
      vi.advanceTimersByTime(6_000);
      expect(await store.sweep()).toBe(1);
      vi.useRealTimers();
      const published = [...ids, ids[0], ids[0]].map((id) => `order.created ${id} pending`);
      expect(await events(to)).toEqual(published);
    });

    it('need a database: who asks while it is away fails, a sweep does not, and the next goes on', async () => {
      const to = await broker();
      const url = new URL(postgres.url);
      const gate = await openGate(Number(url.port));
      closing.push(() => gate.shut());
      url.port = String(gate.port);
      await gate.shut();
      const { store, troubles } = storeOn(to, url.href);
      await expect(store.create(ORDER)).rejects.toThrow('ECONNREFUSED');
      expect([await store.sweep(true), troubles.length]).toEqual([0, 1]);
      await gate.open();
      const { id } = await made(store);
      expect(await events(to)).toEqual([`order.created ${id} pending`]);
    });

    it('lose old keys and old events with the sweeps of a schedule', async () => {
      const to = await broker();
      const { store } = storeOn(to);
      const keys = [0, 1].map(() => ({ key: randomUUID(), hash: 'h' }));
      const stored = await Promise.all(keys.map((key) => store.create(ORDER, key)));
      const [old = 0, young = 0] = stored.map((order) => order?.id ?? 0);
      await sql(
        `update idempotency_keys set created_at = now() - interval '25 hours' where key = '${keys[0]?.key}'`,
      );
      await sql(
        `update outbox set delivered_at = now() - interval '8 days' where order_id = ${old}`,
      );
      await store.sweep(true);
      expect(await Promise.all(keys.map((key) => store.findAnswer(key)))).toMatchObject([
        undefined,
        { hash: 'h' },
      ]);
      expect(await sql(`select 1 from outbox where order_id in (${old}, ${young})`)).toBe(1);
      expect(await store.find(old)).toBeDefined();
    });

    it('are answered for by the function, which publishes what waits at any other event', async () => {
      const to = await broker({ empty: true });
      Object.assign(process.env, {
        ...{ DATABASE_URL: postgres.url, TOPIC_ARN: to.topicArn, PUBSUB_API_TOKEN: 'secret' },
        ...{ AWS_ENDPOINT_URL: to.engine.endpoint, AWS_REGION: 'us-east-1' },
        ...{ AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' },
      });
      const said = vi.spyOn(console, 'log').mockReturnValue();
      closing.push(() => said.mockRestore());
      const { handler } = await import('../../../src/lib/orders/lambda/orders-api.ts');
      const context = { getRemainingTimeInMillis: () => 20_000 };
      const send = async (...[method, target, body, headers = {}]: Parameters<typeof httpEvent>) =>
        (await handler(
          httpEvent(method, target, body, { authorization: 'Bearer secret', ...headers }),
          context,
        )) as HttpResult;

      const order = { user_id: 7, total: 29.9 };
      expect((await send('POST', '/orders', order, { authorization: '' })).statusCode).toBe(401);
      const placed = await send('POST', '/orders', order);
      expect([placed.statusCode, JSON.parse(placed.body)]).toMatchObject([201, { total: 29.9 }]);
      expect(said.mock.calls.flat().join('\n')).toContain('Events wait with their orders.');
      expect((await send('GET', '/ready', undefined)).statusCode).toBe(503);
      await to.setUp();
      expect(await handler({ source: 'aws.events' }, context)).toEqual({ published: 1 });
      // What it found out about the topic is good for a moment.
      await expect.poll(async () => (await send('GET', '/ready', undefined)).statusCode).toBe(200);
      expect(await events(to)).toEqual([`order.created ${JSON.parse(placed.body).id} pending`]);
      // Without time it makes one round and ends.
      const late = { getRemainingTimeInMillis: () => 100 };
      expect(await handler({ source: 'aws.events' }, late)).toEqual({ published: 0 });
    });
  },
);
