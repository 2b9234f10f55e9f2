import { setTimeout as sleep } from 'node:timers/promises';

/** What the gateway answered. */
export interface Answered {
  readonly status: number;
  readonly body: unknown;
}

/** Sends a request to the gateway. @param path behind `/api/v1` */
export async function send(
  url: string,
  method: string,
  path: string,
  more: {
    readonly body?: unknown;
    readonly token?: string;
    readonly headers?: Readonly<Record<string, string>>;
  },
): Promise<Answered> {
  const { body, token, headers } = more;
  const answer = await fetch(`${url}/api/v1${path}`, {
    method,
    headers: {
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...headers,
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: answer.status, body: await answer.json() };
}

/** Registers somebody, orders one of product 1 as them, and says what the gateway answered. */
export async function order(url: string, name: string): Promise<Answered> {
  const email = `${name}@example.com`;
  const password = 'a long enough one 7';
  await send(url, 'POST', '/auth/register', { body: { email, password, name } });
  const login = await send(url, 'POST', '/auth/login', { body: { email, password } });
  const { access_token: token } = login.body as { access_token: string };
  for (;;) {
    const answer = await send(url, 'POST', '/orders', {
      body: { items: [{ product_id: 1, quantity: 1 }], payment_method: 'card' },
      headers: { 'idempotency-key': `first-order-of-${name}` },
      token,
    });
    // A first order on a busy machine may take longer than the gateway waits: the key finds it again.
    if (![202, 503, 504].includes(answer.status)) return answer;
    await sleep(200);
  }
}
