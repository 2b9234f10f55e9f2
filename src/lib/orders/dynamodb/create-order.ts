import { randomUUID } from 'node:crypto';
import { addToItem, putItemIf, readItem } from '../../aws/table-access.ts';
import { FIRST_STATUS, type NewOrder, type Order, orderJson } from '../order.ts';
import { orderEventJson } from '../order-event.ts';
import type { IdempotencyKey, StoredAnswer } from '../order-store.ts';
import { KEY_LIFETIME_HOURS } from '../store/idempotency.ts';
import type { OrderItem } from './order-item.ts';
import type { OrderItems } from './order-items.ts';
import { EXPIRY_ATTRIBUTE } from './orders-table.ts';

/** Ids that are tried: one that is taken means that the sequence is behind, as after a table was restored. */
const MAX_ATTEMPTS = 5;
/** Milliseconds for which nobody else publishes an event that was just written: whoever wrote it is about to. */
export const OWN_PUBLISH_MS = 10_000;

/**
 * Stores an order with its event as one item. A key is stored before the order, and says all of it: whoever comes with
 * that key again stores the order where this call came to an end between the two.
 * @returns undefined where the key was used before.
 */
export async function createOrder(
  items: OrderItems,
  order: NewOrder,
  key: IdempotencyKey | undefined,
): Promise<OrderItem | undefined> {
  const eventId = randomUUID();
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const id = await nextId(items);
    const item = newItem(id, order, eventId, new Date());
    if (key !== undefined && !(await takeKey(items, key, item))) return undefined;
    const stored = await storeOnce(items, item);
    if (stored !== undefined) return stored;
  }
  throw new Error(`The ids of the table "${items.table}" are used up to far beyond its sequence.`);
}

function nextId({ aws, table }: OrderItems): Promise<number> {
  return addToItem(aws, table, { pk: 'sequence', id: 0 }, { attribute: 'last', amount: 1 });
}

function newItem(id: number, { user_id, total }: NewOrder, eventId: string, at: Date): OrderItem {
  const time = at.toISOString();
  const order: Order = {
    id,
    user_id,
    total,
    status: FIRST_STATUS,
    created_at: time,
    updated_at: time,
  };
  const payload = orderEventJson(eventId, 'order.created', order);
  return {
    order,
    events: [{ id: eventId, type: 'order.created', payload }],
    createdBy: eventId,
    version: 1,
    since: at.getTime(),
    due: at.getTime() + OWN_PUBLISH_MS,
    attempts: 0,
    lastError: undefined,
  };
}

/** Writes an order unless it is there. @returns it as it is; undefined where another order has its id */
async function storeOnce(items: OrderItems, item: OrderItem): Promise<OrderItem | undefined> {
  if (await items.add(item)) return item;
  const found = await items.read(item.order.id);
  return found?.createdBy === item.createdBy ? found : undefined;
}

/** Binds a key to an order that is about to be written. @returns false where it is bound to another one */
async function takeKey(
  { aws, table }: OrderItems,
  { key, hash }: IdempotencyKey,
  { order, createdBy, since }: OrderItem,
): Promise<boolean> {
  const now = Math.floor(since / 1000);
  const item = {
    ...keyOf(key),
    hash,
    order_id: order.id,
    user_id: order.user_id,
    total: order.total,
    created_by: createdBy,
    since,
    [EXPIRY_ATTRIBUTE]: now + KEY_LIFETIME_HOURS * 3600,
  };
  return putItemIf(aws, table, item, {
    // DynamoDB takes days to remove what has expired.
    expression: 'attribute_not_exists(pk) OR #expires <= :now OR created_by = :mine',
    names: { '#expires': EXPIRY_ATTRIBUTE },
    values: { ':now': now, ':mine': createdBy },
  });
}

/** What the first request with a key was, and the order that it stands for, stored where that is still to be done. */
export async function findKey(
  items: OrderItems,
  { key, hash }: IdempotencyKey,
): Promise<{ readonly answer: StoredAnswer; readonly item?: OrderItem } | undefined> {
  const { aws, table } = items;
  const found = await readItem(aws, table, keyOf(key));
  if (found === undefined) return undefined;
  const order = { user_id: Number(found.user_id), total: String(found.total) };
  const at = new Date(Number(found.since));
  const item = newItem(Number(found.order_id), order, String(found.created_by), at);
  const answer = { hash: String(found.hash), status: 201, body: orderJson(item.order) };
  // Another request: it isn't the one to bring this order about.
  if (answer.hash !== hash) return { answer };
  const stored = await storeOnce(items, item);
  return stored && { answer, item: stored };
}

function keyOf(key: string) {
  return { pk: `key#${key}`, id: 0 };
}
