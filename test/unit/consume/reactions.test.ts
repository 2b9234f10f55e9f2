import { describe, expect, it } from 'vitest';
import { reactions, reactionTo } from '../../../src/lib/consume/reactions/index.ts';
import type { EventType, OrderEvent, OrderStatus } from '../../../src/lib/events/order-event.ts';

function event(event_type: EventType, status: OrderStatus): OrderEvent {
  return {
    event_id: 'e',
    event_type,
    order_id: 1,
    user_id: 1,
    total: '29.99',
    status,
    timestamp: '2025-01-01T12:00:00.000Z',
  };
}
const created = event('order.created', 'pending');
const updated = event('order.updated', 'confirmed');

describe('reactions', () => {
  it('email confirms an order, and tells its status', () => {
    expect(reactions.email(created)).toEqual([
      '📧 Sending order confirmation email for order 1',
      '   User: 1, Total: $29.99',
    ]);
    expect(reactions.email(updated)).toEqual([
      '📧 Sending status update email for order 1',
      '   New status: confirmed',
    ]);
  });

  it('inventory reserves, releases and removes', () => {
    expect(reactions.inventory(created)).toEqual([
      '📦 Reserving inventory for order 1',
      '   Processing $29.99 worth of items',
    ]);
    expect(reactions.inventory(updated)).toEqual([
      '📦 Handling status change for order 1',
      '   Status: confirmed',
    ]);
    expect(reactions.inventory(event('order.updated', 'cancelled'))).toEqual([
      '📦 Handling status change for order 1',
      '   Status: cancelled',
      '   Releasing reserved inventory',
    ]);
    expect(reactions.inventory(event('order.updated', 'shipped'))).toEqual([
      '📦 Handling status change for order 1',
      '   Status: shipped',
      '   Removing items from inventory',
    ]);
  });

  it('analytics tracks every type alike', () => {
    expect(reactions.analytics(created)).toEqual([
      '📊 Tracking analytics event: order.created',
      '   Order: 1, User: 1',
      '   Total: $29.99, Status: pending',
    ]);
    expect(reactions.analytics(updated)).toEqual([
      '📊 Tracking analytics event: order.updated',
      '   Order: 1, User: 1',
      '   Total: $29.99, Status: confirmed',
    ]);
  });

  it('is nothing for a name without one', () => {
    expect(reactionTo('toString', created)).toEqual([]);
  });
});
