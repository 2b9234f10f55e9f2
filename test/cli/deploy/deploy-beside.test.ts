import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { usePubsub } from '../../fixtures/pubsub.ts';

const pubsub = usePubsub();
const ON_PAYMENTS = ['--topology', 'payments'];
let project: string;
beforeAll(async () => {
  await pubsub.startEngine();
  project = mkdtempSync(join(tmpdir(), 'pubsub-beside-'));
  writeFileSync(join(project, 'ledger.mjs'), 'export default () => undefined;\n');
  const lines = [
    'topology: payments',
    'topics: { payments: {} }',
    'events: { payment.captured: {} }',
    'subscribers: { ledger: { handler: { module: ledger.mjs } }, audit: {} }',
  ];
  writeFileSync(join(project, 'pubsub.yaml'), `${lines.join('\n')}\n`);
  const { code, stderr } = await run('deploy', 'serverless');
  expect(code, stderr).toBe(0);
});
afterAll(async () => {
  await run('deploy', 'destroy', '--yes');
  rmSync(project, { recursive: true, force: true });
});

function run(...args: string[]) {
  return pubsub.run([...args, ...ON_PAYMENTS], { cwd: project });
}

interface Finding {
  readonly id: string;
  readonly subject: string;
  readonly verdict: string;
}

/** What doctor finds. */
async function findings(): Promise<readonly Finding[]> {
  const { doc } = await pubsub.json(['doctor', ...ON_PAYMENTS], { cwd: project });
  return (doc as { checks: Finding[] }).checks;
}

it('leads a publisher to the logs of what is deployed', async () => {
  const { stderr } = await run('publish', 'payment.captured');
  expect(stderr).toContain('Next: pubsub deploy logs --follow --topology payments\n');
});

it('lists the functions that a stack made', async () => {
  const { code, stdout } = await run('functions', 'ls');
  expect(code).toBe(0);
  expect(stdout).toContain('payments-ledger');
  expect(stdout).toContain('payments-ledger-queue');
});

it('says that a function takes from the queue as well: in listen, doctor and status', async () => {
  const before = await run('status');
  expect(before.stderr).not.toContain('took from one queue');
  expect((await findings()).filter(({ verdict }) => verdict === 'fail')).toEqual([]);
  const listening = pubsub.start(['listen', 'all', ...ON_PAYMENTS], { cwd: project });
  await listening.waitFor('listening on payments-audit-queue');
  // Until the engine has heard of both.
  await expect
    .poll(async () => (await run('status')).stderr, { timeout: 20_000, interval: 150 })
    .toContain('ledger: the function payments-ledger and 1 other reader took from one queue');
  expect((await findings()).filter(({ verdict }) => verdict === 'fail')).toMatchObject([
    {
      id: 'consumers',
      subject: 'ledger',
      evidence: expect.stringMatching(
        /^pubsub-subscriber\/ledger .* beside the function payments-/,
      ),
      fix: `kill ${process.pid}`,
    },
  ]);
  listening.kill('SIGINT');
  const { stderr } = await listening.finished;
  expect(stderr).toContain(
    'ledger    │ the function payments-ledger takes from payments-ledger-queue too: a message goes',
  );
  expect(stderr).not.toContain('takes from payments-audit-queue');
  expect(stderr).toContain('What is deployed prints: pubsub deploy logs --follow --topology pay');
});
