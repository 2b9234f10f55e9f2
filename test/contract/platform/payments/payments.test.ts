import { expect, it } from 'vitest';
import { PAYMENT_MIGRATIONS } from '../../../../src/lib/platform/payments/migrations.ts';
import { paymentService } from '../../../../src/lib/platform/payments/payment-service.ts';
import { paymentRoutes } from '../../../../src/lib/platform/payments/routes.ts';
import {
  PaymentService,
  PaymentStatus,
} from '../../../../src/lib/platform/rpc/pubsub/platform/v1/payments_pb.js';
import { onOneDatabase } from '../../../fixtures/database-kinds.ts';
import { as, authenticate, patiently, refusal, useService } from '../service.ts';
import { useDatabase } from '../service-database.ts';

const SERVICE = as('service');
const { PAID, DECLINED, REFUNDED } = PaymentStatus;

onOneDatabase((kind) => {
  const database = useDatabase(PAYMENT_MIGRATIONS, kind);
  const service = useService('payments', () => ({
    routes: paymentRoutes(database(), authenticate),
    grpc: paymentService(database()),
  }));
  const patient = useService('payments', () => ({
    routes: [],
    grpc: paymentService(database(), 3_600_000),
  }));
  const charge = (key: string, more: object = {}, options: object = SERVICE) =>
    service
      .client(PaymentService)
      .charge({ key, userId: 7n, amount: '29.99', method: 'card', ...more }, options);
  const refund = async (key: string) =>
    (await service.client(PaymentService).refund({ key }, SERVICE)).refunded;
  const list = async (query: string) =>
    (await service.send('GET', `/payments?${query}`, { token: 'admin' })).body;
  const amounts = async (status: string): Promise<string[]> =>
    (await list(`user_id=99&status=${status}`)).payments.map(
      ({ amount }: { amount: string }) => amount,
    );

  it('takes money once for a key', async () => {
    const first = await charge('a');
    expect([first.status, first.declineCode]).toEqual([PAID, '']);
    expect(await charge('a')).toEqual(first);
    for (const other of [{ amount: '29.98' }, { userId: 8n }, { method: 'card-slow' }]) {
      expect(await refusal(charge('a', other))).toEqual([
        'AlreadyExists',
        'The key stands for another payment.',
      ]);
    }
    expect((await list('key=a')).payments).toEqual([
      {
        ...{ id: Number(first.paymentId), key: 'a', status: 'paid', user_id: 7, amount: '29.99' },
        ...{ method: 'card', decline_code: null, refunded_at: null, order_id: null },
        created_at: expect.stringMatching(/Z$/),
      },
    ]);
  });

  it('finds the payments of an order', async () => {
    await charge('o-1', { orderId: 2_000_000_001n, method: 'card-declined' });
    await charge('o-2', { orderId: 2_000_000_001n });
    await charge('o-3', { orderId: 2_000_000_002n });
    const found = await list('order_id=2000000001');
    expect(found.payments).toMatchObject([
      { key: 'o-1', order_id: 2_000_000_001, status: 'declined' },
      { key: 'o-2', order_id: 2_000_000_001, status: 'paid' },
    ]);
    expect((await list('order_id=2000000001&status=paid&key=o-2')).payments).toHaveLength(1);
    expect((await list('order_id=2000000003')).payments).toEqual([]);
    await refund('o-2');
    expect((await list('order_id=2000000001&status=refunded')).payments).toHaveLength(1);
    expect(await refusal(charge('o-3', { orderId: 2_000_000_001n }))).toEqual([
      'AlreadyExists',
      'The key stands for another payment.',
    ]);
  });

  it('answers callers of the version before, which name no order', async () => {
    const named = await charge('mixed', { orderId: 2_000_000_004n });
    expect(await charge('mixed')).toEqual(named);
    expect((await list('key=mixed')).payments[0].order_id).toBe(2_000_000_004);
    // As a process of payments of the version before writes it.
    await database().query(
      `insert into payments (key, status, user_id, amount, method, decline_code)
        values ('before', 'paid', 7, 29.99, 'card', null)`,
    );
    expect((await charge('before', { orderId: 2_000_000_004n })).status).toBe(PAID);
    expect((await list('key=before')).payments[0].order_id).toBe(null);
  });

  it('takes it once where many ask at once, and answers all of them alike', async () => {
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => patiently(() => charge('at-once'))),
    );
    expect(
      new Set(
        answers.map((answer) =>
          typeof answer === 'string' ? answer : `${answer.paymentId} ${answer.status}`,
        ),
      ).size,
    ).toBe(1);
    expect((await list('key=at-once')).payments).toHaveLength(1);
  });

  it('declines by the method, again and again', async () => {
    for (const code of ['declined', 'insufficient_funds', 'expired']) {
      const method = `card-${code.replace('_', '-')}`;
      for (const _ of [1, 2]) {
        expect(await charge(code, { method })).toMatchObject({
          status: DECLINED,
          declineCode: code,
        });
      }
      expect(await refund(code)).toBe(false);
      expect((await charge(code, { method })).status).toBe(DECLINED);
    }
  });

  it('takes the money where its answer is lost', async () => {
    const [code] = await refusal(charge('flaky', { method: 'card-flaky' }));
    expect([code, (await list('key=flaky')).payments[0].status]).toEqual(['Unavailable', 'paid']);
    expect((await charge('flaky', { method: 'card-flaky' })).status).toBe(PAID);
  });

  it('takes the money before an answer that is slow, and answers again at once', async () => {
    const began = performance.now();
    let ms = 0;
    const slow = charge('slow', { method: 'card-slow' }).then((answer) => {
      ms = performance.now() - began;
      return answer;
    });
    await expect.poll(async () => (await list('key=slow')).payments.length).toBe(1);
    expect(await charge('slow', { method: 'card-slow' })).toEqual(await slow);
    expect(ms).toBeGreaterThanOrEqual(2_990);
  });

  it('keeps the money of a caller who went away meanwhile', async () => {
    const gone = new AbortController();
    const call = patient
      .client(PaymentService)
      .charge(
        { key: 'gone', userId: 7n, amount: '29.99', method: 'card-slow' },
        { ...SERVICE, signal: gone.signal },
      );
    const ended = refusal(call);
    await expect.poll(async () => (await list('key=gone')).payments.length).toBe(1);
    gone.abort();
    expect((await ended)[0]).toBe('Canceled');
    expect([await refund('gone'), await refund('gone')]).toEqual([true, false]);
  });

  it('gives money back to the cent, once', async () => {
    const all = ['0.01', '0.10', '99999999.99', '0.00', '10.00'];
    for (const [n, amount] of all.entries()) await charge(`r-${n}`, { amount, userId: 99n });
    const given = await Promise.all([0, 1, 2, 2, 2].map((n) => patiently(() => refund(`r-${n}`))));
    expect(given.filter((gave) => gave === true)).toHaveLength(3);
    expect([await amounts('refunded'), await amounts('paid')]).toEqual([
      ['0.01', '0.10', '99999999.99'],
      ['0.00', '10.00'],
    ]);
    expect(await charge('r-0', { amount: '0.01', userId: 99n })).toMatchObject({
      status: REFUNDED,
    });
  });

  it('refuses what was refunded before it came', async () => {
    expect([await refund('late'), await refund('late')]).toEqual([false, false]);
    expect(await refusal(charge('late'))).toEqual([
      'Aborted',
      'The key was refunded before it was paid.',
    ]);
    expect((await list('key=late')).payments).toMatchObject([
      { status: 'refused', user_id: null, amount: null, method: null },
    ]);
  });

  it('takes money or gives it back, whichever comes first', async () => {
    for (let n = 0; n < 5; n++) {
      const key = `race-${n}`;
      const [paid, refunded] = await Promise.all([
        patiently(async () => (await charge(key, { userId: 50n })).status === PAID),
        patiently(() => refund(key)),
      ]);
      // Refunded after it was paid, also before its caller heard of it; or refused.
      expect(refunded).toBe(paid !== 'Aborted');
    }
    expect((await list('user_id=50&status=paid')).payments).toEqual([]);
  });

  it('refuses amounts, users, methods and keys that are none', async () => {
    for (const wrong of [
      ...['', '1', '1.0', '1.000', '01.00', '-1.00', '1e2', '100000000.00', ' 1.00', '1,00'].map(
        (amount) => ({ amount }),
      ),
      ...[
        { orderId: -1n },
        { userId: 0n },
        { userId: -1n },
        { method: '' },
        { method: 'cash' },
        { key: '' },
      ],
      ...[{ key: 'k'.repeat(201) }, { key: 'a\u0000' }],
    ]) {
      expect([wrong, (await refusal(charge('wrong', wrong)))[0]]).toEqual([
        wrong,
        'InvalidArgument',
      ]);
    }
    expect((await list('key=wrong')).payments).toEqual([]);
    expect((await charge('k'.repeat(200), { amount: '99999999.99' })).status).toBe(PAID);
    expect((await refusal(refund('')))[0]).toBe('InvalidArgument');
  });

  it('is for services, and its list for administrators', async () => {
    for (const [token, code] of [
      ['admin', 'PermissionDenied'],
      ['user', 'PermissionDenied'],
      ['x', 'Unauthenticated'],
    ] as const) {
      expect((await refusal(charge('theirs', {}, as(token))))[0]).toBe(code);
    }
    for (const [token, status] of [
      [undefined, 401],
      ['user', 403],
      ['service', 403],
      ['admin', 200],
    ] as const) {
      expect((await service.send('GET', '/payments', { token })).status).toBe(status);
      expect((await service.send('GET', '/payments/1', { token })).status).toBe(status);
    }
  });

  it('come in pages and one by one', async () => {
    const { payments, page } = await list('limit=2');
    expect(page).toEqual({ limit: 2, next_cursor: String(payments[1].id) });
    const next = await list(`limit=2&after=${page.next_cursor}`);
    expect(next.payments[0].id).toBeGreaterThan(payments[1].id);
    const { body } = await service.send('GET', `/payments/${payments[0].id}`, { token: 'admin' });
    expect(body).toEqual(payments[0]);
    const missing = await service.send('GET', '/payments/999999', { token: 'admin' });
    expect([missing.status, missing.body.code]).toEqual([404, 'payment_not_found']);
    for (const query of ['status=lost', 'limit=101', 'user_id=0', 'order_id=x', 'x=1', 'key=']) {
      expect((await service.send('GET', `/payments?${query}`, { token: 'admin' })).status).toBe(
        422,
      );
    }
  });
});
