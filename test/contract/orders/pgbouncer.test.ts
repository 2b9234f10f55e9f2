import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { Database } from '../../../src/lib/database/database.ts';
import { openPostgres } from '../../../src/lib/database/postgres/postgres.ts';
import { openOrderDatabase } from '../../../src/lib/orders/open-order-database.ts';
import { pgbouncerMissing, startPgbouncer, type TestPooler } from '../../fixtures/pgbouncer.ts';
import { startPostgres, type TestPostgres } from '../../fixtures/postgres.ts';
import { useServer } from './orders-server.ts';
import { eventIds, outboxEmpty, startBroker, startTestRelay } from './outbox.ts';
import { certificateOf, refusalOf, SECRET } from './postgres-refusals.ts';

const TITLE = 'servers behind PgBouncer in transaction mode';

describe.skipIf(pgbouncerMissing)(
  pgbouncerMissing ? `${TITLE} (skipped: ${pgbouncerMissing})` : TITLE,
  () => {
    let postgres: TestPostgres | undefined;
    let pooler: TestPooler | undefined;
    let databases: readonly Database[] = [];
    beforeAll(async () => {
      postgres = await startPostgres({ tls: true });
      // Fewer sessions than connections: each transaction may get another one.
      pooler = await startPgbouncer(postgres.url, 2);
      const { url } = pooler;
      databases = await Promise.all(
        [0, 1].map(() => openOrderDatabase({ url, folder: '/nowhere' })),
      );
    }, 120_000);
    afterAll(async () => {
      await Promise.all(databases.map((each) => each.close()));
      await pooler?.stop();
      await postgres?.stop();
    });
    const database = (n: number) => () => {
      const found = databases[n];
      if (found === undefined) throw new Error('The databases are there from beforeAll on.');
      return found;
    };
    const servers = [0, 1].map((n) => useServer({ database: database(n) }));

    it('store, change and list orders, and publish each event once', async () => {
      const broker = await startBroker();
      const relays = [0, 1].map((n) => startTestRelay(database(n)(), broker));
      const [one, other] = servers;
      if (one === undefined || other === undefined) throw new Error('There are two servers.');
      const answers = await Promise.all(
        Array.from({ length: 80 }, async (_, n) => {
          const [first, second] = n % 2 ? [one, other] : [other, one];
          const headers = n % 3 ? undefined : { 'idempotency-key': `key-${n}` };
          const created = await first.send('POST', '/orders', { user_id: 1, total: n }, headers);
          const path = `/orders/${created.body.id}`;
          const changed = await second.send('PATCH', path, { status: 'confirmed' });
          const read = await first.send('GET', path);
          return [created.status, changed.status, read.status, read.body.total];
        }),
      );
      expect(answers).toEqual(Array.from({ length: 80 }, (_, n) => [201, 200, 200, n]));
      const { body } = await one.send('GET', '/orders?status=confirmed&limit=100');
      expect(body.orders).toHaveLength(80);
      for (const relay of relays) relay.wake();
      await outboxEmpty(database(0)());
      expect(new Set(eventIds(await broker.drain())).size).toBe(160);
      await Promise.all(relays.map((relay) => relay.stop()));
      expect(relays.flatMap(({ told }) => told)).toEqual([]);
      await broker.stop();
    });

    it('leave nothing of theirs in a session that others get', async () => {
      const { rows } = await database(0)().query(
        `select (select count(*)::int from pg_prepared_statements) as prepared,
           (select count(*)::int from pg_locks where locktype = 'advisory') as locks`,
      );
      expect(rows).toEqual([{ prepared: 0, locks: 0 }]);
    });

    it('say why one lets nobody in', async () => {
      const server = postgres?.url ?? '';
      const identity = await certificateOf(server);
      const guarded = await startPgbouncer(server, 2, { ...identity, password: SECRET });
      onTestFinished(() => guarded.stop());
      const at = (password: string, database: string, query = '?sslmode=require'): string => {
        const url = new URL(guarded.url);
        return `postgres://${url.username}:${password}@${url.host}/${database}${query}`;
      };
      const database = openPostgres(at(SECRET, 'postgres'), 1);
      expect((await database.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
      await database.close();
      const refused: readonly [url: string, code: string, reason: string, hint: string][] = [
        [at('wrong', 'postgres'), 'Denied', 'refuses the user pubsub or the password', '%2F'],
        [at(SECRET, 'postgres', ''), 'Denied', 'in: SSL required', '?sslmode=require'],
        [at(SECRET, 'lost'), 'Unreachable', 'there is no such database', 'createdb lost'],
        [at(SECRET, 'statements'), 'Unreachable', 'pool_mode = statement', 'transaction'],
      ];
      for (const [url, code, reason, hint] of refused) {
        const error = await refusalOf(url);
        expect([error.code, error.message, error.hint]).toEqual([
          expect.stringContaining(code),
          expect.stringContaining(reason),
          expect.stringContaining(hint),
        ]);
      }
    });
  },
);
