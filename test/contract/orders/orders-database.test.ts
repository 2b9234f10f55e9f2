import { randomUUID } from 'node:crypto';
import { getEventListeners } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { makeEmptyDatabases } from '../../../src/lib/database/empty-databases.ts';
import { makeDatabase } from '../../../src/lib/database/make-database.ts';
import { migrate } from '../../../src/lib/database/migrate.ts';
import { DRAFT } from '../../../src/lib/database/pglite-folder.ts';
import { createDatabases } from '../../../src/lib/database/postgres/create-databases.ts';
import { MIGRATIONS } from '../../../src/lib/orders/migrations.ts';
import { openOrderDatabase } from '../../../src/lib/orders/open-order-database.ts';
import { claimEvents } from '../../../src/lib/outbox/outbox.ts';
import { onBothDatabases } from '../../fixtures/database-kinds.ts';
import { putOrderDatabase } from '../../fixtures/order-folder.ts';
import { onServer } from '../../fixtures/postgres.ts';
import { useOrderDatabase } from './orders-database.ts';
import { ordersFrom, writeEvents } from './outbox.ts';

onBothDatabases((kind) => {
  const test = useOrderDatabase(kind);
  it('gives the same values on both: ids and money as text, times as Date', async () => {
    const { rows, rowCount } = await test.database.query(
      `insert into orders (user_id, total, status) values ($1, $2, $3)
        returning id, user_id, total, created_at, 7::int as small, array['a', 'b'] as list,
          array[1, 2]::bigint[] as ids, '{"a":1}'::jsonb as doc, true as yes, null as nothing`,
      [Number.MAX_SAFE_INTEGER, '99999999.99', 'pending'],
    );
    expect(rows).toEqual([
      {
        id: expect.stringMatching(/^\d+$/),
        user_id: '9007199254740991',
        total: '99999999.99',
        created_at: expect.any(Date),
        small: 7,
        list: ['a', 'b'],
        ids: ['1', '2'],
        doc: { a: 1 },
        yes: true,
        nothing: null,
      },
    ]);
    expect(rowCount).toBe(1);
  });

  it('takes arrays, dates and null as parameters', async () => {
    const now = new Date();
    const { rows } = await test.database.query(
      'select $1::bigint[] as ids, $2::numeric[] as totals, $3::timestamptz as at, $4::text as nothing, $5::uuid[] as keys',
      [[1, 2], ['1.50', '2.00'], now, null, ['6f9619ff-8b86-4011-b42d-00c04fc964ff']],
    );
    expect(rows).toEqual([
      {
        ids: ['1', '2'],
        totals: ['1.50', '2.00'],
        at: now,
        nothing: null,
        keys: ['6f9619ff-8b86-4011-b42d-00c04fc964ff'],
      },
    ]);
  });

  it('counts the rows of a change', async () => {
    const { rowCount } = await test.database.query(
      'update orders set total = total where user_id = $1',
      [Number.MAX_SAFE_INTEGER],
    );
    expect(rowCount).toBe(1);
  });

  it('commits a transaction as a whole, or rolls it back', async () => {
    const insert = `insert into outbox (order_id, event_id, event_type, payload) values (1, $1, 'a', '{}')`;
    const [kept, dropped] = [randomUUID(), randomUUID()];
    await test.database.transaction((tx) => tx.query(insert, [kept]));
    await expect(
      test.database.transaction(async (tx) => {
        await tx.query(insert, [dropped]);
        throw new Error('no');
      }),
    ).rejects.toThrow('no');
    const { rows } = await test.database.query('select event_id from outbox');
    expect(rows).toEqual([{ event_id: kept }]);
  });

  it.each([
    ['a negative total', [1, '-0.01', 'pending'], '23514'],
    ['a total that is too large', [1, '100000000.00', 'pending'], '22003'],
    ['an unknown status', [1, '1.00', 'lost'], '23514'],
    ['no user', [0, '1.00', 'pending'], '23514'],
  ])('refuses %s with its SQLSTATE', async (_, params, code) => {
    await expect(
      test.database.query(
        'insert into orders (user_id, total, status) values ($1, $2, $3)',
        params,
      ),
    ).rejects.toMatchObject({ code });
  });

  it('changes nothing when it is migrated again', async () => {
    const steps = 'select version, applied_at from pubsub_migrations';
    const before = await test.database.query(steps);
    await migrate(test.database, MIGRATIONS);
    expect(await test.database.query(steps)).toEqual(before);
  });

  it('refuses tables that a newer version made', async () => {
    await test.database.query("insert into pubsub_migrations values (9999, 'later')");
    await expect(migrate(test.database, MIGRATIONS)).rejects.toMatchObject({
      code: 'DatabaseTooNew',
    });
    await test.database.query('delete from pubsub_migrations where version = 9999');
  });

  if (kind === 'pglite') {
    it('lets one process at a time have a folder, and says what to do', async () => {
      await expect(test.another()).rejects.toMatchObject({
        code: 'DatabaseInUse',
        hint: expect.stringContaining('DATABASE_URL'),
      });
    });

    it('keeps what it holds from one opening to the next', async () => {
      const { database } = test;
      const count = 'select count(*) as n from orders';
      const before = await database.query(count);
      await database.close();
      const again = await test.another();
      expect(await again.query(count)).toEqual(before);
    });
  } else {
    it('is migrated once by processes that start at the same moment', async () => {
      await test.database.query(
        'drop table sagas, order_history, order_items, orders, outbox, idempotency_keys, pubsub_migrations',
      );
      await Promise.all([1, 2, 3, 4].map(() => test.another()));
      const { rows } = await test.database.query(
        'select version from pubsub_migrations order by version',
      );
      expect(rows).toEqual(MIGRATIONS.map(({ version }) => ({ version })));
    });

    const MORE = [
      ...MIGRATIONS,
      {
        version: MIGRATIONS.length + 1,
        name: 'one more',
        statements: ['alter table orders add column extra int'],
      },
    ];

    /** Holds the orders in a session of its own, as somebody does who forgot to commit. @returns what lets go */
    async function holdOrders(): Promise<() => Promise<unknown>> {
      const other = await test.another();
      let release = (): void => {};
      const released = new Promise<void>((resolve) => {
        release = resolve;
      });
      return new Promise((resolve, reject) => {
        const held = other.transaction(async (tx) => {
          await tx.query('lock table orders in access share mode');
          resolve(() => {
            release();
            return held;
          });
          await released;
        });
        held.catch(reject);
      });
    }

    it('waits for who holds a table, says who that is, and lets others through meanwhile', async () => {
      const release = await holdOrders();
      const told: string[] = [];
      let isDone = false;
      const migrating = migrate(test.database, MORE, {
        onWait: (holder) => told.push(holder),
      }).finally(() => {
        isDone = true;
      });
      for (let looks = 0; looks < 20 || told.length === 0; looks++) {
        await test.database.query('select count(*) from orders');
        await sleep(150);
      }
      expect([isDone, told]).toEqual([
        false,
        [expect.stringMatching(/^session \d+ \(pubsub, idle in transaction for \d+ s\)$/)],
      ]);
      await release();
      await migrating;
      await test.database.query('select extra from orders');
      await test.database.query('alter table orders drop column extra');
      await test.database.query('delete from pubsub_migrations where version = $1', [MORE.length]);
    });

    it('gives up on who holds a table for too long, or when it is told to, and changes nothing', async () => {
      const release = await holdOrders();
      await expect(migrate(test.database, MORE, { waitMs: 1 })).rejects.toMatchObject({
        code: 'DatabaseLocked',
        message: expect.stringMatching(/ up to date: session \d+ \(pubsub, idle .* holds them\.$/),
        hint: expect.stringMatching(/pg_terminate_backend\(\d+\)/),
      });
      // Where nobody was seen to hold it.
      const locked = Object.assign(new Error('locked'), { code: '55P03' });
      const unseen = { ...test.database, transaction: () => Promise.reject(locked) };
      await expect(migrate(unseen, MORE, { waitMs: 0 })).rejects.toMatchObject({
        message: expect.stringContaining('another session holds them'),
        hint: 'Run this again when it has ended.',
      });
      const stop = new AbortController();
      const reason = new Error('stopped');
      const onWait = (): void => stop.abort(reason);
      await expect(migrate(test.database, MORE, { onWait, signal: stop.signal })).rejects.toBe(
        reason,
      );
      await release();
      await migrate(test.database, MIGRATIONS);
    });

    it('gets new connections when the server breaks all of them', async () => {
      const own = 'select count(*) as n from orders';
      await test.database.query(own);
      const other = await test.another();
      await other.query(
        'select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and datname = current_database()',
      );
      await expect
        .poll(() => test.database.query(own).then(() => 'works', String), { timeout: 20_000 })
        .toBe('works');
    });

    it('keeps a connection whose statement is refused, and gives slow work an hour', async () => {
      const { database } = test;
      const pid = 'select pg_backend_pid() as pid';
      const before = await database.query(pid);
      await expect(database.query('select no_such_column')).rejects.toMatchObject({
        code: '42703',
      });
      expect(await database.query(pid)).toEqual(before);
      const limit = async (options?: { readonly isSlow?: boolean }) =>
        (await database.transaction((tx) => tx.query('show statement_timeout'), options)).rows;
      const quick = [{ statement_timeout: '10s' }];
      expect([await limit(), await limit({}), await limit({ isSlow: false })]).toEqual(
        Array(3).fill(quick),
      );
      expect(await limit({ isSlow: true })).toEqual([{ statement_timeout: '1h' }]);
    });

    it('leaves what others have claimed when it is opened', async () => {
      await writeEvents(test.database, ordersFrom(1, 1));
      expect((await claimEvents(test.database, 10, 3600)).events).not.toEqual([]);
      await test.another();
      expect((await claimEvents(test.database, 10, 3600)).events).toEqual([]);
    });

    it('makes databases that are missing, and no others', async () => {
      const { url } = test;
      const names = [randomUUID(), `"${randomUUID()}`];
      await createDatabases(url, names.slice(0, 1));
      await createDatabases(url, names);
      for (const name of names) await onServer(url, `drop database "${name.replace('"', '""')}"`);
    });

    it('does not touch tables that it did not make', async () => {
      await test.database.query('drop table pubsub_migrations');
      await expect(test.another()).rejects.toMatchObject({
        code: 'DatabaseTaken',
        message: expect.stringContaining('orders, outbox, idempotency_keys'),
      });
    });
  }
});

describe('a folder', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pubsub-orders-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('frees what a killed relay had claimed, for nobody else can have the folder', async () => {
    const own = join(folder, 'claimed');
    await putOrderDatabase(own);
    const before = await openOrderDatabase({ folder: own });
    await writeEvents(before, ordersFrom(1, 3));
    expect((await claimEvents(before, 10, 3600)).events).toHaveLength(3);
    expect((await claimEvents(before, 10, 3600)).events).toHaveLength(0);
    await before.close();

    const after = await openOrderDatabase({ folder: own });

    expect((await claimEvents(after, 10, 3600)).events).toHaveLength(3);
    await after.close();
  });

  it('is made for its owner alone, and holds nothing of a database that was given up', async () => {
    const own = join(folder, 'given-up');
    const reason = new Error('stopped');
    const signal = AbortSignal.abort(reason);
    await expect(openOrderDatabase({ folder: own, signal })).rejects.toBe(reason);
    const drafts = () => readdirSync(own).filter((name) => name.startsWith(DRAFT));
    expect([statSync(own).mode & 0o777, drafts()]).toEqual([0o700, []]);
    mkdirSync(join(own, `${DRAFT}killed/data`), { recursive: true });
    await expect(makeEmptyDatabases([own], { signal })).rejects.toBe(reason);
    await expect(openOrderDatabase({ folder: own, signal })).rejects.toBe(reason);
    expect(drafts()).toEqual([]);
  });

  it('gives up on an empty database at once when it is told to', async () => {
    const stop = new AbortController();
    const making = makeDatabase(join(folder, 'draft'), stop.signal);
    const reason = new Error('stopped');
    stop.abort(reason);
    await expect(making).rejects.toBe(reason);
    expect(getEventListeners(stop.signal, 'abort')).toEqual([]);
  });

  it('that is damaged stays as it is, and can be moved away', { timeout: 120_000 }, async () => {
    const own = join(folder, 'orders');
    await putOrderDatabase(own);
    await (await openOrderDatabase({ folder: own })).close();
    rmSync(join(own, 'data/PG_VERSION'));
    for (let attempt = 0; attempt < 2; attempt++) {
      await expect(openOrderDatabase({ folder: own })).rejects.toMatchObject({
        code: 'DatabaseDamaged',
        hint: expect.stringContaining(`mv '${own}'`),
      });
    }
    expect(existsSync(join(own, 'data/PG_VERSION'))).toBe(false);
  });

  it('that can not be made is said in a sentence', async () => {
    writeFileSync(join(folder, 'file'), '');
    await expect(openOrderDatabase({ folder: join(folder, 'file/orders') })).rejects.toMatchObject({
      code: 'DatabaseUnreachable',
    });
  });
});

describe('a database URL', () => {
  it('that is none is refused', async () => {
    await expect(
      openOrderDatabase({ url: 'mysql://u:geheim@h/d', folder: '/nowhere' }),
    ).rejects.toSatisfy(
      (error) => error.code === 'InvalidDatabaseUrl' && !error.message.includes('geheim'),
    );
  });

  it('where nobody listens is a sentence without the password', async () => {
    await expect(
      openOrderDatabase({ url: 'postgres://u:geheim@127.0.0.1:1/d', folder: '/nowhere' }),
    ).rejects.toMatchObject({
      code: 'DatabaseUnreachable',
      message: expect.stringMatching(
        /^The database 127\.0\.0\.1:1\/d can't be used: .*ECONNREFUSED/,
      ),
    });
  });
});
