import { randomUUID } from 'node:crypto';
import { createServer } from 'node:net';
import { createGrpcTransport } from '@connectrpc/connect-node';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createPeers } from '../../../../src/lib/platform/orders/saga/peers.ts';
import type { Saga } from '../../../../src/lib/platform/orders/saga/saga.ts';
import { order, ordersPaidBy, outboxOf, paymentsOf, placed, sagaIn } from './asked.ts';
import { useShop } from './shop.ts';

const PATIENCE = { timeout: 30_000, interval: 50 };

describe('an order of the platform', { timeout: 60_000 }, () => {
  const shop = useShop();
  afterEach(() => shop.faults.clear());

  it('is reserved, paid, created and sold, and told of once', async () => {
    const [cup, tea] = [await shop.product('19.90', 10), await shop.product('0.05', 3)];
    const answer = await shop.send('POST', '/orders', {
      body: order([tea, 3], [cup, 2]),
    });
    expect([answer.status, answer.body]).toMatchObject([
      201,
      { user_id: 7, total: '39.95', status: 'pending', version: 1 },
    ]);
    const { id } = answer.body;
    expect(answer.headers.get('location')).toBe(`/orders/${id}`);
    expect(answer.headers.get('etag')).toBe('"1"');
    const items = [
      { product_id: cup, quantity: 2, price: '19.90' },
      { product_id: tea, quantity: 3, price: '0.05' },
    ];
    const read = await shop.send('GET', `/orders/${id}`);
    expect([read.status, read.body]).toEqual([200, { ...answer.body, items }]);
    expect(await shop.units(cup)).toEqual({ available: 8, onHand: 8 });
    expect(await shop.units(tea)).toEqual({ available: 0, onHand: 0 });
    const saga = await sagaIn(shop, { order_id: id });
    expect(saga).toMatchObject({ state: 'completed', reason: null, total: '39.95' });
    expect(
      saga.log.map(({ step, outcome }: Record<string, string>) => `${step} ${outcome}`),
    ).toEqual(['reserve done', 'pay done', 'create done', 'commit done']);
    expect(await paymentsOf(shop, saga.id)).toEqual([{ status: 'paid', amount: '39.95' }]);
    expect(await ordersPaidBy(shop, saga.id)).toEqual([id]);
    const [event, ...more] = await outboxOf(shop, id);
    expect(more).toEqual([]);
    expect(event).toMatchObject({
      ...{ event_type: 'order.created', order_id: id, user_id: 7, total: 39.95, status: 'pending' },
      timestamp: answer.body.created_at,
    });
    expect(event.items).toEqual(answer.body.items);
    const history = await shop.send('GET', `/orders/${id}/history`);
    expect(history.body.events).toMatchObject([
      {
        version: 1,
        event_type: 'order.created',
        event_id: event.event_id,
        data: { saga_id: saga.id },
      },
    ]);
  });

  it.each([
    ['too few units', (id: number) => order([id, 4]), 409, 'out_of_stock'],
    ['no such product', (id: number) => order([id, 1], [9_999_999, 1]), 422, 'invalid'],
    ['no such way to pay', (id: number) => order([id, 1], 'shells'), 422, 'invalid'],
    ['a declined card', (id: number) => order([id, 3], 'card-declined'), 402, 'payment_declined'],
    [
      'a card without funds',
      (id: number) => order([id, 3], 'card-insufficient-funds'),
      402,
      'payment_declined',
    ],
  ])('leaves nothing behind for %s', async (_, body, status, code) => {
    const cup = await shop.product('5.00', 3);
    const answer = await shop.send('POST', '/orders', { body: body(cup) });
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    expect(await shop.units(cup)).toEqual({ available: 3, onHand: 3 });
    const saga = await sagaIn(shop, {});
    expect(saga).toMatchObject({ state: 'compensated', order_id: null });
    expect((await paymentsOf(shop, saga.id)).filter((each) => each.status === 'paid')).toEqual([]);
  });

  it('refuses a total that no order can have', async () => {
    const gold = await shop.product('99999999.99', 2);
    const answer = await shop.send('POST', '/orders', { body: order([gold, 2]) });
    expect([answer.status, answer.body.errors.items]).toMatchObject([422, [/most is 99999999.99/]]);
    expect(await shop.units(gold)).toEqual({ available: 2, onHand: 2 });
    expect((await placed(shop, order([gold, 1]))).total).toBe('99999999.99');
  });

  it.each(['Reserve', 'Charge', 'Commit'])(
    'is made once where answers of %s get lost, and where nobody answers',
    async (method) => {
      for (const fault of ['lost', 'away'] as const) {
        const cup = await shop.product('5.00', 3);
        shop.faults.set(method, fault, 2);
        const { id } = await placed(shop, order([cup, 2]));
        expect(await shop.units(cup)).toEqual({ available: 1, onHand: 1 });
        const saga = await sagaIn(shop, { order_id: id });
        expect(await paymentsOf(shop, saga.id)).toEqual([{ status: 'paid', amount: '10.00' }]);
      }
    },
  );

  it('names no order to payments in a saga that a process of the version before began', async () => {
    const cup = await shop.product('5.00', 3);
    shop.faults.set('Reserve', 'held', 1);
    const placing = placed(shop, order([cup, 1]));
    const orders = shop.databases.orders();
    await expect
      .poll(
        async () =>
          (
            await orders.query(
              `update sagas set planned_order_id = null where state = 'running' returning id`,
            )
          ).rowCount,
      )
      .toBe(1);
    shop.faults.clear();
    const { id } = await placing;
    const saga = await sagaIn(shop, { order_id: id });
    expect(await ordersPaidBy(shop, saga.id)).toEqual([null]);
  });

  it('charges a card once whose first answer gets lost', async () => {
    const cup = await shop.product('5.00', 3);
    const { id } = await placed(shop, order([cup, 1], 'card-flaky'));
    const saga = await sagaIn(shop, { order_id: id });
    expect(await paymentsOf(shop, saga.id)).toEqual([{ status: 'paid', amount: '5.00' }]);
  });

  it.each([
    ['Refund', 'Reserve'],
    ['Release', 'Charge'],
  ])('undoes it where answers of %s get lost', async (method) => {
    const cup = await shop.product('5.00', 3);
    shop.faults.set(method, 'lost', 2);
    const answer = await shop.send('POST', '/orders', { body: order([cup, 1], 'card-declined') });
    expect(answer.status).toBe(402);
    expect(await shop.units(cup)).toEqual({ available: 3, onHand: 3 });
  });

  it('answers 202 at the deadline also where its database is busy', async () => {
    const cup = await shop.product('5.00', 3);
    shop.faults.set('Charge', 'held');
    const sending = shop.send('POST', '/orders', {
      body: order([cup, 1]),
      // Longer than a request waits for the database.
      headers: { 'x-request-deadline': new Date(Date.now() + 8_000).toISOString() },
    });
    await vi.waitFor(async () => expect((await sagaIn(shop, {})).step).toBe('pay'), PATIENCE);
    const answer = await shop.databases.orders().transaction(async (tx) => {
      // The embedded database has one connection, and this one keeps it.
      if (shop.databases.orders().kind === 'postgres') {
        await tx.query('lock table sagas in access exclusive mode');
      }
      return sending;
    });
    expect([answer.status, answer.body.state]).toEqual([202, 'running']);
  });

  it('answers 202 at the deadline, and goes on', async () => {
    const cup = await shop.product('5.00', 3);
    shop.faults.set('Charge', 'held');
    const headers = {
      'x-request-deadline': new Date(Date.now() + 3_000).toISOString(),
      'idempotency-key': 'late',
    };
    const answer = await shop.send('POST', '/orders', { body: order([cup, 1]), headers });
    expect([answer.status, answer.body.state]).toEqual([202, 'running']);
    const at = answer.headers.get('location') ?? '';
    expect(at).toBe(`/sagas/${answer.body.id}`);
    shop.faults.clear();
    const again = await shop.send('POST', '/orders', {
      body: order([cup, 1]),
      headers: { 'idempotency-key': 'late' },
    });
    expect([again.status, again.headers.get('idempotency-replayed')]).toEqual([201, 'true']);
    expect((await shop.send('GET', at)).body).toMatchObject({
      state: 'completed',
      order_id: again.body.id,
    });
    expect(await shop.units(cup)).toEqual({ available: 2, onHand: 2 });
  });

  it('is taken up where it was left behind, though more than that are in hand', async () => {
    const cup = await shop.product('5.00', 18);
    const before = shop.faults.calls.length;
    shop.faults.set('Reserve', 'held', 17);
    const answering = Array.from({ length: 17 }, () =>
      shop.send('POST', '/orders', { body: order([cup, 1]) }),
    );
    await expect.poll(() => shop.faults.calls.length - before, PATIENCE).toBe(17);
    const id = randomUUID();
    await shop.databases.orders().query(
      `insert into sagas (id, user_id, items, payment_method)
        values ($1::uuid, 7, $2::text::json, 'card')`,
      [id, JSON.stringify(order([cup, 1]).items)],
    );
    const leftBehind = async () =>
      (await shop.send('GET', `/sagas/${id}`, { token: 'admin' })).body.state;
    await expect.poll(leftBehind, PATIENCE).toBe('completed');
    shop.faults.clear();
    // 202 on a machine where all of this took longer than a caller waits.
    for (const { status } of await Promise.all(answering)) expect([201, 202]).toContain(status);
    await expect.poll(() => shop.units(cup), PATIENCE).toEqual({ available: 0, onHand: 0 });
  });

  it('is made once by requests with one key, however they are written', async () => {
    const [cup, tea] = [await shop.product('5.00', 30), await shop.product('1.00', 30)];
    const headers = { 'idempotency-key': 'once' };
    const bodies = [order([cup, 2], [tea, 1]), order([tea, 1], [cup, 2])];
    const answers = await Promise.all(
      [0, 1, 0, 1, 0].map((n) => shop.send('POST', '/orders', { body: bodies[n], headers })),
    );
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 201, 201]);
    expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    const replayed = answers.filter(({ headers: h }) => h.get('idempotency-replayed') === 'true');
    expect(replayed).toHaveLength(4);
    expect(await shop.units(cup)).toEqual({ available: 28, onHand: 28 });
    const other = await shop.send('POST', '/orders', { body: order([cup, 3]), headers });
    expect([other.status, Object.keys(other.body.errors)]).toEqual([422, ['Idempotency-Key']]);
    const others = { body: bodies[0], headers, token: 'other' };
    expect((await shop.send('POST', '/orders', others)).body).toMatchObject({ user_id: 8 });
    expect(await shop.units(cup)).toEqual({ available: 26, onHand: 26 });
  });

  it('cancels and pays back an order whose units are not reserved any more', async () => {
    const cup = await shop.product('5.00', 3);
    shop.faults.set('Commit', 'held');
    const answering = shop.send('POST', '/orders', { body: order([cup, 2]) });
    const saga = await vi.waitFor(async () => {
      const found = await sagaIn(shop, {});
      expect([found.items[0].product_id, found.step]).toEqual([cup, 'commit']);
      return found;
    }, PATIENCE);
    const early = await shop.send('PATCH', `/orders/${saga.order_id}`, {
      body: { status: 'cancelled' },
    });
    expect([early.status, early.body.code]).toEqual([409, 'order_unfinished']);
    await shop.stock().release({ key: `${saga.id}:reserve` });
    shop.faults.clear();
    const answer = await answering;
    expect([answer.status, answer.body.code]).toEqual([409, 'reservation_lost']);
    const read = await shop.send('GET', `/orders/${saga.order_id}`);
    expect(read.body).toMatchObject({ status: 'cancelled', version: 2 });
    expect(await paymentsOf(shop, saga.id)).toEqual([{ status: 'refunded', amount: '10.00' }]);
    expect(await shop.units(cup)).toEqual({ available: 3, onHand: 3 });
    const events = await outboxOf(shop, saga.order_id);
    expect(events.map(({ event_type, status }) => [event_type, status])).toEqual([
      ['order.created', 'pending'],
      ['order.updated', 'cancelled'],
    ]);
  });

  it('is shown to its owner and to administrators only', async () => {
    const cup = await shop.product('5.00', 3);
    const { id } = await placed(shop, order([cup, 1]));
    const saga = await sagaIn(shop, { order_id: id });
    const statuses = async (path: string) =>
      Promise.all(
        ['user', 'other', 'admin', 'service', 'nobody', ''].map(
          async (token) => (await shop.send('GET', path, { token })).status,
        ),
      );
    for (const path of [`/orders/${id}`, `/orders/${id}/history`, `/sagas/${saga.id}`]) {
      expect(await statuses(path), path).toEqual([200, 404, 200, 200, 401, 401]);
    }
    const ids = async (token: string, query = '') =>
      (await shop.send('GET', `/orders?limit=1${query}`, { token })).body.orders.map(
        (each: { id: number }) => each.id,
      );
    expect([await ids('user'), await ids('user', '&user_id=8'), await ids('admin')]).toEqual([
      [id],
      [id],
      [id],
    ]);
    expect(await ids('other')).not.toContain(id);
    expect((await shop.send('POST', '/orders', { token: 'service', body: {} })).status).toBe(403);
    for (const path of ['/orders/0', '/orders/x', '/sagas/x', '/orders/99999999/history']) {
      expect((await shop.send('GET', path)).status, path).toBe(404);
    }
  });

  it.each([
    [{}, ['items', 'payment_method']],
    [{ ...order([1, 1]), extra: 1 }, ['extra']],
    [order(), ['items']],
    [order([1, 0]), ['quantity']],
    [order([1, 1.5]), ['quantity']],
    [order([1, 1], [1, 2]), ['items']],
    [order(...Array.from({ length: 51 }, (_, n): [number, number] => [n + 1, 1])), ['items']],
    [order([1, 1], 'x'.repeat(65)), ['payment_method']],
  ])('refuses %j', async (body, fields) => {
    const answer = await shop.send('POST', '/orders', { body });
    expect([answer.status, Object.keys(answer.body.errors)]).toEqual([422, fields]);
  });
});

it('takes a connection that is reset for no answer', async () => {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => socket.resetAndDestroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const there = createGrpcTransport({ baseUrl: `http://127.0.0.1:${port}` });
  const peers = createPeers({ products: there, payments: there, reserveForMs: 60_000 });
  const saga = { id: 's', userId: 7, items: [], total: '1.00', paymentMethod: 'card' };
  for (const step of ['reserve', 'pay', 'commit', 'refund', 'release'] as const) {
    const outcome = await peers[step](saga as unknown as Saga);
    expect([step, outcome.kind]).toEqual([step, 'unknown']);
  }
  await new Promise((resolve) => server.close(resolve));
});
