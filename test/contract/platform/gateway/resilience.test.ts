import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  answer,
  ask,
  startTestGateway,
  startTestIssuer,
  startTestService,
  type TestGateway,
  type TestIssuer,
  type TestService,
} from './gateway-server.ts';

/** Milliseconds for which a breaker stays open: for all of a test, and for as long as one can wait. */
const OPEN_MS = { long: 600_000, short: 3_000 };

let issuer: TestIssuer;
let orders: TestService;
let products: TestService;
let gateway: TestGateway;
let token: string;
let api: string;

beforeEach(async () => {
  issuer = await startTestIssuer();
  orders = await startTestService();
  products = await startTestService();
  gateway = await start(OPEN_MS.long);
  token = await issuer.token();
  api = `${gateway.url}/api/v1`;
});
const start = (openMs: number): Promise<TestGateway> =>
  startTestGateway(
    { AUTH_URL: issuer.service.url, ORDERS_URL: orders.url, PRODUCTS_URL: products.url },
    { openMs },
  );
afterEach(async () => {
  await gateway.stop();
  await Promise.all([issuer.service, orders, products].map((service) => service.stop()));
});

/** Answers these, one after the other, and then the last one for ever. */
function inTurn(...answers: ((response: ServerResponse) => void)[]): TestService['answering'] {
  let next = 0;
  return (_, response) => answers[Math.min(next++, answers.length - 1)]?.(response);
}
const good = (response: ServerResponse) => answer(response, 200, { good: true });
const bad = (status: number) => (response: ServerResponse) =>
  answer(response, status, { code: 'bad' });
const cut = (response: ServerResponse) => response.destroy();
const never = () => {};

const post = (headers: Record<string, string> = {}) =>
  ask(`${api}/orders`, { method: 'POST', token, body: '{}', headers });
const metric = async (name: string): Promise<number> => {
  const text = await (await fetch(`${gateway.url}/metrics`)).text();
  return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1] ?? 'NaN');
};

describe('a request that is safe', () => {
  it.each([
    ['502', bad(502)],
    ['503', bad(503)],
    ['504', bad(504)],
    ['a connection that breaks', cut],
  ])('is made again after %s', async (_, failing) => {
    orders.answering = inTurn(failing, failing, good);
    expect((await ask(`${api}/orders`, { token })).body).toEqual({ good: true });
    expect(orders.seen).toHaveLength(3);
    expect(await metric('gateway_retries_total{service="orders"}')).toBe(2);
  });

  it('is made three times at the most, and gets the last answer', async () => {
    orders.answering = bad503;
    const { status, body } = await ask(`${api}/orders`, { token });
    expect([status, body]).toEqual([503, { code: 'bad' }]);
    expect(orders.seen).toHaveLength(3);
  });

  it.each([400, 404, 409, 422, 429, 500, 501])('is not made again after %i', async (status) => {
    orders.answering = (_, response) => bad(status)(response);
    expect((await ask(`${api}/orders`, { token })).status).toBe(status);
    expect(orders.seen).toHaveLength(1);
  });

  it('is given up when it was tried until the deadline', async () => {
    orders.answering = never;
    const soon = new Date(Date.now() + 1_000).toISOString();
    const { status, body } = await ask(`${api}/orders`, {
      token,
      headers: { 'x-request-deadline': soon },
    });
    expect([status, body.code]).toEqual([504, 'deadline_exceeded']);
    expect(orders.seen.length).toBeLessThanOrEqual(1);
  });

  it('waits as long as the service asks for', async () => {
    orders.answering = inTurn(
      (response) => answer(response, 503, {}, { 'retry-after': '1' }),
      good,
    );
    const began = Date.now();
    expect((await ask(`${api}/orders`, { token })).status).toBe(200);
    expect(Date.now() - began).toBeGreaterThanOrEqual(990);
  });

  it('is a POST with a key, with the same key and body', async () => {
    orders.answering = inTurn(bad(503), good);
    expect((await post({ 'idempotency-key': 'k1' })).status).toBe(200);
    expect(orders.seen.map(({ headers, body }) => [headers['idempotency-key'], body])).toEqual([
      ['k1', '{}'],
      ['k1', '{}'],
    ]);
  });
});

it.each([
  ['POST', '/products', 'admin'],
  ['PATCH', '/orders/7', 'user'],
])('makes %s %s once, with a key too: it keeps none', async (method, path, role) => {
  const admin = await issuer.token({ roles: ['user', role] });
  for (const service of [orders, products]) service.answering = bad503;
  const headers = { 'idempotency-key': 'k1' };
  const { status } = await ask(`${api}${path}`, { method, token: admin, body: '{}', headers });
  expect(status).toBe(503);
  expect(orders.seen.length + products.seen.length).toBe(1);
});

it('makes a login at an identity provider once, and waits for it as for a write', async () => {
  await gateway.stop();
  gateway = await startTestGateway({ AUTH_URL: orders.url });
  orders.answering = (_, response) => setTimeout(() => good(response), 2_500);
  const callback = '/auth/oauth/acme/callback?state=s';
  expect((await ask(`${gateway.url}/api/v1${callback}`)).status).toBe(200);
  orders.answering = bad503;
  expect((await ask(`${gateway.url}/api/v1${callback}`)).status).toBe(503);
  expect(orders.seen).toHaveLength(2);
});

const bad503: TestService['answering'] = (_, response) => bad(503)(response);

it.each([
  ['503', bad(503), 503],
  ['a connection that breaks', cut, 502],
])('makes a POST without a key once, after %s too', async (_, failing, status) => {
  orders.answering = (_, response) => failing(response);
  expect((await post()).status).toBe(status);
  expect(orders.seen).toHaveLength(1);
});

it('gives a write the whole time, and a read less, but as much in all', async () => {
  orders.answering = never;
  const began = Date.now();
  const answers = await Promise.all([post(), ask(`${api}/orders`, { token })]);
  expect(Date.now() - began).toBeGreaterThanOrEqual(4_900);
  for (const { status, body } of answers) {
    expect([status, body.code]).toEqual([504, 'service_timeout']);
  }
  const methods = orders.seen.map(({ method }) => method);
  expect(methods.filter((method) => method === 'POST')).toHaveLength(1);
  expect(methods.filter((method) => method === 'GET').length).toBeGreaterThanOrEqual(2);
});

describe('a breaker', () => {
  const open = async (): Promise<void> => {
    for (let i = 0; i < 5; i++) await post();
  };

  it.each([
    ['500', bad(500)],
    ['503', bad(503)],
    ['connections that break', cut],
  ])('opens after five times %s, and then asks nobody', async (_, failing) => {
    orders.answering = (_, response) => failing(response);
    await open();
    expect(orders.seen).toHaveLength(5);
    const refused = await post();
    expect([refused.status, refused.body.code]).toEqual([503, 'circuit_open']);
    expect(refused.headers.get('retry-after')).toBe('5');
    expect(orders.seen).toHaveLength(5);
    // Each service has its own.
    expect((await ask(`${api}/products`)).status).toBe(200);
    expect(await metric('gateway_circuit_state{service="orders"}')).toBe(2);
    expect(await metric('gateway_circuit_state{service="products"}')).toBe(0);
  });

  it.each([
    [502, 'provider_unreachable'],
    [504, 'deadline_exceeded'],
  ])('does not open after %i %s, which is no fault of the service', async (status, code) => {
    orders.answering = (_, response) => answer(response, status, { code });
    for (let i = 0; i < 12; i++) expect((await post()).body.code).toBe(code);
  });

  it('opens where nobody listens', async () => {
    await orders.down();
    await open();
    expect((await post()).body.code).toBe('circuit_open');
    await orders.up();
  });

  it.each([400, 401, 404, 409, 422, 429])('does not open after %i', async (status) => {
    orders.answering = (_, response) => bad(status)(response);
    for (let i = 0; i < 12; i++) expect((await post()).status).toBe(status);
  });

  it('does not open after four, or where as many are good', async () => {
    orders.answering = inTurn(bad(500), bad(500), bad(500), bad(500), good);
    for (let i = 0; i < 4; i++) expect((await post()).status).toBe(500);
    for (let i = 0; i < 4; i++) expect((await post()).status).toBe(200);
    orders.answering = inTurn(good, bad(500), good, bad(500), good, bad(500), good);
    for (let i = 0; i < 6; i++) await post();
    expect((await post()).status).toBe(200);
  });

  it('does not open because callers do not wait', async () => {
    orders.answering = never;
    for (let i = 0; i < 7; i++) {
      const soon = { 'x-request-deadline': new Date(Date.now() + 150).toISOString() };
      expect((await post(soon)).body.code).toBe('deadline_exceeded');
    }
    orders.answering = (_, response) => good(response);
    expect((await post()).status).toBe(200);
  });

  it('lets one request try after a while, and closes when that is good', async () => {
    await gateway.stop();
    gateway = await start(OPEN_MS.short);
    api = `${gateway.url}/api/v1`;
    orders.answering = (_, response) => bad(500)(response);
    await open();
    expect((await post()).body.code).toBe('circuit_open');
    await expect.poll(async () => (await post()).body.code).toBe('bad');
    // That was the one; now it is open again.
    expect((await post()).body.code).toBe('circuit_open');
    orders.answering = (_, response) => good(response);
    await expect.poll(async () => (await post()).status).toBe(200);
    const all = await Promise.all(Array.from({ length: 10 }, () => post()));
    expect(all.map(({ status }) => status)).toEqual(Array(10).fill(200));
  });
});

describe('products', () => {
  it('are those of the last good answer while the service is away', async () => {
    products.answering = ({ url }, response) => answer(response, 200, { url });
    const [list, one] = [`${api}/products?q=a&limit=2`, `${api}/products/1`];
    const before = await Promise.all([ask(list), ask(one)]);
    expect(before.map(({ headers }) => headers.get('x-fallback'))).toEqual([null, null]);
    await products.down();
    for (let i = 0; i < 3; i++) {
      const after = await Promise.all([ask(list), ask(one)]);
      expect(after.map(({ status, body }) => [status, body])).toEqual(
        before.map(({ status, body }) => [status, body]),
      );
      for (const { headers } of after) {
        expect(headers.get('x-fallback')).toBe('last-good-answer');
        expect(headers.get('age')).toMatch(/^\d+$/);
      }
    }
    // What was never answered can't be.
    expect((await ask(`${api}/products?q=b`)).status).toBe(503);
    const admin = await issuer.token({ roles: ['admin'] });
    const write = { method: 'PATCH', token: admin, body: '{}' };
    expect((await ask(`${api}/products/1`, write)).headers.get('x-fallback')).toBeNull();
    await products.up();
  });

  it('are never those of an answer that was not good', async () => {
    products.answering = inTurn(bad(404), good);
    expect((await ask(`${api}/products/1`)).status).toBe(404);
    await products.down();
    expect((await ask(`${api}/products/1`)).status).toBe(502);
    await products.up();
  });

  it('are given from before for 500 and what comes too late, not for 404', async () => {
    products.answering = (_, response) => good(response);
    await ask(`${api}/products/1`);
    products.answering = (_, response) => bad(500)(response);
    expect((await ask(`${api}/products/1`)).headers.get('x-fallback')).toBe('last-good-answer');
    products.answering = (_, response) => bad(404)(response);
    expect((await ask(`${api}/products/1`)).status).toBe(404);
  });
});

describe('the orders with their products', () => {
  beforeEach(() => {
    orders.answering = ({ headers }, response) =>
      headers.authorization === `Bearer ${token}`
        ? answer(response, 200, {
            orders: [
              {
                id: 2,
                items: [
                  { product_id: 5, quantity: 1 },
                  { product_id: 6, quantity: 2 },
                ],
              },
              { id: 1, items: [{ product_id: 5, quantity: 3 }] },
              { id: 0 },
            ],
            page: { limit: 20, next_cursor: null },
          })
        : answer(response, 401, {});
    products.answering = ({ url }, response) =>
      url === '/products/6' ? answer(response, 404, {}) : answer(response, 200, { url });
  });

  it('are one answer, for which each product is asked for once', async () => {
    const { status, body, headers } = await ask(`${api}/me/orders?limit=20`, { token });
    const product = { url: '/products/5' };
    expect([status, body]).toEqual([
      200,
      {
        orders: [
          {
            id: 2,
            items: [
              { product_id: 5, quantity: 1, product },
              { product_id: 6, quantity: 2, product: null },
            ],
          },
          { id: 1, items: [{ product_id: 5, quantity: 3, product }] },
          { id: 0, items: [] },
        ],
        page: { limit: 20, next_cursor: null },
      },
    ]);
    expect(headers.get('x-fallback')).toBeNull();
    expect(orders.seen.map(({ url }) => url)).toEqual(['/orders?limit=20']);
    expect(products.seen.map(({ url }) => url).sort()).toEqual(['/products/5', '/products/6']);
    expect(products.seen.map((seen) => seen.headers.authorization)).toEqual([undefined, undefined]);
  });

  it('are there with what is known of the products while that service is away', async () => {
    await ask(`${api}/products/5`);
    await products.down();
    const { status, body, headers } = await ask(`${api}/me/orders`, { token });
    const [first] = body.orders as { items: { product: unknown }[] }[];
    expect(status).toBe(200);
    expect(first?.items.map(({ product }) => product)).toEqual([{ url: '/products/5' }, null]);
    expect(headers.get('x-fallback')).toBe('partial');
    await products.up();
  });

  it('are nobody else’s, and not there while the orders are not', async () => {
    expect((await ask(`${api}/me/orders`)).status).toBe(401);
    await orders.down();
    expect((await ask(`${api}/me/orders`, { token })).status).toBe(502);
    await orders.up();
  });
});
