import { describe, expect, it } from 'vitest';
import { serializeOrderEvent } from '../../../src/lib/events/order-event.ts';
import { completeEvent, sampleEvents } from '../../../src/lib/publish/event-source.ts';

const FIELDS = [
  'event_id',
  'event_type',
  'order_id',
  'user_id',
  'total',
  'status',
  'timestamp',
] as const;

describe('an event that is completed', () => {
  it('has its fields in the usual order, whatever was given first, and others after them', () => {
    const event = completeEvent(
      { note: 'x', total: '1.10', user_id: 2, order_id: 1 },
      'order.created',
    );
    expect(Object.keys(JSON.parse(serializeOrderEvent(event)))).toEqual([...FIELDS, 'note']);
  });

  it('keeps what was given', () => {
    const given = { event_id: 'a', status: 'shipped', timestamp: '2025-01-01T12:00:00.000Z' };
    const facts = { order_id: 1, user_id: 2, total: '1.10' };
    expect(completeEvent({ ...facts, ...given }, 'order.updated')).toMatchObject(given);
  });

  it.each(['order_id', 'user_id', 'total'])('is refused without %s', (field) => {
    const facts = { order_id: 1, user_id: 2, total: '1.10', [field]: undefined };
    expect(() => completeEvent(facts, 'order.created')).toThrow(`${field} is missing`);
  });
});

it('sample events go on from a given order id, each with an id of its own', () => {
  const events = [...sampleEvents('order.created', { order_id: 7 }, 3)];
  expect(events.map(({ order_id }) => order_id)).toEqual([7, 8, 9]);
  expect(new Set(events.map(({ event_id }) => event_id)).size).toBe(3);
});
