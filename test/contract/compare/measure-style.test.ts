import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startEngine, type TestEngine } from '../../../src/engine.ts';
import { type Aws, createAws } from '../../../src/lib/aws/clients.ts';
import { measureStyle } from '../../../src/lib/compare/measure-style.ts';
import { resolveSettings } from '../../../src/lib/config/settings.ts';
import { topologyOf } from '../../../src/lib/config/topology.ts';
import { deploymentOf } from '../../../src/lib/deploy/template.ts';
import { followEvents } from '../../../src/lib/engine/background.ts';

const ORDERS = 12;

let folder: string;
let engine: TestEngine;
let aws: Aws;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pubsub-measure-'));
  engine = await startEngine();
  aws = await createAws(await resolveSettings({}, {}, folder), engine.endpoint);
});
afterEach(async () => {
  aws.close();
  await engine.stop();
  rmSync(folder, { recursive: true, force: true });
});

/**
 * Measures a topology of one topic as functions.
 * @param handler the module's text. @param visibilityTimeout longer than any start takes, where a message is to be
 * handled.
 */
async function measure(handler: string, visibilityTimeout = '10m') {
  writeFileSync(join(folder, 'mail.mjs'), handler);
  writeFileSync(
    join(folder, 'pubsub.yaml'),
    [
      'topology: shop',
      'topics: { sales: {} }',
      'events: { sale.made: { sample: { total: 1 } } }',
      'subscribers:',
      `  mail: { visibilityTimeout: ${visibilityTimeout}, dlq: { maxReceiveCount: 1 }, handler: { module: mail.mjs } }`,
      '  audit: {}',
      '',
    ].join('\n'),
  );
  const topology = await topologyOf(await resolveSettings({}, {}, folder));
  const steps: string[] = [];
  const stop = new AbortController();
  const measured = await measureStyle({
    engine: {
      ...{ aws, pid: process.pid, stateDir: folder },
      events: (signal, onOpen) => followEvents(engine.endpoint, signal, undefined, onOpen),
    },
    deployment: deploymentOf(topology, 'serverless', { folder }),
    ...{ orders: ORDERS, stop: stop.signal },
    onDeployed: () => {
      steps.push('deployed');
      if (handler === INTERRUPTED) stop.abort();
    },
    onProgress: (accepted, handled) => {
      steps.push(`${accepted} ${handled}`);
    },
  });
  return { measured, steps };
}

const INTERRUPTED = 'export default () => {};\n// interrupted\n';

it('measures until every message is handled, cold starts included', async () => {
  const { measured, steps } = await measure('export default () => {};\n');
  const { orders, idle, busy, latencies, refusal } = measured;
  expect(orders).toEqual({
    ...{ posted: ORDERS, accepted: ORDERS, published: ORDERS, deliveries: ORDERS },
    ...{ handled: ORDERS, deadLettered: 0, missing: 0 },
  });
  expect(refusal).toBeUndefined();
  expect(latencies.count).toBe(ORDERS - 1);
  expect(measured.firstHandledMs).toBeGreaterThan(0);
  expect(measured.handledPerSecond).toBeGreaterThan(0);
  expect(steps[0]).toBe('deployed');
  expect(steps.at(-1)).toMatch(new RegExp(`^${ORDERS} `));
  if (process.platform !== 'linux') return;
  expect(idle).toEqual({ count: 0, bytes: 0 });
  expect(busy?.count).toBeGreaterThan(0);
  expect(busy?.bytes).toBeGreaterThan(2 ** 20);
});

it('counts what a handler fails on as missing', async () => {
  const { measured } = await measure("export default () => { throw new Error('no'); };\n", '2s');
  expect(measured.orders).toMatchObject({ handled: 0, deadLettered: ORDERS, missing: ORDERS });
  expect(measured.handledPerSecond).toBeUndefined();
});

it('ends at once where it is interrupted', async () => {
  await expect(measure(INTERRUPTED)).rejects.toMatchObject({ code: 'Interrupted', exitCode: 130 });
});
