import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type Counters,
  createMemoryCounters,
} from '../../../../src/lib/platform/service/limits/counters.ts';
import { createRedisCounters } from '../../../../src/lib/platform/service/limits/redis-counters.ts';
import { openRedis } from '../../../../src/lib/platform/service/redis.ts';
import { redisMissing, startRedis, type TestRedis } from '../../../fixtures/redis.ts';
import { createTestLog } from '../service.ts';
import {
  answer,
  ask,
  startTestGateway,
  startTestIssuer,
  startTestService,
  type TestIssuer,
  type TestService,
} from './gateway-server.ts';

const LONG_MS = 600_000;

function countersTest(open: () => Counters): void {
  it('counts each name for itself, also at once', async () => {
    const counters = open();
    const counted = await Promise.all([1, 2, 3, 4].map(() => counters.add('a', LONG_MS)));
    expect(counted.map(({ count }) => count).sort()).toEqual([1, 2, 3, 4]);
    for (const { resetMs } of counted) {
      expect(resetMs).toBeGreaterThan(LONG_MS - 60_000);
      expect(resetMs).toBeLessThanOrEqual(LONG_MS);
    }
    expect((await counters.add('b', LONG_MS)).count).toBe(1);
    await counters.takeBack('a');
    expect((await counters.add('a', LONG_MS)).count).toBe(4);
    await counters.reset('a');
    await counters.takeBack('a');
    expect((await counters.add('a', LONG_MS)).count).toBe(1);
  });

  it('begins anew when the window is over', async () => {
    const counters = open();
    await counters.add('short', 200);
    await expect.poll(async () => (await counters.add('short', 200)).count).toBe(1);
  });
}

describe('counters in memory', () => countersTest(createMemoryCounters));

const name = redisMissing ? `counters in Redis (skipped: ${redisMissing})` : 'counters in Redis';
describe.skipIf(redisMissing !== undefined)(name, () => {
  let server: TestRedis;
  let client: NonNullable<Awaited<ReturnType<typeof openRedis>>>;
  const opened = async () => {
    const made = await openRedis(server.url, createTestLog());
    if (made === undefined) throw new Error('There is a URL.');
    if (!made.isReady) await once(made, 'ready');
    return made;
  };
  let prefixes = 0;
  beforeAll(async () => {
    server = await startRedis();
    client = await opened();
  });
  afterAll(async () => {
    client?.destroy();
    await server.kill();
  });
  countersTest(() => createRedisCounters(client, `test${++prefixes}:`));

  it('are shared', async () => {
    const other = await opened();
    await createRedisCounters(client, 'shared:').add('a', LONG_MS);
    expect((await createRedisCounters(other, 'shared:').add('a', LONG_MS)).count).toBe(2);
    other.destroy();
  });

  it('go on in each process while Redis is away, and are shared again after', async () => {
    const counters = createRedisCounters(client, 'away:');
    await counters.add('a', LONG_MS);
    await server.kill();
    await expect.poll(() => client.isReady).toBe(false);
    expect((await counters.add('a', LONG_MS)).count).toBe(1);
    expect((await counters.add('a', LONG_MS)).count).toBe(2);
    await server.start();
    await expect.poll(() => client.isReady).toBe(true);
    const other = await opened();
    await createRedisCounters(other, 'away:').add('b', LONG_MS);
    expect((await counters.add('b', LONG_MS)).count).toBe(2);
    other.destroy();
  });
});

describe('limits of the gateway', () => {
  let issuer: TestIssuer;
  let service: TestService;
  beforeAll(async () => {
    issuer = await startTestIssuer();
    service = await startTestService();
  });
  afterAll(async () => {
    await Promise.all([issuer.service.stop(), service.stop()]);
  });
  const start = () =>
    startTestGateway(
      { AUTH_URL: issuer.service.url, ORDERS_URL: service.url, PRODUCTS_URL: service.url },
      { limits: { perCaller: 3, perAddress: 4, atOnce: 0 } },
    );

  it('are those of a person, by whichever token, and then of nobody else', async () => {
    const gateway = await start();
    const [one, same, other] = await Promise.all([
      issuer.token(),
      issuer.token(),
      issuer.token({ sub: 'user:8' }),
    ]);
    const orders = (token: string) => ask(`${gateway.url}/api/v1/orders`, { token });
    const first = await orders(one);
    expect(first.headers.get('ratelimit-limit')).toBe('3');
    expect(first.headers.get('ratelimit-remaining')).toBe('2');
    expect([(await orders(same)).status, (await orders(one)).status]).toEqual([200, 200]);
    const before = service.seen.length;
    const refused = await orders(same);
    expect([refused.status, refused.body.code]).toEqual([429, 'too_many_requests']);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(service.seen).toHaveLength(before);
    expect((await orders(other)).status).toBe(200);
    await gateway.stop();
  });

  it('are those of an address for who has no good token, and leave those who have one alone', async () => {
    const gateway = await start();
    const api = `${gateway.url}/api/v1`;
    const token = await issuer.token({ sub: 'user:9' });
    expect((await ask(`${api}/orders`, { token })).status).toBe(200);
    // That was the first of four from here.
    expect((await ask(`${api}/products`)).status).toBe(200);
    const forged = { headers: { 'x-forwarded-for': '6.6.6.6' } };
    expect((await ask(`${api}/orders`, forged)).status).toBe(401);
    expect((await ask(`${api}/orders`, { token: 'nonsense' })).status).toBe(401);
    expect((await ask(`${api}/orders`, forged)).status).toBe(429);
    expect((await ask(`${api}/products`)).status).toBe(429);
    expect((await ask(`${api}/orders`, { token })).status).toBe(200);
    // Probes are asked by nobody in particular.
    expect((await ask(`${gateway.url}/health`)).status).toBe(200);
    await gateway.stop();
  });

  it('are so many requests of one client at a time, also of one that went away', async () => {
    const gateway = await startTestGateway(
      { AUTH_URL: issuer.service.url, ORDERS_URL: service.url, PRODUCTS_URL: service.url },
      { limits: { perCaller: 0, perAddress: 0, atOnce: 2 } },
    );
    const held: (() => void)[] = [];
    const usual = service.answering;
    service.answering = (_, response) => held.push(() => answer(response, 200, {}));
    const [ada, bob] = await Promise.all([
      issuer.token({ sub: 'user:21' }),
      issuer.token({ sub: 'user:22' }),
    ]);
    const orders = (token: string, signal?: AbortSignal) =>
      ask(`${gateway.url}/api/v1/orders`, { token, ...(signal && { signal }) });
    const leaving = new AbortController();
    const left = orders(ada, leaving.signal).catch(() => 'gone');
    const first = orders(ada);
    await expect.poll(() => held.length).toBe(2);
    leaving.abort();
    expect(await left).toBe('gone');
    const refused = await orders(ada);
    expect([refused.status, refused.body.code]).toEqual([429, 'too_many_at_once']);
    expect(refused.headers.get('retry-after')).toBe('1');
    // Somebody else, and nobody known, are counted for themselves.
    const others = [orders(bob), ask(`${gateway.url}/api/v1/products`)];
    await expect.poll(() => held.length).toBe(4);
    for (const goOn of held.splice(0)) goOn();
    expect((await first).status).toBe(200);
    for (const other of await Promise.all(others)) expect(other.status).toBe(200);
    service.answering = usual;
    expect((await orders(ada)).status).toBe(200);
    await gateway.stop();
  });
});
