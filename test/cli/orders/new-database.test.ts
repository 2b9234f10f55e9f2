import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { makeDatabase } from '../../../src/lib/database/make-database.ts';
import { openOrderDatabase } from '../../../src/lib/orders/open-order-database.ts';
import { useEndpoint } from '../../fixtures/endpoint.ts';
import { usePubsub } from '../../fixtures/pubsub.ts';

// Making an embedded database takes seconds of CPU time: everything else opens a copy of one.
const endpoint = useEndpoint();
const pubsub = usePubsub();
const folder = mkdtempSync(join(tmpdir(), 'pubsub-orders-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const VIA_API_STEPS = [
  'Set up',
  'Start the subscribers',
  'Start the order API',
  'Create three orders',
  'Confirm them',
  'Verify',
  'Clean up',
];

it('the folder of a database holds a whole database or none: what was begun and not finished is begun again', {
  timeout: 120_000,
}, async () => {
  const own = join(folder, 'begun');
  mkdirSync(join(own, 'draft.1/base'), { recursive: true });
  const database = await openOrderDatabase({ folder: own });
  await database.close();
  expect(readdirSync(own).filter((name) => name.startsWith('draft'))).toEqual([]);
});

it('a database that is made keeps nothing else waiting, and is left alone at once where that is asked for', {
  timeout: 120_000,
}, async () => {
  const begun = performance.now();
  let [last, longest] = [begun, 0];
  const ticking = setInterval(() => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
  }, 5);
  const made = join(folder, 'made');
  await makeDatabase(made, undefined);
  clearInterval(ticking);
  expect(Math.max(longest, performance.now() - last)).toBeLessThan((last - begun) / 2);
  expect(existsSync(join(made, 'PG_VERSION'))).toBe(true);

  const own = join(folder, 'left');
  const stop = new AbortController();
  const reason = new Error('asked to');
  const onCreate = () => setTimeout(() => stop.abort(reason), 20);
  await expect(openOrderDatabase({ folder: own, onCreate, signal: stop.signal })).rejects.toBe(
    reason,
  );
  expect(readdirSync(own)).toEqual([expect.stringContaining('.lock')]);
});

it('pubsub serve stops while it makes its database, and begins again', {
  timeout: 120_000,
}, async () => {
  const env = { XDG_STATE_HOME: mkdtempSync(join(tmpdir(), 'pubsub-serve-')) };
  const flags = ['serve', '--port', '0', '--endpoint-url', endpoint.url];
  const first = pubsub.spawn(flags, { env });
  await first.waitFor('Creating the order database');
  first.kill('SIGINT');
  const { code, stderr } = await first.finished;
  expect([code, stderr]).toEqual([0, expect.stringContaining('Stopped')]);
  expect(stderr).not.toContain('Serving');
  // It did not wait for the making, which leaves nothing that a database could be read from.
  expect(existsSync(join(env.XDG_STATE_HOME, 'pubsub/orders/data'))).toBe(false);
  const again = pubsub.start(flags, { env });
  await again.waitFor('Serving orders');
  again.kill('SIGTERM');
  expect((await again.finished).code).toBe(0);
  rmSync(env.XDG_STATE_HOME, { recursive: true, force: true });
});

it('pubsub demo --via-api goes through the order API, and leaves nothing', {
  timeout: 120_000,
}, async () => {
  const args = ['demo', '--via-api', '--pace', 'fast'];
  const shown = await pubsub.run(args);
  expect(shown.code, shown.stdout + shown.stderr).toBe(0);
  expect(shown.stdout).toMatch(/the order API answers at http:\/\/127\.0\.0\.1:\d+/);
  for (const order of [1, 2, 3]) {
    expect(shown.stdout).toMatch(/→ POST \/orders +\{/);
    expect(shown.stdout).toMatch(new RegExp(`→ PATCH /orders/${order} +\\{`));
    expect(shown.stdout).toContain(
      `email     │ 📧 Sending order confirmation email for order ${order}`,
    );
    expect(shown.stdout).toContain(`inventory │ 📦 Handling status change for order ${order}`);
  }
  expect(shown.stdout.match(/analytics │ 📊/g)).toHaveLength(6);
  expect(shown.stdout.match(/6 of 6 expected events/g)).toHaveLength(3);
  expect(shown.stdout).toContain('10 resources removed, nothing left');
  expect(shown.stdout.split('\n').filter((line) => [...line].length > 80)).toEqual([]);

  const steps = [...shown.stdout.matchAll(/^\d\/\d (.+?) · /gm)].map(([, title]) => title);
  expect(steps).toEqual(VIA_API_STEPS);
});
