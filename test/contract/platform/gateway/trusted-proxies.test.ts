import { afterAll, beforeAll, expect, it } from 'vitest';
import { readServiceEnvironment } from '../../../../src/lib/platform/service/environment.ts';
import {
  ask,
  startTestGateway,
  startTestService,
  type TestGateway,
  type TestService,
} from './gateway-server.ts';

let products: TestService;
let trusting: TestGateway;
let suspicious: TestGateway;
beforeAll(async () => {
  products = await startTestService();
  const env = { PRODUCTS_URL: products.url, AUTH_URL: products.url };
  const TRUSTED_PROXIES = 'loopback, 10.0.0.0/24, fd00::/126';
  trusting = await startTestGateway({ ...env, TRUSTED_PROXIES });
  suspicious = await startTestGateway(env);
});
afterAll(async () => {
  await Promise.all([trusting.stop(), suspicious.stop()]);
  await products.stop();
});

/** Whom a service behind a gateway is told that a request comes from. */
async function clientOf({ url }: TestGateway, forwarded: string): Promise<unknown> {
  const headers = { 'x-forwarded-for': forwarded };
  expect((await ask(`${url}/api/v1/products`, { headers })).status).toBe(200);
  return products.seen.at(-1)?.headers['x-forwarded-for'];
}

it.each([
  ['9.9.9.9', '9.9.9.9'],
  ['6.6.6.6, 9.9.9.9', '9.9.9.9'],
  ['9.9.9.9, 10.0.0.0', '9.9.9.9'],
  ['9.9.9.9, 10.0.0.255', '9.9.9.9'],
  ['9.9.9.9, 10.0.1.0', '10.0.1.0'],
  ['9.9.9.9, 9.255.255.255', '9.255.255.255'],
  ['9.9.9.9, 10.0.1.0, 10.0.0.1', '10.0.1.0'],
  ['9.9.9.9, fd00::3', '9.9.9.9'],
  ['9.9.9.9, fd00::4', 'fd00::4'],
])('behind proxies that say %s the client is %s', async (forwarded, client) => {
  expect(await clientOf(trusting, forwarded)).toBe(client);
  // Without TRUSTED_PROXIES nobody's word counts.
  expect(await clientOf(suspicious, forwarded)).toBe('127.0.0.1');
});

it('counts the requests of each client behind a proxy', async () => {
  const env = { PRODUCTS_URL: products.url, AUTH_URL: products.url, TRUSTED_PROXIES: '127.0.0.1' };
  const gateway = await startTestGateway(env, {
    limits: { perCaller: 0, perAddress: 1, atOnce: 0 },
  });
  const statusOf = async (forwarded: string) => {
    const headers = { 'x-forwarded-for': forwarded };
    return (await ask(`${gateway.url}/api/v1/products`, { headers })).status;
  };
  const addresses = ['9.9.9.8', '9.9.9.9', '9.9.9.9', '1.1.1.1, 9.9.9.9'];
  // Whoever has one address of a /64 has all of them.
  addresses.push('2001:db8::1', '2001:DB8:0:0:ffff::2', '2001:db8:0:1::1', '::ffff:9.9.9.8');
  const statuses: number[] = [];
  for (const address of addresses) statuses.push(await statusOf(address));
  expect(statuses).toEqual([200, 200, 429, 429, 200, 429, 200, 429]);
  await gateway.stop();
});

it.each(['10.0.0.0/0', '10.0.0.0/33', '::/0', '::/129', '10.0.0', 'everybody', ','])(
  'refuses to trust %s',
  (TRUSTED_PROXIES) => {
    expect(() => readServiceEnvironment('gateway', { TRUSTED_PROXIES })).toThrow(
      'TRUSTED_PROXIES must be addresses and ranges of proxies',
    );
  },
);

it.each(['10.0.0.0/1', '10.0.0.0/32', '::/1', '::/128', 'uniquelocal'])('may trust %s', (range) => {
  const { trustedProxies } = readServiceEnvironment('gateway', { TRUSTED_PROXIES: range });
  expect(trustedProxies).toEqual([range]);
});
