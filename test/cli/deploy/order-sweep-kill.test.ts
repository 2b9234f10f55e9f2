import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Aws, createAws } from '../../../src/lib/aws/clients.ts';
import { resolveSettings } from '../../../src/lib/config/settings.ts';
import { EngineClock } from '../../../src/lib/engine/clock/engine-clock.ts';
import type { RunningEngine } from '../../../src/lib/engine/http/server.ts';
import { NO_FAULTS } from '../../../src/lib/rules/faults.ts';
import { killFunctions } from '../../fixtures/function-processes.ts';
import { allItems } from '../../fixtures/orders-table.ts';
import { usePubsub } from '../../fixtures/pubsub.ts';

// For ten seconds an event is left to who stored it.
const PATIENCE = { timeout: 90_000, interval: 500 };
/** Of every call, in milliseconds: that much lies between storing an order and publishing its event. Functions wait 2 s. */
const LATENCY_MS = 1_500;

const pubsub = usePubsub();
let running: RunningEngine;
let aws: Aws;
beforeAll(async () => {
  running = await pubsub.startEngine();
  const settings = { endpointUrl: running.endpoint, region: 'us-east-1' };
  aws = await createAws(await resolveSettings(settings, {}, '/'));
});
afterAll(async () => {
  aws.close();
  await pubsub.run(['deploy', 'destroy', '--yes']);
});

const itemsOf = async (kind: RegExp) =>
  (await allItems({ aws }, 'orders-table')).filter(({ pk }) => kind.test(String(pk)));

it('an order whose function was killed before it published is told of without another request', {
  timeout: 180_000,
}, async () => {
  const { doc } = await pubsub.json(['deploy', 'serverless']);
  const { ApiUrl = '' } = (doc as { outputs: Record<string, string> }).outputs;
  // A publish that is on its way when its function is killed comes to nothing.
  running.faults.set({ ...NO_FAULTS, latency: LATENCY_MS, deny: ['sns:Publish'] }, 0);
  // Where a busy machine lets an order be answered, another one is posted.
  while ((await postAndKill(ApiUrl)) !== 500) {}
  const stored = await itemsOf(/^order$/);
  expect(stored.at(-1)).toMatchObject({ outbox: 'waiting', attempts: 0 });
  running.faults.set(NO_FAULTS, 0);

  const { clock } = running.engine;
  await expect
    .poll(async () => {
      if (clock instanceof EngineClock) await clock.advance(60_000);
      return (await itemsOf(/^handled#/)).length;
    }, PATIENCE)
    .toBe(3 * stored.length);
  expect((await itemsOf(/^order$/)).filter((item) => item.outbox !== undefined)).toEqual([]);
});

/** Posts an order, and kills its function once it is stored. @returns the status of the answer */
async function postAndKill(url: string): Promise<number> {
  const before = (await itemsOf(/^order$/)).length;
  // Each look comes back as late as the function's calls do: many are under way.
  const looks = setInterval(() => {
    void itemsOf(/^order$/).then((found) => {
      if (found.length > before) killFunctions(process.pid);
    });
  }, 100);
  const { status } = await fetch(`${url}/orders`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"user_id":1,"total":29.99}',
  });
  clearInterval(looks);
  return status;
}
