import { afterAll, expect, it } from 'vitest';
import { gatewayService } from '../../../../src/lib/platform/gateway/service.ts';
import { startService } from '../../../../src/lib/platform/service/start.ts';
import { redisMissing, startRedis } from '../../../fixtures/redis.ts';
import { startTestIssuer } from '../gateway/gateway-server.ts';
import { createTestLog } from '../service.ts';

const closing: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const close of closing.reverse()) await close();
});

const name = redisMissing ? `a service (skipped: ${redisMissing})` : 'a service';
it.skipIf(redisMissing !== undefined)(
  `${name} is ready without Redis`,
  async () => {
    const redis = await startRedis();
    closing.push(() => redis.kill());
    const issuer = await startTestIssuer();
    closing.push(() => issuer.service.stop());
    const service = await startService(gatewayService, {
      env: { PORT: '0', REDIS_URL: redis.url, AUTH_URL: issuer.service.url },
      ...{ version: '1.2.3', log: createTestLog(), tracing: undefined, stateDir: '/nowhere' },
      topology: { name: 'none', topics: [], subscribers: [] } as never,
      openTransport: () => Promise.reject(new Error('The gateway publishes nothing.')),
      signal: new AbortController().signal,
    });
    closing.push(() => service.stop());
    const ready = async () => {
      const answer = await fetch(`${service.url}/ready`);
      const { checks } = (await answer.json()) as { checks: Record<string, { ok: boolean }> };
      return [answer.status, checks.redis?.ok, checks.keys?.ok];
    };
    const patience = { timeout: 30_000, interval: 150 };
    await expect.poll(ready, patience).toEqual([200, true, true]);
    await redis.kill();
    await expect.poll(async () => (await ready())[1], patience).toBe(false);
    expect(await ready()).toEqual([200, false, true]);
    await redis.start();
    await expect.poll(ready, patience).toEqual([200, true, true]);
  },
  120_000,
);
