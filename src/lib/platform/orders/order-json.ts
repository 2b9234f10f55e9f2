import type { OrderState } from './history.ts';

/** An order as the API answers it: `total` and prices are decimal text. */
export function orderBody(order: OrderState) {
  const { id, user_id, total, status, version, items, created_at, updated_at } = order;
  return { id, user_id, total, status, version, items, created_at, updated_at };
}

/** The version of an order as an entity tag. */
export function etagOf({ version }: Pick<OrderState, 'version'>): string {
  return `"${version}"`;
}
