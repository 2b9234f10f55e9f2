import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { shippedTopologies } from '../../../src/lib/config/shipped-topologies.ts';

const HANDLERS = join(shippedTopologies(), 'orders/handlers');
const react = async (subscriber: string, event: unknown, facts = {}) => {
  const { default: handler } = await import(
    pathToFileURL(join(HANDLERS, `${subscriber}.mjs`)).href
  );
  return handler(event, facts);
};

const created = {
  event_id: 'e',
  event_type: 'order.created',
  order_id: 1,
  user_id: 1,
  total: 29.99,
  status: 'pending',
  timestamp: '2025-01-01T12:00:00.000Z',
};
const updated = (status: string) => ({ ...created, event_type: 'order.updated', status });

describe('the handlers of the orders topology', () => {
  it('email confirms an order, and tells its status', async () => {
    expect(await react('email', created)).toEqual([
      '📧 Sending order confirmation email for order 1',
      '   User: 1, Total: $29.99',
    ]);
    expect(await react('email', updated('confirmed'))).toEqual([
      '📧 Sending status update email for order 1',
      '   New status: confirmed',
    ]);
  });

  it('inventory reserves, releases and removes', async () => {
    expect(await react('inventory', created)).toEqual([
      '📦 Reserving inventory for order 1',
      '   Processing $29.99 worth of items',
    ]);
    const status = ['📦 Handling status change for order 1', '   Status: confirmed'];
    expect(await react('inventory', updated('confirmed'))).toEqual(status);
    expect(await react('inventory', updated('cancelled'))).toEqual([
      '📦 Handling status change for order 1',
      '   Status: cancelled',
      '   Releasing reserved inventory',
    ]);
    expect(await react('inventory', updated('shipped'))).toEqual([
      '📦 Handling status change for order 1',
      '   Status: shipped',
      '   Removing items from inventory',
    ]);
  });

  it('analytics tracks every type alike', async () => {
    for (const event of [created, updated('confirmed')]) {
      expect(await react('analytics', event)).toEqual([
        `📊 Tracking analytics event: ${event.event_type}`,
        '   Order: 1, User: 1',
        `   Total: $29.99, Status: ${event.status}`,
      ]);
    }
  });

  it.each([
    [75, '$75.00'],
    [0.1, '$0.10'],
    ['29.99', '$29.99'],
    ['75', '$75.00'],
    ['12.5', '$12.50'],
    ['29.990', '$29.99'],
    [99_999_999.99, '$99999999.99'],
  ])('show a total of %j as %s', async (total, shown) => {
    expect(await react('email', { ...created, total })).toContain(`   User: 1, Total: ${shown}`);
  });

  it('read an order in data as well', async () => {
    const { event_type, ...data } = created;
    const envelope = { event_type, event_version: 1, data };
    expect(await react('email', envelope)).toEqual(await react('email', created));
    const cloud = { specversion: '1.0', id: 'c', source: '/s', type: event_type, data };
    expect(await react('email', cloud, { eventType: event_type })).toEqual(
      await react('email', created),
    );
  });

  it.each([{ hello: 1 }, 'text', null, 7, { event_type: 'order.deleted' }])(
    'refuse %j, which is not an order event',
    async (event) => {
      for (const subscriber of ['email', 'inventory', 'analytics']) {
        await expect(react(subscriber, event)).rejects.toMatchObject({
          code: 'InvalidEvent',
          message: expect.stringContaining('This is not an order event: '),
        });
      }
    },
  );
});
