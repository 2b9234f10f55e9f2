import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { usePubsub } from '../../fixtures/pubsub.ts';

// The order database is made by the first task, which takes a busy machine its time.
const PATIENCE = { timeout: 60_000, interval: 200 };

const pubsub = usePubsub();
let project: string;
beforeAll(async () => {
  await pubsub.startEngine();
});
beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), 'pubsub-services-'));
});
afterEach(async () => {
  await run('destroy', '--yes');
  rmSync(project, { recursive: true, force: true });
});

function run(...args: string[]) {
  return pubsub.run(['deploy', ...args], { cwd: project });
}

async function deploy(style: string): Promise<{
  readonly outputs: Readonly<Record<string, string>>;
  readonly changes: readonly {
    readonly name: string;
    readonly differences: readonly { readonly setting: string }[];
  }[];
}> {
  const { code, stderr, stdout } = await run(style, '--json');
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout);
}

it.each(['ecs', 'hybrid'])(
  'brings the order system up as %s: an order reaches all subscribers',
  async (style) => {
    const { ApiUrl = '' } = (await deploy(style)).outputs;
    expect(ApiUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    const answer = await fetch(`${ApiUrl}/orders`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ user_id: 7, total: 12.5 }),
    });
    expect([answer.status, await answer.json()]).toMatchObject([201, { id: 1, total: 12.5 }]);
    for (const words of ['📧 Sending order', '📦 Reserving inventory', '📊 Tracking']) {
      await expect.poll(async () => (await run('logs')).stdout, PATIENCE).toContain(words);
    }
    expect((await deploy(style)).changes).toEqual([]);
    const gone = JSON.parse((await run('destroy', '--yes', '--json')).stdout);
    expect(gone).toMatchObject({ remaining: [], verified: true });
    await expect(fetch(ApiUrl)).rejects.toThrow();
  },
);

it("runs a project's own handlers as services, and replaces their tasks when one changes", async () => {
  mkdirSync(join(project, 'handlers'));
  const handler = (words: string): void =>
    writeFileSync(
      join(project, 'handlers/mail.mjs'),
      `export default () => console.log('${words}');\n`,
    );
  handler('the first');
  writeFileSync(
    join(project, 'pubsub.yaml'),
    [
      'topology: shop',
      'topics: { sales: {} }',
      'events: { sale.made: {} }',
      'subscribers: { mail: { handler: { module: handlers/mail.mjs } } }',
      '',
    ].join('\n'),
  );
  const publish = () => pubsub.run(['publish', 'sale.made'], { cwd: project });
  await deploy('ecs');
  expect((await publish()).code).toBe(0);
  await expect.poll(async () => (await run('logs')).stdout, PATIENCE).toContain('the first');

  handler('the second');
  const { changes } = await deploy('ecs');
  expect(changes.map(({ name }) => name)).toEqual([
    'ShopMailQueueConsumerTask',
    'ShopMailQueueConsumerService',
  ]);
  expect(changes[0]?.differences.map(({ setting }) => setting)).toEqual([
    'ContainerDefinitions[0].Image',
  ]);
  await publish();
  await expect.poll(async () => (await run('logs')).stdout, PATIENCE).toContain('the second');
});
