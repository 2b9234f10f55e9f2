import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Database } from '../../../src/lib/database/database.ts';
import {
  type Claim,
  claimEvents,
  giveBack,
  markDelivered,
  postpone,
  renewLease,
} from '../../../src/lib/outbox/outbox.ts';
import { removeDelivered } from '../../../src/lib/outbox/outbox-removal.ts';
import {
  readOutboxLag,
  readOutboxStatus,
  retryFailing,
} from '../../../src/lib/outbox/outbox-status.ts';
import { createRemoval } from '../../../src/lib/outbox/relay-removal.ts';
import { onOneDatabase } from '../../fixtures/database-kinds.ts';
import { ordersFrom, useOrders, writeEvents } from './outbox.ts';

afterEach(() => vi.restoreAllMocks());

onOneDatabase((kind) => {
  const orders = useOrders(kind);
  beforeEach(() => orders.clear());

  const claim = (most = 10) => claimEvents(orders.database, most, 15);
  const keysOf = ({ events }: Claim) => events.map(({ key }) => key);
  const change = (set: string, where = 'true') =>
    orders.database.query(`update outbox set ${set} where ${where}`);

  describe('a claim', () => {
    it('is of the oldest due event of each key, up to a bound, and nobody has it twice', async () => {
      await writeEvents(orders.database, [...ordersFrom(1, 3), ...ordersFrom(1, 1)]);
      expect((await claim(0)).lease).toBe('');
      const two = await claim(2);
      expect(keysOf(two)).toEqual(['1', '2']);
      expect(keysOf(await claim())).toEqual(['3']);
      expect(await claim()).toEqual({ events: [], lease: '' });
      expect(two.events[0]).toEqual({
        ...{ id: expect.stringMatching(/^\d+$/), key: '1', eventId: expect.any(String) },
        ...{ eventType: 'order.created', payload: expect.any(String), attempts: 0 },
        ...{ ageSeconds: expect.any(Number), traceparent: null, lease: two.lease },
      });
      await markDelivered(orders.database, [two.events[0]?.id ?? '']);
      expect(keysOf(await claim())).toEqual(['1']);
    });

    it('is kept by who renews it, and by nobody else', async () => {
      await writeEvents(orders.database, ordersFrom(1, 2));
      const held = await claim();
      const renewed = await renewLease(orders.database, held, 60);
      expect(renewed).not.toBe(held.lease);
      // Of another claim of them: nothing is changed.
      expect(await renewLease(orders.database, held, 60)).toBe(held.lease);
      await giveBack(orders.database, held, 'no');
      await postpone(orders.database, held.lease, [
        { id: held.events[0]?.id ?? '', delay: 0, reason: 'no' },
      ]);
      expect(await readOutboxLag(orders.database)).toMatchObject({ waiting: 2, failing: 0 });
      await giveBack(orders.database, { ...held, lease: renewed }, 'away');
      expect(await readOutboxLag(orders.database)).toMatchObject({ waiting: 2, failing: 2 });
      // Nothing was wrong with it: it is due, and counts no attempt.
      expect((await claim()).events.map(({ attempts }) => attempts)).toEqual([0, 0]);
    });

    it('leaves what was refused until its time, with a reason that fits in a line', async () => {
      await writeEvents(orders.database, ordersFrom(1, 2));
      const { events, lease } = await claim();
      const reasons = [`a\u0000\r\n\tb${'x'.repeat(600)}`, '😀'.repeat(501)];
      const refused = reasons.map((reason, n) => ({
        id: events[n]?.id ?? '',
        delay: 60 - n * 60,
        reason,
      }));
      await postpone(orders.database, lease, refused);
      expect(await readOutboxStatus(orders.database, 5)).toEqual({
        ...{ waiting: 2, failing: 2, delivered: 0, oldestAgeSeconds: expect.any(Number) },
        failures: [`a b${'x'.repeat(497)}`, '😀'.repeat(500)].map((lastError, n) => ({
          ...{ id: events[n]?.id, key: String(n + 1), eventId: events[n]?.eventId, lastError },
          ...{ eventType: 'order.created', attempts: 1, retryInSeconds: expect.any(Number) },
        })),
      });
      const { failures } = await readOutboxStatus(orders.database, 1);
      expect(failures).toHaveLength(1);
      expect(failures[0]?.retryInSeconds).toBeGreaterThan(50);
      expect(failures[0]?.retryInSeconds).toBeLessThanOrEqual(60);
      const again = await claim();
      expect(again.events).toMatchObject([{ key: '2', attempts: 1 }]);
      await markDelivered(orders.database, [again.events[0]?.id ?? '']);
      expect(await readOutboxStatus(orders.database, 5)).toMatchObject({
        failing: 1,
        delivered: 1,
      });
    });
  });

  it('counts nothing where nothing waits', async () => {
    expect(await readOutboxStatus(orders.database, 5)).toEqual({
      ...{ waiting: 0, failing: 0, delivered: 0, oldestAgeSeconds: null, failures: [] },
    });
  });

  it('makes failing events due, all of them or those that are named, and no others', async () => {
    await writeEvents(orders.database, ordersFrom(1, 3));
    await change(`last_error = 'no', next_attempt_at = now() + interval '1 hour'`, 'order_id < 3');
    const { failures } = await readOutboxStatus(orders.database, 5);
    const [one, two] = failures.map(({ id, eventId }) => ({ id, eventId }));
    expect(await retryFailing(orders.database, [])).toEqual([]);
    expect(await retryFailing(orders.database, ['x', '999999'])).toEqual([]);
    expect(await retryFailing(orders.database, [one?.id ?? ''])).toEqual([one]);
    expect(keysOf(await claim())).toEqual(['1', '3']);
    expect(await retryFailing(orders.database, [two?.eventId.toUpperCase() ?? '', 'x'])).toEqual([
      two,
    ]);
    expect(await retryFailing(orders.database)).toHaveLength(2);
  });

  describe('the removal of what was delivered', () => {
    /** So many events that were delivered so many seconds ago, each by a second later. */
    const deliver = (count: number, seconds: number) =>
      orders.database.query(
        `insert into outbox (order_id, event_id, event_type, payload, delivered_at)
         select 1, gen_random_uuid(), 't', '{}', now() - make_interval(secs => $2)
         from generate_series(1, $1::int)`,
        [count, seconds],
      );
    const left = async (database: Database) => (await readOutboxStatus(database, 0)).delivered;

    it('goes on after a full step with something old in it, or nothing young', async () => {
      await deliver(999, 100);
      expect(await removeDelivered(orders.database, '0', 101)).toEqual({
        removed: 0,
        next: undefined,
      });
      expect(await removeDelivered(orders.database, '0', 99)).toEqual({
        removed: 999,
        next: undefined,
      });
      await deliver(1000, 100);
      await deliver(2, 0);
      const { removed, next } = await removeDelivered(orders.database, '0', 99);
      expect([removed, Number(next)]).toEqual([1000, expect.any(Number)]);
      expect(await removeDelivered(orders.database, next ?? '', 99)).toEqual({
        removed: 0,
        next: undefined,
      });
      expect(await left(orders.database)).toBe(2);
    });

    it('passes over what waits, and stops where a full step is young', async () => {
      await deliver(1001, 100);
      await change('delivered_at = null');
      const waiting = await removeDelivered(orders.database, '0', 0);
      expect(waiting).toEqual({ removed: 0, next: expect.stringMatching(/^\d+$/) });
      expect(await removeDelivered(orders.database, waiting.next ?? '', 0)).toEqual({
        ...{ removed: 0, next: undefined },
      });
      await change('delivered_at = now()');
      expect(await removeDelivered(orders.database, '0', 99)).toEqual({
        removed: 0,
        next: undefined,
      });
    });

    it('is done a step each 200 ms, and a minute after the last', async () => {
      let ahead = 0;
      const now = performance.now();
      vi.spyOn(performance, 'now').mockImplementation(() => now + ahead);
      const removal = createRemoval(50);
      await deliver(1001, 100);
      const steps: number[] = [];
      for (const at of [0, 199, 200, 60_199, 60_200]) {
        ahead = at;
        if (at === 60_199) await deliver(1, 100);
        await removal.step(orders.database);
        steps.push(await left(orders.database));
      }
      expect(steps).toEqual([1, 1, 0, 1, 0]);
    });
  });
});
