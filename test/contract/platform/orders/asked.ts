import { expect } from 'vitest';
import type { TestShop } from './shop.ts';

/** What is answered, as tests look at it. */
// biome-ignore lint/suspicious/noExplicitAny: a test knows what it asked for
type Json = any;

/** The body of an order: products with their quantities; a way to pay other than `card`. */
export function order(...parts: readonly (readonly [number, number] | string)[]) {
  const items = parts.filter((part) => typeof part !== 'string');
  return {
    items: items.map(([product_id, quantity]) => ({ product_id, quantity })),
    payment_method: parts.find((part) => typeof part === 'string') ?? 'card',
  };
}

/** Places an order that goes well. */
export async function placed(shop: TestShop, body: object): Promise<Json> {
  const answer = await shop.send('POST', '/orders', { body });
  expect([answer.status, answer.body.code]).toEqual([201, undefined]);
  return answer.body;
}

/** The newest saga, or that of an order. */
export async function sagaIn(shop: TestShop, { order_id }: { order_id?: number }): Promise<Json> {
  const { body } = await shop.send('GET', '/sagas?limit=100', { token: 'admin' });
  return body.sagas.find((saga: Json) => order_id === undefined || saga.order_id === order_id);
}

/** What was paid for a saga. */
export async function paymentsOf(shop: TestShop, sagaId: string) {
  const { rows } = await shop.databases
    .payments()
    .query<{ status: string; amount: string | null }>(
      'select status, amount from payments where key like $1 order by id',
      [`${sagaId}%`],
    );
  return rows;
}

/** The orders that payments knows what was paid for a saga to be for. */
export async function ordersPaidBy(shop: TestShop, sagaId: string) {
  const { rows } = await shop.databases
    .payments()
    .query<{ order_id: string | null }>('select order_id from payments where key = $1', [
      `${sagaId}:pay`,
    ]);
  return rows.map(({ order_id }) => (order_id === null ? null : Number(order_id)));
}

/** The events of an order that wait to be published. */
export async function outboxOf(shop: TestShop, orderId: number): Promise<Json[]> {
  const { rows } = await shop.databases
    .orders()
    .query<{ payload: string }>('select payload from outbox where order_id = $1 order by id', [
      orderId,
    ]);
  return rows.map(({ payload }) => JSON.parse(payload));
}
