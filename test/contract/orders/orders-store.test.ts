import { expect, it } from 'vitest';
import type { Database } from '../../../src/lib/database/database.ts';
import { runHousekeeping } from '../../../src/lib/orders/housekeeping.ts';
import {
  NEXT_STATUSES,
  ORDER_STATUSES,
  type Order,
  orderJson,
} from '../../../src/lib/orders/order.ts';
import type { OrderEventType } from '../../../src/lib/orders/order-event.ts';
import { changeOrder } from '../../../src/lib/orders/store/change-order.ts';
import { createOrderCreator } from '../../../src/lib/orders/store/create-orders.ts';
import { findOrder, findOrders } from '../../../src/lib/orders/store/find-orders.ts';
import { findAnswer, forgetKeys } from '../../../src/lib/orders/store/idempotency.ts';
import { onBothDatabases } from '../../fixtures/database-kinds.ts';
import { useOrderDatabase } from './orders-database.ts';

/** The event that tells of an order as it is now. */
function eventText(type: OrderEventType, eventId = '', order?: Order): string {
  return `{"event_id":"${eventId}","event_type":"${type}","order_id":${order?.id},"user_id":${order?.user_id},"total":${order?.total},"status":"${order?.status}","timestamp":"${order?.updated_at}"}`;
}

onBothDatabases((kind) => {
  const test = useOrderDatabase(kind);
  const eventsOf = async (id: number | undefined) => {
    const { rows } = await test.database.query<{ payload: string; event_id: string }>(
      'select payload, event_id from outbox where order_id = $1 order by id',
      [id],
    );
    return rows;
  };
  const create = (total = '29.90', key?: { key: string; hash: string }) =>
    createOrderCreator(test.database).create({ user_id: 1, total }, key);
  const ordersOf = async (user: number) => {
    const { rows } = await test.database.query<{ n: string }>(
      'select count(*) as n from orders where user_id = $1',
      [user],
    );
    return Number(rows[0]?.n);
  };

  it('stores an order with its event, to the letter', async () => {
    const order = await create();
    expect(order).toMatchObject({ user_id: 1, total: '29.90', status: 'pending' });
    expect(await findOrder(test.database, order?.id ?? 0)).toEqual(order);
    const [event, ...others] = await eventsOf(order?.id);
    expect(others).toEqual([]);
    expect(event?.payload).toBe(eventText('order.created', event?.event_id, order));
    expect(event?.event_id).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
  });

  it('gives each of many concurrent orders its own id and event', async () => {
    const creator = createOrderCreator(test.database);
    const totals = Array.from(
      { length: 500 },
      (_, n) => `${n}.${String(n % 100).padStart(2, '0')}`,
    );
    const orders = await Promise.all(totals.map((total) => creator.create({ user_id: 77, total })));
    expect(orders.map((order) => order?.total)).toEqual(totals);
    expect(new Set(orders.map((order) => order?.id)).size).toBe(500);
    const { rows } = await test.database.query<{ n: string; same: string }>(
      `select count(*) as n, count(*) filter (where (payload::json ->> 'total') = o.total::text) as same
        from outbox e join orders o on o.id = e.order_id where o.user_id = 77`,
    );
    expect(rows).toEqual([{ n: '500', same: '500' }]);
  });

  it('stores one order for a key, however many ask at once, and remembers its answer', async () => {
    const key = { key: 'k1', hash: 'h' };
    const creators = [createOrderCreator(test.database), createOrderCreator(test.database)];
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, n) =>
        creators[n % 2]?.create({ user_id: 4000, total: '5.00' }, key),
      ),
    );
    const stored = answers.filter((order) => order !== undefined);
    expect(stored).toHaveLength(1);
    expect(await ordersOf(4000)).toBe(1);
    expect(await eventsOf(stored[0]?.id)).toHaveLength(1);
    expect(await findAnswer(test.database, 'k1')).toEqual({
      hash: 'h',
      status: 201,
      body: stored[0] ? orderJson(stored[0]) : '',
    });
    // Those that share a statement, which waits for the first two.
    const creator = createOrderCreator(test.database);
    const order = { user_id: 4001, total: '5.00' };
    const twin = { key: 'k2', hash: 'h' };
    const shared = [undefined, undefined, twin, twin].map((each) => creator.create(order, each));
    expect((await Promise.all(shared)).filter((each) => each !== undefined)).toHaveLength(3);
    expect(await ordersOf(4001)).toBe(3);
  });

  it('forgets keys after a day, and not before', async () => {
    await create('1.00', { key: 'old', hash: 'h' });
    await create('1.00', { key: 'young', hash: 'h' });
    await test.database.query(
      "update idempotency_keys set created_at = now() - interval '25 hours' where key = 'old'",
    );
    expect(await forgetKeys(test.database)).toBe(1);
    expect(await findAnswer(test.database, 'old')).toBeUndefined();
    expect(await findAnswer(test.database, 'young')).toBeDefined();
  });

  it('forgets more than a statement takes, unless it is to end', async () => {
    const fill = () =>
      test.database.query(
        `insert into idempotency_keys (key, request_hash, status, body, created_at)
         select 'many-' || n, 'h', 201, '{}', now() - interval '25 hours' from generate_series(1, 1001) n`,
      );
    await fill();
    expect(await forgetKeys(test.database)).toBe(1001);
    await fill();
    expect(await forgetKeys(test.database, AbortSignal.abort())).toBe(1000);
    expect(await forgetKeys(test.database)).toBe(1);
  });

  it('has its housekeeping forget them now and then, until it ends', async () => {
    let rounds = 0;
    const counting: Database = {
      ...test.database,
      query: (text, params) => {
        if (text.startsWith('delete from idempotency_keys')) rounds++;
        return test.database.query(text, params);
      },
    };
    const end = new AbortController();
    const keeping = runHousekeeping(counting, end.signal);
    await expect.poll(() => rounds).toBe(1);
    // Time enough for another, were it not a quarter of an hour away.
    for (let n = 0; n < 5; n++) await findAnswer(test.database, 'young');
    expect(rounds).toBe(1);
    end.abort();
    await keeping;
  });

  it('stores what comes while statements run together in the next, and in no more', async () => {
    let statements = 0;
    const counting: Database = {
      ...test.database,
      query: (text, params) => {
        statements++;
        return test.database.query(text, params);
      },
    };
    const creator = createOrderCreator(counting);
    await Promise.all(
      Array.from({ length: 302 }, () => creator.create({ user_id: 78, total: '1.00' })),
    );
    // 200 at the most share one; on a server the first two go at once, alone.
    expect([await ordersOf(78), statements]).toEqual([302, kind === 'pglite' ? 2 : 4]);
  });

  it('stores nothing twice where a connection breaks under it', async () => {
    const breaking: Database = {
      ...test.database,
      query: async (text, params) => {
        await test.database.query(text, params);
        throw Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
      },
    };
    const creator = createOrderCreator(breaking);
    const outcomes = await Promise.allSettled(
      Array.from({ length: 5 }, () => creator.create({ user_id: 79, total: '1.00' })),
    );
    expect(new Set(outcomes.map(({ status }) => status))).toEqual(new Set(['rejected']));
    expect(await ordersOf(79)).toBe(5);
  });

  it('lets the others through when one order of a statement is refused', async () => {
    const creator = createOrderCreator(test.database);
    const outcomes = await Promise.allSettled(
      // The first goes alone; the others share a statement. Callers never pass such a user.
      [1, 8000, 0, 8000].map((user_id) => creator.create({ user_id, total: '1.00' })),
    );
    expect(outcomes.map(({ status }) => status)).toEqual([
      'fulfilled',
      'fulfilled',
      'rejected',
      'fulfilled',
    ]);
    expect(await ordersOf(8000)).toBe(2);
  });

  it.each(ORDER_STATUSES.flatMap((from) => ORDER_STATUSES.map((to) => [from, to] as const)))(
    'from %s to %s: as the rules say, with an event when it changes',
    async (from, to) => {
      const id = (await create())?.id ?? 0;
      await test.database.query('update orders set status = $1 where id = $2', [from, id]);
      const before = await findOrder(test.database, id);
      const outcome = await changeOrder(test.database, id, { status: to });
      const after = await findOrder(test.database, id);
      const events = (await eventsOf(id)).slice(1);
      if (from === to) {
        expect(outcome).toEqual({ kind: 'changed', order: before, announced: false });
        expect(events).toEqual([]);
      } else if (NEXT_STATUSES[from].includes(to)) {
        expect(outcome).toEqual({ kind: 'changed', order: after, announced: true });
        expect(after?.status).toBe(to);
        const [event] = events;
        expect(event?.payload).toBe(eventText('order.updated', event?.event_id, after));
      } else {
        expect(outcome).toEqual({ kind: 'refused', from });
        expect(after).toEqual(before);
        expect(events).toEqual([]);
      }
    },
  );

  it('changes user and total without an event, and knows an unknown order', async () => {
    const id = (await create())?.id ?? 0;
    const outcome = await changeOrder(test.database, id, { user_id: 2, total: '30.00' });
    expect(outcome).toMatchObject({ announced: false, order: { user_id: 2, total: '30.00' } });
    expect(await eventsOf(id)).toHaveLength(1);
    expect(await changeOrder(test.database, 999_999_999, { total: '1.00' })).toEqual({
      kind: 'unknown',
    });
  });

  it('lets one of many concurrent changes through, with one event', async () => {
    for (let round = 0; round < 10; round++) {
      const id = (await create())?.id ?? 0;
      const outcomes = await Promise.all(
        Array.from({ length: 8 }, (_, n) =>
          changeOrder(test.database, id, { status: n % 2 ? 'confirmed' : 'cancelled' }),
        ),
      );
      const announced = outcomes.filter((each) => each.kind === 'changed' && each.announced);
      const events = (await eventsOf(id)).map(({ payload }) => JSON.parse(payload).status);
      // Cancelled at once, or confirmed first and then cancelled.
      expect(events.slice(1)).toEqual(
        announced.length === 1 ? ['cancelled'] : ['confirmed', 'cancelled'],
      );
      expect(await findOrder(test.database, id)).toMatchObject({ status: 'cancelled' });
    }
  });

  it('pages through the orders of a user or status, the newest first', async () => {
    const creator = createOrderCreator(test.database);
    const ids: number[] = [];
    for (let n = 0; n < 7; n++) {
      ids.unshift((await creator.create({ user_id: 500, total: '1.00' }))?.id ?? 0);
    }
    const seen: number[] = [];
    let before: number | undefined;
    do {
      const page = await findOrders(test.database, { user_id: 500, limit: 3, before });
      expect(page.orders.length).toBeLessThanOrEqual(3);
      seen.push(...page.orders.map(({ id }) => id));
      before = page.next;
    } while (before !== undefined);
    expect(seen).toEqual(ids);
    await changeOrder(test.database, ids[2] ?? 0, { status: 'confirmed' });
    const query = { user_id: 500, status: 'confirmed', limit: 100 } as const;
    const { orders, next } = await findOrders(test.database, query);
    expect(orders.map(({ id }) => id)).toEqual([ids[2]]);
    expect(next).toBeUndefined();
  });
});
