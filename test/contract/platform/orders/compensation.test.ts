import { afterEach, describe, expect, it, vi } from 'vitest';
import { refusal } from '../service.ts';
import { order, outboxOf, paymentsOf, placed, sagaIn } from './asked.ts';
import { useShop } from './shop.ts';

const PATIENCE = { timeout: 30_000, interval: 50 };

describe('a saga that is given up', { timeout: 60_000 }, () => {
  const shop = useShop({ giveUpAfterMs: 400, undoAttempts: 3 });
  afterEach(() => shop.faults.clear());

  it('gives units back, and has a payment refused that comes late', async () => {
    const cup = await shop.product('5.00', 3);
    shop.faults.set('Charge', 'away');
    const answer = await shop.send('POST', '/orders', { body: order([cup, 1]) });
    expect([answer.status, answer.body.code]).toEqual([409, 'order_timed_out']);
    expect(await shop.units(cup)).toEqual({ available: 3, onHand: 3 });
    const { id, log } = await sagaIn(shop, {});
    expect(log.map(({ step, outcome }: Record<string, string>) => `${step} ${outcome}`)).toEqual([
      ...['reserve done', 'pay given_up', 'refund done', 'release done'],
    ]);
    const late = shop.payments().charge({
      ...{ key: `${id}:pay`, userId: 7n, amount: '5.00', method: 'card' },
    });
    expect((await refusal(late))[0]).toBe('Aborted');
  });

  it('has a reservation refused that comes late', async () => {
    const cup = await shop.product('5.00', 3);
    shop.faults.set('Reserve', 'away');
    const answer = await shop.send('POST', '/orders', { body: order([cup, 1]) });
    expect(answer.status).toBe(409);
    const { id } = await sagaIn(shop, {});
    const late = shop.stock().reserve({
      key: `${id}:reserve`,
      items: [{ productId: BigInt(cup), quantity: 1 }],
    });
    expect((await refusal(late))[0]).toBe('AlreadyExists');
    expect(await shop.units(cup)).toEqual({ available: 3, onHand: 3 });
  });

  it('is never given up once there is an order', async () => {
    const cup = await shop.product('5.00', 3);
    shop.faults.set('Commit', 'away');
    const send = (deadline: object) =>
      shop.send('POST', '/orders', {
        body: order([cup, 1]),
        headers: { 'idempotency-key': 'patient', ...deadline },
      });
    const answering = send({});
    await vi.waitFor(async () => {
      const { step, log } = await sagaIn(shop, {});
      expect(step).toBe('commit');
      expect(Date.now() - Date.parse(log[0].at)).toBeGreaterThan(1_000);
    }, PATIENCE);
    // Who can't wait for its end has the order all the same.
    const impatient = await send({
      'x-request-deadline': new Date(Date.now() + 3_000).toISOString(),
    });
    expect([impatient.status, impatient.body.total]).toEqual([201, '5.00']);
    expect(await sagaIn(shop, {})).toMatchObject({ state: 'running', step: 'commit' });
    shop.faults.clear();
    expect((await answering).body).toEqual(impatient.body);
    await vi.waitFor(
      async () => expect(await sagaIn(shop, {})).toMatchObject({ state: 'completed' }),
      PATIENCE,
    );
    expect(await shop.units(cup)).toEqual({ available: 2, onHand: 2 });
  });

  it('waits for a person where it can not be undone, and is undone when they ask for it', async () => {
    const cup = await shop.product('5.00', 3);
    shop.faults.set('Release', 'away');
    const before = shop.faults.calls.length;
    const answer = await shop.send('POST', '/orders', { body: order([cup, 1], 'card-declined') });
    expect(answer.status).toBe(402);
    const saga = await sagaIn(shop, {});
    expect(saga).toMatchObject({ state: 'compensation_failed', step: 'release' });
    expect(saga.last_error).toContain('nobody answers');
    expect(shop.faults.calls.slice(before).filter((call) => call === 'Release')).toHaveLength(3);
    const failed = await shop.send('GET', '/sagas?state=compensation_failed', { token: 'admin' });
    expect(failed.body.sagas.map(({ id }: { id: string }) => id)).toEqual([saga.id]);

    const retry = `/sagas/${saga.id}/retry`;
    expect((await shop.send('POST', retry)).status).toBe(403);
    shop.faults.clear();
    const retried = await shop.send('POST', retry, { token: 'admin' });
    expect([retried.status, retried.body.state]).toEqual([202, 'compensating']);
    await vi.waitFor(
      async () => expect(await sagaIn(shop, {})).toMatchObject({ state: 'compensated' }),
      PATIENCE,
    );
    expect(await shop.units(cup)).toEqual({ available: 3, onHand: 3 });
    const again = await shop.send('POST', retry, { token: 'admin' });
    expect([again.status, again.body.code]).toEqual([409, 'saga_ended']);
    const unknown = '/sagas/00000000-0000-0000-0000-000000000000/retry';
    expect((await shop.send('POST', unknown, { token: 'admin' })).status).toBe(404);
  });
});

describe('a saga that another process takes up', { timeout: 60_000 }, () => {
  const shop = useShop();
  afterEach(() => shop.faults.clear());

  it.each(['Reserve', 'Charge', 'Commit'])(
    'is done once, whatever becomes of the call of %s that was under way',
    async (method) => {
      const cup = await shop.product('5.00', 3);
      shop.faults.set(method, 'held', 1);
      const answering = shop.send('POST', '/orders', { body: order([cup, 1]) });
      await vi.waitFor(() => expect(shop.faults.calls.at(-1)).toBe(method), PATIENCE);
      const end = await shop.another();
      // As after the time of a lease whose holder was killed.
      await shop.databases
        .orders()
        .query(
          `update sagas set lease_until = now() - interval '1 second' where state = 'running'`,
        );
      const answer = await answering;
      expect(answer.status).toBe(201);
      shop.faults.clear();
      await end();
      await vi.waitFor(
        async () => expect(await shop.units(cup)).toEqual({ available: 2, onHand: 2 }),
        PATIENCE,
      );
      // It is written down after the units were sold.
      const saga = await vi.waitFor(async () => {
        const found = await sagaIn(shop, { order_id: answer.body.id });
        expect(found).toMatchObject({ state: 'completed' });
        return found;
      }, PATIENCE);
      expect(await paymentsOf(shop, saga.id)).toEqual([{ status: 'paid', amount: '5.00' }]);
      expect(await outboxOf(shop, answer.body.id)).toHaveLength(1);
    },
  );

  it('is not taken up while its lease holds', async () => {
    const cup = await shop.product('5.00', 3);
    shop.faults.set('Charge', 'held', 1);
    const answering = shop.send('POST', '/orders', { body: order([cup, 1]) });
    await vi.waitFor(() => expect(shop.faults.calls.at(-1)).toBe('Charge'), PATIENCE);
    const calls = shop.faults.calls.length;
    const end = await shop.another();
    const claimed = await shop.databases
      .orders()
      .query<{ lease: number }>(`select lease from sagas where state = 'running'`);
    await end();
    expect(claimed.rows).toEqual([{ lease: 1 }]);
    expect(shop.faults.calls).toHaveLength(calls);
    shop.faults.clear();
    expect((await answering).status).toBe(201);
  });
});

describe('the status of an order of the platform', { timeout: 60_000 }, () => {
  const shop = useShop();
  afterEach(() => shop.faults.clear());
  const patch = (id: number, status: string, token = 'admin', version?: string) =>
    shop.send('PATCH', `/orders/${id}`, {
      ...{ body: { status }, token },
      headers: version === undefined ? {} : { 'if-match': version },
    });

  it('changes by the version that was seen, once', async () => {
    const cup = await shop.product('5.00', 9);
    const { id } = await placed(shop, order([cup, 1]));
    for (const tag of ['"2"', '"0"', '1', 'W/"1"', '']) {
      const stale = await patch(id, 'confirmed', 'admin', tag);
      expect([stale.status, stale.body.code], tag).toEqual([412, 'order_changed']);
    }
    const both = await Promise.all([
      patch(id, 'confirmed', 'admin', '"1"'),
      patch(id, 'cancelled', 'admin', '"1"'),
    ]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 412]);
    const [won] = both.filter(({ status }) => status === 200);
    expect([won?.body.version, won?.headers.get('etag')]).toEqual([2, '"2"']);
    const read = await shop.send('GET', `/orders/${id}`);
    expect(read.body).toEqual(won?.body);
    const { events } = (await shop.send('GET', `/orders/${id}/history`)).body;
    expect(events.map((event: { version: number }) => event.version)).toEqual([1, 2]);
    expect(await outboxOf(shop, id)).toMatchObject([
      { event_type: 'order.created' },
      { ...{ event_type: 'order.updated', status: read.body.status }, items: read.body.items },
    ]);
  });

  it('goes where it may only, by who may', async () => {
    const cup = await shop.product('5.00', 9);
    const { id } = await placed(shop, order([cup, 1]));
    expect((await patch(id, 'confirmed', 'user')).status).toBe(403);
    expect((await patch(id, 'cancelled', 'other')).status).toBe(404);
    expect((await patch(id, 'shipped')).body.errors.status).toEqual([
      "can't change from pending to shipped: only to confirmed or cancelled",
    ]);
    expect((await patch(id, 'lost')).status).toBe(422);
    expect((await patch(id, 'pending')).body.version).toBe(1);
    expect((await patch(id, 'confirmed', 'service', '*')).body.version).toBe(2);
    expect((await patch(id, 'shipped')).body).toMatchObject({ status: 'shipped', version: 3 });
    expect((await patch(id, 'cancelled', 'user')).status).toBe(422);
  });

  it('is paid back, and its units given back, when its owner cancels it, also where payments and products are away', async () => {
    const cup = await shop.product('5.00', 9);
    const { id } = await placed(shop, order([cup, 2]));
    await vi.waitFor(
      async () => expect(await shop.units(cup)).toEqual({ available: 7, onHand: 7 }),
      PATIENCE,
    );
    shop.faults.set('Refund', 'away', 2);
    shop.faults.set('Release', 'away', 2);
    await vi.waitFor(
      async () =>
        expect((await patch(id, 'cancelled', 'user')).body).toMatchObject({ status: 'cancelled' }),
      PATIENCE,
    );
    expect((await patch(id, 'cancelled', 'user')).status).toBe(200);
    const saga = await sagaIn(shop, { order_id: id });
    await vi.waitFor(
      async () =>
        expect(await paymentsOf(shop, saga.id)).toEqual([{ status: 'refunded', amount: '10.00' }]),
      PATIENCE,
    );
    await vi.waitFor(
      async () =>
        expect(await sagaIn(shop, { order_id: id })).toMatchObject({
          ...{ state: 'compensated', reason: 'cancelled' },
        }),
      PATIENCE,
    );
    expect(await shop.units(cup)).toEqual({ available: 9, onHand: 9 });
    expect((await patch(id, 'cancelled', 'user')).status).toBe(200);
    expect(await sagaIn(shop, { order_id: id })).toMatchObject({ state: 'compensated' });
    expect(await shop.units(cup)).toEqual({ available: 9, onHand: 9 });
  });

  it('gives units back once, whoever takes up what was cancelled', async () => {
    const cup = await shop.product('5.00', 9);
    const { id } = await placed(shop, order([cup, 2]));
    await vi.waitFor(
      async () =>
        expect(await sagaIn(shop, { order_id: id })).toMatchObject({ state: 'completed' }),
      PATIENCE,
    );
    shop.faults.set('Release', 'held', 1);
    await patch(id, 'cancelled', 'user');
    await vi.waitFor(() => expect(shop.faults.calls.at(-1)).toBe('Release'), PATIENCE);
    const end = await shop.another();
    // As after the time of a lease whose holder was killed.
    await shop.databases
      .orders()
      .query(
        `update sagas set lease_until = now() - interval '1 second' where state = 'compensating'`,
      );
    await vi.waitFor(
      async () =>
        expect(await sagaIn(shop, { order_id: id })).toMatchObject({ state: 'compensated' }),
      PATIENCE,
    );
    const { id: saga } = await sagaIn(shop, { order_id: id });
    shop.faults.clear();
    await end();
    expect(await shop.stock().release({ key: `${saga}:reserve` })).toMatchObject({
      released: false,
    });
    expect(await shop.units(cup)).toEqual({ available: 9, onHand: 9 });
  });

  it('goes on from what `pubsub serve` wrote, and back', async () => {
    const { createSqlOrderStore } = await import(
      '../../../../src/lib/orders/store/sql-order-store.ts'
    );
    const store = createSqlOrderStore(shop.databases.orders());
    const made = await store.create({ user_id: 7, total: '12.50' });
    const id = made?.id ?? 0;
    expect((await shop.send('GET', `/orders/${id}`)).body).toMatchObject({
      ...{ total: '12.50', version: 1, items: [] },
    });
    expect((await patch(id, 'confirmed', 'admin', '"1"')).body).toMatchObject({ version: 2 });
    expect(await store.change(id, { status: 'shipped' })).toMatchObject({ kind: 'changed' });
    expect((await patch(id, 'cancelled', 'admin', '"2"')).status).toBe(412);
    const { events } = (await shop.send('GET', `/orders/${id}/history`)).body;
    expect(events.map(({ data }: { data: { status: string } }) => data.status)).toEqual([
      ...['pending', 'confirmed', 'shipped'],
    ]);
    expect((await shop.send('GET', `/orders/${id}`)).body).toMatchObject({
      ...{ status: 'shipped', version: 3 },
    });
  });
});
