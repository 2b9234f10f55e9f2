import { expect, it } from 'vitest';
import { orderRoutes } from '../../../src/lib/orders/http/order-routes.ts';
import type { OrderStore } from '../../../src/lib/orders/order-store.ts';

it('gives up on a key that is taken and forgotten again between each two looks', async () => {
  let attempts = 0;
  const store: Partial<OrderStore> = {
    create: async () => {
      attempts++;
      return undefined;
    },
    findAnswer: async () => undefined,
  };
  const routes = orderRoutes({ store: store as OrderStore, onEvent: () => {} });
  const post = routes.find(({ method }) => method === 'POST');
  const body = { user_id: 1, total: 1 };
  const headers = { 'idempotency-key': 'k' };
  await expect(post?.handle({ params: {}, query: {}, headers, body })).rejects.toMatchObject({
    ...{ status: 409, code: 'Conflict' },
  });
  expect(attempts).toBe(3);
});
