import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../../src/lib/database/database.ts';
import { openOrderDatabase } from '../../../src/lib/orders/open-order-database.ts';
import {
  ownPostgresMissing,
  postgresMissing,
  startPostgres,
  type TestPostgres,
} from '../../fixtures/postgres.ts';
import { useServer } from './orders-server.ts';

const ORDER = { order: { user_id: 1, total: 29.99 } };
const TITLE = 'servers that share a Postgres';

describe.skipIf(postgresMissing)(
  postgresMissing ? `${TITLE} (skipped: ${postgresMissing})` : TITLE,
  () => {
    let postgres: TestPostgres | undefined;
    let databases: readonly Database[] = [];
    beforeAll(async () => {
      // Only a server of one's own may be stopped.
      postgres = await startPostgres(ownPostgresMissing ? undefined : {});
      const { url } = postgres;
      // At one moment: the tables are made once.
      databases = await Promise.all(
        [0, 1, 2].map(() => openOrderDatabase({ url, folder: '/nowhere', connections: 4 })),
      );
    }, 120_000);
    afterAll(async () => {
      await Promise.all(databases.map((each) => each.close()));
      await postgres?.stop();
    });
    const database = (n: number) => () => {
      const found = databases[n];
      if (found === undefined) throw new Error('The databases are there from beforeAll on.');
      return found;
    };
    const servers = [0, 1, 2].map((n) => useServer({ database: database(n) }));
    const send = (n: number, ...args: Parameters<(typeof servers)[number]['send']>) => {
      const server = servers[n % servers.length];
      if (server === undefined) throw new Error('There are three servers.');
      return server.send(...args);
    };

    it('store one order for a key that comes to all of them at once', async () => {
      for (let round = 0; round < 5; round++) {
        const headers = { 'idempotency-key': `round-${round}` };
        const answers = await Promise.all(
          Array.from({ length: 12 }, (_, n) => send(n, 'POST', '/orders', ORDER, headers)),
        );
        const different = new Set(answers.map(({ status, text }) => `${status} ${text}`));
        expect([...different]).toEqual([expect.stringMatching(/^201 /)]);
      }
      expect((await send(0, 'GET', '/orders')).body.orders).toHaveLength(5);
    });

    it('let one of several changes at once through', async () => {
      const { id } = (await send(0, 'POST', '/orders', ORDER)).body;
      await send(1, 'PATCH', `/orders/${id}`, { order: { status: 'confirmed' } });
      const answers = await Promise.all(
        Array.from({ length: 9 }, (_, n) =>
          send(n, 'PATCH', `/orders/${id}`, { order: { status: n % 2 ? 'shipped' : 'cancelled' } }),
        ),
      );
      const { status } = (await send(2, 'GET', `/orders/${id}`)).body;
      expect(['shipped', 'cancelled']).toContain(status);
      for (const answer of answers) {
        expect(answer.status === 200 ? answer.body.status : answer.status).toBe(
          answer.status === 200 ? status : 422,
        );
      }
      const { rows } = await database(0)().query<{ events: number }>(
        'select count(*)::int as events from outbox where order_id = $1',
        [id],
      );
      expect(rows).toEqual([{ events: 3 }]);
    });

    it('go on beside an order that somebody locks, and say that it is busy', async () => {
      const { id } = (await send(0, 'POST', '/orders', ORDER)).body;
      const path = `/orders/${id}`;
      let unlock = (): void => {};
      const locked = new Promise<void>((resolve) => {
        void database(1)().transaction(async (tx) => {
          await tx.query('select 1 from orders where id = $1 for update', [id]);
          resolve();
          await new Promise<void>((done) => {
            unlock = done;
          });
        });
      });
      await locked;
      // More than the server has connections: they are four.
      const changes = Array.from({ length: 12 }, () => send(0, 'PATCH', path, { total: 1 }));
      let isOver = false;
      const answers = Promise.all(changes).finally(() => {
        isOver = true;
      });
      expect((await send(0, 'POST', '/orders', ORDER)).status).toBe(201);
      expect((await send(0, 'GET', path)).status).toBe(200);
      expect(isOver).toBe(false);
      for (const { status, body, headers } of await answers) {
        expect([status, body.error.code, headers.get('retry-after')]).toEqual([
          ...[503, 'OrderBusy', '1'],
        ]);
      }
      unlock();
      await expect.poll(async () => (await send(0, 'PATCH', path, { total: 1 })).status).toBe(200);
    });

    it('give up on a locked table, and lose nothing', async () => {
      const count = async () => (await send(0, 'GET', '/orders?limit=100')).body.orders.length;
      const before = await count();
      await database(1)().transaction(async (tx) => {
        await tx.query('lock table orders in access exclusive mode');
        const { status, body } = await send(0, 'POST', '/orders', ORDER);
        expect([status, body.error.code]).toEqual([503, 'OrderBusy']);
      });
      expect((await send(0, 'POST', '/orders', ORDER)).status).toBe(201);
      expect(await count()).toBe(before + 1);
    });

    it('answer 503 while it is away, and work again once it is back', async (context) => {
      const { outage } = postgres ?? {};
      if (outage === undefined) context.skip('it may not be stopped');
      else {
        const before = (await send(0, 'GET', '/orders')).body.orders.length;
        await outage(async () => {
          for (const answer of [
            await send(0, 'POST', '/orders', ORDER),
            await send(1, 'GET', '/orders'),
          ]) {
            expect([answer.status, answer.body.error.code]).toEqual([503, 'DatabaseUnavailable']);
          }
          expect((await send(2, 'GET', '/ready')).status).toBe(503);
          expect((await send(2, 'GET', '/health')).status).toBe(200);
        });
        await expect
          .poll(async () => (await send(0, 'POST', '/orders', ORDER)).status, { timeout: 20_000 })
          .toBe(201);
        expect((await send(1, 'GET', '/orders')).body.orders).toHaveLength(before + 1);
      }
    });
  },
);
