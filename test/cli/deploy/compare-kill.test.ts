import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import type { Comparison } from '../../../src/lib/compare/comparison.ts';
import { STYLES } from '../../../src/lib/definition/styles.ts';
import { alive } from '../../../src/lib/process/alive.ts';
import { usePubsub } from '../../fixtures/pubsub.ts';

const pubsub = usePubsub();
// An engine looks from time to time whether who it is for is still there; ending its tasks takes a busy machine its time.
const PATIENCE = { timeout: 60_000, interval: 200 };

beforeAll(async () => {
  await pubsub.startEngine();
});

const stateDir = () => join(pubsub.env.XDG_STATE_HOME, 'pubsub');

/** Starts a comparison and waits for words of it. @returns it, the process id of its engine, and its folder. */
async function comparing(words: string) {
  const run = pubsub.spawn(['deploy', 'compare', '--orders', '100000']);
  await run.waitFor(words);
  const folder = join(stateDir(), 'compare', String(run.child.pid));
  const record = JSON.parse(readFileSync(join(folder, 'serverless/engine.json'), 'utf8'));
  return { run, folder, engine: Number(record.pid) };
}

// Two order databases are made, one after the other.
const LIMIT = { timeout: 600_000 };
it('deploys, uses and removes the three styles, beside a stack of the user', LIMIT, async () => {
  expect((await pubsub.run(['deploy', 'serverless'])).code).toBe(0);
  const before = await pubsub.json(['deploy', 'status']);
  const { code, doc } = await pubsub.json(['deploy', 'compare', '--orders', '20']);
  const { ok, styles, figures, load } = doc as Comparison;
  expect([code, ok, load?.through]).toEqual([0, true, 'order-api']);
  for (const { style, orders } of styles) {
    expect(orders, style).toMatchObject({ accepted: 20, published: 20, handled: 60, missing: 0 });
  }
  for (const { id, source, values } of figures) {
    expect(Object.keys(values), `${id}, ${source}`).toEqual(STYLES);
  }
  const idle = figures.find(({ id }) => id === 'idleProcesses')?.values;
  if (process.platform === 'linux') expect(idle).toEqual({ serverless: 0, hybrid: 1, ecs: 4 });
  const kept = JSON.parse(readFileSync(join(stateDir(), 'comparison.json'), 'utf8'));
  expect(kept).toEqual(doc);
  expect(existsSync(join(stateDir(), 'compare'))).toBe(false);
  expect(await pubsub.json(['deploy', 'status'])).toEqual(before);
  await pubsub.run(['deploy', 'destroy', '--yes']);
});

it('leaves nothing behind a Ctrl-C', async () => {
  const { run, folder, engine } = await comparing('serverless: deployed');
  run.child.kill('SIGINT');
  const { code, stderr } = await run.finished;
  expect(code).toBe(130);
  expect(stderr).toContain('what was deployed to compare is removed');
  expect(existsSync(folder)).toBe(false);
  // Killed where it was too busy to end by itself, it is gone when the system has seen to it.
  await expect.poll(() => alive(engine), PATIENCE).toBe(false);
});

it('ends its engine after a kill -9, and the next command names and removes the rest', async () => {
  const { run, folder, engine } = await comparing('serverless: deployed');
  run.child.kill('SIGKILL');
  await run.finished;
  await expect.poll(() => alive(engine), PATIENCE).toBe(false);
  const { stderr } = await pubsub.run(['deploy', 'destroy']);
  expect(stderr).toContain(`Removed what an interrupted comparison left: ${folder}`);
  expect(existsSync(folder)).toBe(false);
});
