import { afterAll, beforeAll, expect, it } from 'vitest';
import { runPlatformDemo } from '../../../../src/lib/platform/demo/demo.ts';
import { createShop } from '../../../../src/lib/platform/demo/shop-client.ts';
import type { DemoPlatform } from '../../../../src/lib/platform/demo/stage.ts';
import { answer, startTestService, type TestService } from '../gateway/gateway-server.ts';

let gateway: TestService;
beforeAll(async () => {
  gateway = await startTestService();
});
afterAll(() => gateway.stop());

/** Tells the story on a platform of which a gateway alone is there. */
async function demo() {
  const nothing = async () => {};
  const platform: DemoPlatform = {
    ...{ url: gateway.url, shop: createShop(gateway.url), kill: nothing, revive: nothing },
    spans: { url: '', spans: [], close: nothing },
    admin: { email: 'admin@example.com', password: 'secret' },
    metrics: async () => '',
  };
  const told: string[] = [];
  const result = await runPlatformDemo(
    async () => platform,
    (event) => event.kind === 'failed' && told.push(event.reason),
    new AbortController().signal,
  );
  return { ...result, told };
}

it('says why a step failed, to people and in its result', async () => {
  gateway.answering = (_, response) => answer(response, 503, { code: 'circuit_open' });
  const reason = 'ada@example.com registers: {"code":"circuit_open"}';
  const { ok, steps, told } = await demo();
  expect([ok, told]).toEqual([false, [reason]]);
  expect(steps).toMatchObject([
    { name: 'start', ok: true, reason: null },
    { name: 'account', ok: false, reason },
  ]);
});

it('takes it for a failed step where the gateway gives no answer', async () => {
  await gateway.down();
  const { steps } = await demo();
  const reason = expect.stringMatching(/^POST \/auth\/register got no answer: .*ECONNREFUSED/);
  expect(steps.at(-1)).toMatchObject({ name: 'account', ok: false, reason });
  await gateway.up();
});
