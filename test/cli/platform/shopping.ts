import { setTimeout as sleep } from 'node:timers/promises';
import { createShop, type ShopRequest } from '../../../src/lib/platform/demo/shop-client.ts';

/** What the gateway answered. */
export interface Answered {
  readonly status: number;
  readonly body: unknown;
}

/** Sends a request to the gateway. */
export async function send(url: string, request: ShopRequest): Promise<Answered> {
  const { status, text } = await createShop(url)(request);
  return { status, body: JSON.parse(text) };
}

/** Registers somebody, orders one of product 1 as them, and says what the gateway answered. */
export async function order(url: string, name: string): Promise<Answered> {
  const email = `${name}@example.com`;
  const password = 'a long enough one 7';
  await send(url, { path: '/auth/register', body: { email, password, name } });
  const login = await send(url, { path: '/auth/login', body: { email, password } });
  const { access_token: token } = login.body as { access_token: string };
  for (;;) {
    const answer = await send(url, {
      path: '/orders',
      body: { items: [{ product_id: 1, quantity: 1 }], payment_method: 'card' },
      headers: { 'idempotency-key': `first-order-of-${name}` },
      token,
    });
    // A first order on a busy machine may take longer than the gateway waits: the key finds it again.
    if (![202, 503, 504].includes(answer.status)) return answer;
    await sleep(200);
  }
}
