import { setTimeout as sleep } from 'node:timers/promises';

const METHODS = ['card', 'card', 'card', 'card-flaky', 'card-declined'];
const WHO = { email: 'proof@example.com', password: 'a long enough password', name: 'Proof' };

/** Somebody who buys from services that are killed meanwhile: every request is made again until it is settled. */
export interface Buyer {
  /** Places the order with a number. @returns how it ended; the order's id where there is one */
  place(
    n: number,
    products: readonly number[],
  ): Promise<{ readonly status: number; readonly id?: number }>;
  /** Cancels an order. */
  cancel(id: number): Promise<void>;
  /** How many requests were made again. */
  retries(): number;
}

/** @param urls of auth and orders */
export function createBuyer(urls: { readonly auth: string; readonly orders: string }): Buyer {
  let token: Promise<string> | undefined;
  let retries = 0;
  const send = (method: string, url: string, body: unknown, headers = {}) =>
    fetch(url, {
      method,
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    }).catch(() => undefined);
  const logIn = async (): Promise<string> => {
    for (;;) {
      await send('POST', `${urls.auth}/auth/register`, WHO);
      const { email, password } = WHO;
      const answer = await send('POST', `${urls.auth}/auth/login`, { email, password });
      const { access_token = '' } = answer?.ok
        ? ((await answer.json().catch(() => ({}))) as { access_token?: string })
        : {};
      if (access_token !== '') return access_token;
      await sleep(300);
    }
  };
  /** Asks until the answer's status is a final one. */
  const settle = async (
    [method, path, body]: readonly [method: string, path: string, body: unknown],
    isFinal: (status: number, code: string | undefined) => boolean,
    headers = {},
  ): Promise<{ status: number; id?: number }> => {
    for (;;) {
      token ??= logIn();
      const authorization = `Bearer ${await token}`;
      const answer = await send(method, urls.orders + path, body, { ...headers, authorization });
      const { id, code } = ((await answer?.json().catch(() => {})) ?? {}) as {
        id?: number;
        code?: string;
      };
      const status = answer?.status ?? 0;
      if (isFinal(status, code)) return { status, ...(id !== undefined && { id }) };
      if (status === 401) token = undefined;
      retries++;
      await sleep(200);
    }
  };
  return {
    place(n, products) {
      const first = n % products.length;
      const items = products.slice(first, first + 1 + (n % 3)).map((product_id, index) => ({
        ...{ product_id, quantity: 1 + ((n + index) % 3) },
      }));
      return settle(
        ['POST', '/orders', { items, payment_method: METHODS[n % METHODS.length] }],
        // Everything but a token that has ended, and what passes by itself.
        (status) => [201, 402, 409, 422].includes(status),
        { 'idempotency-key': `proof-${n}` },
      );
    },
    async cancel(id) {
      await settle(['PATCH', `/orders/${id}`, { status: 'cancelled' }], (status, code) => {
        if (status < 400 || status === 401 || status >= 500) return status === 200;
        if (code === 'order_unfinished') return false;
        throw new Error(`Order ${id} can't be cancelled: ${status} ${code}`);
      });
    },
    retries: () => retries,
  };
}
