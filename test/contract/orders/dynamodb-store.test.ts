import { randomUUID } from 'node:crypto';
import { afterEach, beforeAll, expect, it, vi } from 'vitest';
import { createDynamoDbStore } from '../../../src/lib/orders/dynamodb/dynamodb-store.ts';
import { createOrderItems } from '../../../src/lib/orders/dynamodb/order-items.ts';
import { SWEEP_SIZE } from '../../../src/lib/orders/dynamodb/sweep.ts';
import { NEXT_STATUSES, ORDER_STATUSES, orderJson } from '../../../src/lib/orders/order.ts';
import { orderEventJson } from '../../../src/lib/orders/order-event.ts';
import type { FunctionStore } from '../../../src/lib/orders/order-store.ts';
import type { ClaimedEvent } from '../../../src/lib/outbox/outbox.ts';
import type { Publisher } from '../../../src/lib/publish/publisher.ts';
import { AppError } from '../../../src/lib/rules/errors.ts';
import { isIndependent, uniquePrefix, useEndpoint } from '../../fixtures/endpoint.ts';
import { allItems, makeOrdersTable } from '../../fixtures/orders-table.ts';

const endpoint = useEndpoint();
const table = `${uniquePrefix()}-orders`;
beforeAll(() => makeOrdersTable(endpoint, table));
afterEach(() => vi.useRealTimers());

/** A topic that tests hold in their hand: what it was given, and what it does with that. */
interface TestTopic extends Publisher<ClaimedEvent> {
  readonly published: ClaimedEvent[];
  answer: 'ok' | 'refused' | 'away' | 'unsure';
}

function testTopic(): TestTopic {
  const published: ClaimedEvent[] = [];
  const topic: TestTopic = {
    published,
    answer: 'ok',
    async publish(items, { onPublished, onFailed } = {}) {
      let failed = 0;
      const fatal = new AppError({ code: 'EndpointUnreachable', message: 'Nothing answers.' });
      const isFatal = topic.answer === 'away' || topic.answer === 'unsure';
      for await (const item of items) {
        // An answer that got lost: the topic has it, and nobody knows.
        if (topic.answer === 'ok' || topic.answer === 'unsure') published.push(item.event);
        if (topic.answer === 'ok') {
          onPublished?.(item, 'id');
          continue;
        }
        failed++;
        const kind = isFatal ? 'unsure' : 'refused';
        onFailed?.({ item, kind, code: 'X', message: 'No.', fatal: isFatal });
      }
      return { published: published.length, failed, fatal: isFatal ? fatal : undefined };
    },
  };
  return topic;
}

/** A store as one function has it, with what it complained of. */
function storeOn(topic: TestTopic): { store: FunctionStore; troubles: string[] } {
  const troubles: string[] = [];
  const items = createOrderItems(endpoint.aws, table);
  const onTrouble = ({ message }: Error) => troubles.push(message);
  return { store: createDynamoDbStore({ items, publisher: topic, onTrouble }), troubles };
}

const items = () => createOrderItems(endpoint.aws, table);
const waitingOf = async (id: number) => (await items().read(id))?.events ?? [];
/** Lets an order's events be due now, as time would, or in so many milliseconds. */
async function makeDue(id: number, inMs = -1): Promise<void> {
  const item = await items().read(id);
  if (item) await items().replace(item, { due: Date.now() + inMs });
}
/** A user that no other test has. */
let user = 1000;
const NEW = () => ({ user_id: ++user, total: '29.90' });

it('stores an order, publishes its event to the letter, and keeps nothing of that', async () => {
  const topic = testTopic();
  const { store } = storeOn(topic);
  const order = await store.create({ user_id: 7, total: '29.90' });
  if (order === undefined) throw new Error('It has no key.');
  expect(order).toMatchObject({ user_id: 7, total: '29.90', status: 'pending' });
  expect(await store.find(order.id)).toEqual(order);
  const [event, ...others] = topic.published;
  expect(others).toEqual([]);
  expect(event).toMatchObject({ key: String(order.id), eventType: 'order.created' });
  expect(event?.payload).toBe(orderEventJson(event?.eventId ?? '', 'order.created', order));
  const item = (await allItems(endpoint, table)).find(({ id }) => id === order.id);
  expect(Object.keys(item ?? {})).not.toContain('outbox');
  expect(await waitingOf(order.id)).toEqual([]);
});

it('counts up, however many come at once', async () => {
  const { store } = storeOn(testTopic());
  const orders = await Promise.all(Array.from({ length: 40 }, () => store.create(NEW())));
  expect(new Set(orders.map((order) => order?.id)).size).toBe(40);
});

it.each(['away', 'unsure', 'refused'] as const)(
  'answers for an order whose event is %s, and publishes it later, once it is due',
  async (answer) => {
    const topic = testTopic();
    const { store, troubles } = storeOn(topic);
    topic.answer = answer;
    const order = await store.create(NEW());
    if (order === undefined) throw new Error('It has no key.');
    expect(troubles).toHaveLength(1);
    const [waiting] = await waitingOf(order.id);
    const { oldestAgeSeconds, ...lag } = await store.lag();
    expect([lag, oldestAgeSeconds]).toEqual([{ waiting: 1, failing: 1 }, expect.any(Number)]);
    expect(oldestAgeSeconds).not.toBeNaN();
    // Another function, before it is due, however long the store took.
    const item = await items().read(order.id);
    expect(item?.due).toBeGreaterThan(Date.parse(order.created_at));
    expect(item?.attempts).toBe(answer === 'refused' ? 1 : 0);
    await makeDue(order.id, 600_000);
    const before = topic.published.length;
    topic.answer = 'ok';
    await storeOn(topic).store.sweep();
    expect(topic.published).toHaveLength(before);
    await makeDue(order.id);
    expect(await storeOn(topic).store.sweep()).toBe(1);
    // The same event: who got it twice can tell.
    expect(topic.published.at(-1)?.eventId).toBe(waiting?.id);
    expect(await waitingOf(order.id)).toEqual([]);
    expect(await store.lag()).toEqual({ waiting: 0, failing: 0, oldestAgeSeconds: null });
  },
);

it('asks no topic for a while that was away', async () => {
  const topic = testTopic();
  const { store, troubles } = storeOn(topic);
  topic.answer = 'away';
  // It stands still: a busy machine must not end the while.
  vi.useFakeTimers({ toFake: ['performance'] });
  const orders = [await store.create(NEW()), await store.create(NEW())];
  expect(troubles).toHaveLength(1);
  topic.answer = 'ok';
  for (const order of orders) await makeDue(order?.id ?? 0);
  expect(await store.sweep()).toBe(0);
  expect(await store.sweep(true)).toBe(2);
});

it('looks for what others left behind once in a while', async () => {
  const topic = testTopic();
  const { store } = storeOn(topic);
  vi.useFakeTimers({ toFake: ['performance'] });
  expect(await store.sweep()).toBe(0);
  topic.answer = 'away';
  const order = await storeOn(topic).store.create(NEW());
  await makeDue(order?.id ?? 0);
  topic.answer = 'ok';
  vi.advanceTimersByTime(9_999);
  expect(await store.sweep()).toBe(0);
  vi.advanceTimersByTime(1);
  expect(await store.sweep()).toBe(1);
});

it('publishes a bounded number in one sweep, the oldest first, and goes on with the next', async () => {
  const topic = testTopic();
  topic.answer = 'away';
  const ids: number[] = [];
  for (let n = 0; n < SWEEP_SIZE + 2; n++) {
    const order = await storeOn(topic).store.create(NEW());
    ids.push(order?.id ?? 0);
  }
  for (const id of ids) await makeDue(id);
  topic.answer = 'ok';
  const { store } = storeOn(topic);
  expect([await store.sweep(), await store.sweep(), await store.sweep()]).toEqual([
    ...[SWEEP_SIZE, 2, 0],
  ]);
  expect(topic.published.map(({ key }) => Number(key)).sort((a, b) => a - b)).toEqual(ids);
});

it('lets two sweeps at once take different orders', async () => {
  const topic = testTopic();
  topic.answer = 'away';
  const order = await storeOn(topic).store.create(NEW());
  await makeDue(order?.id ?? 0);
  topic.answer = 'ok';
  const taken = await Promise.all([1, 2, 3].map(() => storeOn(topic).store.sweep()));
  expect(taken.reduce((sum, each) => sum + each)).toBe(1);
  expect(topic.published).toHaveLength(1);
});

it('stores one order for a key, however many ask at once, and remembers its answer', async () => {
  const topic = testTopic();
  const key = { key: randomUUID(), hash: 'h' };
  const order = NEW();
  // moto checks a condition and writes in two steps and several threads: of several at once two may get in.
  const answers = await Promise.all(
    Array.from({ length: isIndependent ? 1 : 12 }, () => storeOn(topic).store.create(order, key)),
  );
  const stored = answers.filter((each) => each !== undefined);
  expect(stored).toHaveLength(1);
  const { store } = storeOn(topic);
  expect((await store.list({ user_id: order.user_id, limit: 10 })).orders).toEqual(stored);
  const id = stored[0]?.id ?? 0;
  await store.change(id, { status: 'confirmed' });
  expect(await store.findAnswer(key)).toEqual({
    hash: 'h',
    status: 201,
    body: stored[0] && orderJson(stored[0]),
  });
  expect(await store.find(id)).toMatchObject({ status: 'confirmed' });
  expect((await store.findAnswer({ ...key, hash: 'other' }))?.hash).toBe('h');
  // DynamoDB forgets it after a day.
  const kept = (await allItems(endpoint, table)).find(({ pk }) => pk === `key#${key.key}`);
  expect(kept?.expires).toBe(Math.floor(Number(kept?.since) / 1000) + 86_400);
  const created = topic.published.filter(({ eventType }) => eventType === 'order.created');
  expect(new Set(created.map(({ eventId }) => eventId)).size).toBe(1);
});

it('finishes, for who repeats a request, what was killed between key and order', async () => {
  const topic = testTopic();
  const key = { key: randomUUID(), hash: 'h' };
  const killed = createOrderItems(endpoint.aws, table);
  const dies = { ...killed, add: () => Promise.reject(new Error('killed')) };
  const dead = createDynamoDbStore({ items: dies, publisher: topic, onTrouble: () => {} });
  const order = NEW();
  await expect(dead.create(order, key)).rejects.toThrow('killed');
  const { store } = storeOn(topic);
  // Another order with this key brings the first one about as little as it gets one of its own.
  expect(await store.create({ ...order, total: '1.00' }, { ...key, hash: 'x' })).toBeUndefined();
  expect((await store.findAnswer({ ...key, hash: 'x' }))?.hash).toBe('h');
  expect((await store.list({ user_id: order.user_id, limit: 10 })).orders).toEqual([]);
  expect(await store.create(order, key)).toBeUndefined();
  const answer = await store.findAnswer(key);
  const { orders } = await store.list({ user_id: order.user_id, limit: 10 });
  expect(orders.map(orderJson)).toEqual([answer?.body]);
  expect(topic.published).toHaveLength(1);
});

it('takes the next id where one is taken, and its own order for its own', async () => {
  const { store } = storeOn(testTopic());
  const last = await store.create(NEW());
  if (last === undefined) throw new Error('It has no key.');
  const inTheWay = await items().read(last.id);
  if (!inTheWay) throw new Error('It was stored.');
  await items().add({ ...inTheWay, order: { ...inTheWay.order, id: last.id + 1 } });
  expect((await store.create(NEW()))?.id).toBe(last.id + 2);
  // The answer to the first attempt got lost, and the SDK made it again.
  const twice = items();
  const repeating = {
    ...twice,
    add: async (item: Parameters<typeof twice.add>[0]) => {
      await twice.add(item);
      return twice.add(item);
    },
  };
  const topic = testTopic();
  const again = createDynamoDbStore({ items: repeating, publisher: topic, onTrouble: () => {} });
  const order = await again.create(NEW());
  expect(order?.id).toBe(last.id + 3);
  expect(topic.published).toHaveLength(1);
  // A table that was restored without its sequence: a key must not seem to be used.
  const full = { ...items(), add: async () => false, read: async () => inTheWay };
  const restored = createDynamoDbStore({ items: full, publisher: topic, onTrouble: () => {} });
  await expect(restored.create(NEW())).rejects.toThrow('used up to far beyond its sequence');
});

it.each(ORDER_STATUSES.flatMap((from) => ORDER_STATUSES.map((to) => [from, to] as const)))(
  'from %s to %s: as the rules say, with an event when it changes',
  async (from, to) => {
    const topic = testTopic();
    const { store } = storeOn(topic);
    const id = (await store.create(NEW()))?.id ?? 0;
    const item = await items().read(id);
    if (item) await items().replace(item, { order: { ...item.order, status: from } });
    const before = await store.find(id);
    const outcome = await store.change(id, { status: to });
    const after = await store.find(id);
    const [, event, ...others] = topic.published;
    expect(others).toEqual([]);
    if (from === to) {
      expect(outcome).toEqual({ kind: 'changed', order: before, announced: false });
      expect(event).toBeUndefined();
    } else if (NEXT_STATUSES[from].includes(to)) {
      expect(outcome).toEqual({ kind: 'changed', order: after, announced: true });
      const text = after && orderEventJson(event?.eventId ?? '', 'order.updated', after);
      expect(event?.payload).toBe(text);
    } else {
      expect(outcome).toEqual({ kind: 'refused', from });
      expect(after).toEqual(before);
      expect(event).toBeUndefined();
    }
  },
);

it('changes user and total without an event, and knows an unknown order', async () => {
  const topic = testTopic();
  const { store } = storeOn(topic);
  const id = (await store.create(NEW()))?.id ?? 0;
  const outcome = await store.change(id, { user_id: 2, total: '30.00' });
  expect(outcome).toMatchObject({ announced: false, order: { user_id: 2, total: '30.00' } });
  expect(topic.published).toHaveLength(1);
  expect(await store.change(999_999_999, { total: '1.00' })).toEqual({ kind: 'unknown' });
});

it('lets one of many changes at once through, and its event after the one before it', async () => {
  const topic = testTopic();
  topic.answer = 'away';
  const id = (await storeOn(topic).store.create(NEW()))?.id ?? 0;
  topic.answer = 'ok';
  const outcomes = await Promise.all(
    // An implementation that takes seconds for each would run into the time that a change waits for its turn.
    Array.from({ length: isIndependent ? 3 : 8 }, (_, n) =>
      storeOn(topic).store.change(id, { status: n % 2 ? 'confirmed' : 'cancelled' }),
    ),
  );
  const announced = outcomes.filter((each) => each.kind === 'changed' && each.announced);
  const statuses: string[] = [];
  for (const { eventId, payload } of topic.published) {
    const { status } = JSON.parse(payload);
    // At least once; the first time of each counts.
    if (!statuses.includes(`${eventId} ${status}`)) statuses.push(`${eventId} ${status}`);
  }
  // Cancelled at once, or confirmed first and then cancelled.
  expect(statuses.map((each) => each.split(' ')[1])).toEqual(
    announced.length === 1 ? ['pending', 'cancelled'] : ['pending', 'confirmed', 'cancelled'],
  );
  expect(await storeOn(topic).store.find(id)).toMatchObject({ status: 'cancelled' });
  expect(await waitingOf(id)).toEqual([]);
});

it.each([
  {},
  { status: 'pending' },
  { user_id: 500 },
  { user_id: 500, status: 'pending' },
] as const)('pages through the orders of %j, the newest first', async (filter) => {
  const { store } = storeOn(testTopic());
  const ids: number[] = [];
  for (let n = 0; n < 7; n++) {
    ids.unshift((await store.create({ user_id: 500, total: '1.00' }))?.id ?? 0);
  }
  const [, second = 0] = ids;
  await store.change(second, { status: 'confirmed' });
  const expected = 'status' in filter ? ids.filter((id) => id !== second) : ids;
  const seen: number[] = [];
  let before: number | undefined;
  do {
    const page = await store.list({ ...filter, limit: 3, before });
    expect(page.orders.length).toBeLessThanOrEqual(3);
    seen.push(...page.orders.map(({ id }) => id));
    before = page.next;
  } while (before !== undefined && seen.length < expected.length);
  // As a page of all of them has them.
  expect(seen.slice(0, expected.length)).toEqual(expected);
  const { orders } = await store.list({ ...filter, limit: 3 });
  expect(orders[0]).toEqual(await store.find(expected[0] ?? 0));
});
