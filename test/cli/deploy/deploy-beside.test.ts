import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { keepReason } from '../../../src/lib/consume/failure-reasons.ts';
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
    'events: { payment.captured: {}, payment.refunded: {} }',
    'subscribers:',
    '  ledger: { handler: { module: ledger.mjs } }',
    '  fraud: { filterPolicy: { event_type: [payment.refunded] } }',
    '  audit: {}',
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
  readonly evidence: string;
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

it('says that hybrid is nothing of its own without an order API, and speaks of no orders', async () => {
  const planned = await run('deploy', 'hybrid', '--dry-run', '--prefix', 'other');
  expect(planned.stderr).toContain(
    'payments has no order API: hybrid is the same as pubsub deploy serverless --topology pay',
  );
  expect((await run('deploy', '--print', '--style', 'all', '--into', 'out')).code).toBe(0);
  const readme = readFileSync(join(project, 'out/README.md'), 'utf8');
  expect(readme).toContain('## ecs: subscribers as services on ECS\n');
  expect(readme).not.toMatch(/order|tables are kept/i);
});

it('quotes no failure of an older queue of the same name', async () => {
  const stateDir = join(pubsub.env.XDG_STATE_HOME, 'pubsub');
  const fail = (time: Date): void => {
    for (const messageId of ['a', 'b', 'c']) {
      const failure = { queue: 'payments-audit-queue', messageId, eventId: null, receiveCount: 1 };
      keepReason(stateDir, { ...failure, reason: 'no ledger', time: time.toISOString() });
    }
  };
  const evidence = async () =>
    (await findings()).find(({ id, subject }) => id === 'consumers' && subject === 'audit')
      ?.evidence;
  fail(new Date(Date.now() - 240_000));
  expect(await evidence()).not.toContain('no ledger');
  await run('publish', 'payment.captured');
  const listening = pubsub.start(['listen', 'audit', ...ON_PAYMENTS], { cwd: project });
  await listening.waitFor('payment.captured');
  fail(new Date(Date.now() + 1_000));
  await expect.poll(evidence, { timeout: 20_000, interval: 300 }).toContain('no ledger');
  listening.kill('SIGINT');
  await listening.finished;
});

it('leads to no fix for a filter that works as it was written', async () => {
  const { stdout, stderr } = await run('explain', 'payment.captured');
  expect(stdout).toContain('✗ fraud   not delivered');
  expect(stderr).not.toContain('What fixes it');
});

it('names the alarms that cleanup leaves', async () => {
  const prefix = ['--prefix', 'watched'];
  await run('alarms', ...prefix);
  const { stderr } = await run('cleanup', ...prefix);
  expect(stderr).toMatch(
    /^\d+ alarms stay. Delete them with: pubsub alarms rm --topology payments --prefix watched$/m,
  );
  await run('alarms', 'rm', '--yes', ...prefix);
  expect((await run('cleanup', ...prefix)).stderr).not.toContain('alarm');
});

it('names the place of a handler that is not there: the file, or the flag', async () => {
  const cwd = mkdtempSync(join(project, 'gone-'));
  const file =
    'topology: gone\ntopics: { t: {} }\nsubscribers: { a: { handler: { module: a.mjs } } }\n';
  writeFileSync(join(cwd, 'pubsub.yaml'), file);
  const inFile = await pubsub.run(['listen', 'a'], { cwd });
  expect([inFile.code, inFile.stderr]).toEqual([
    2,
    expect.stringContaining('Check the handler of a in the file.'),
  ]);
  const byFlag = await pubsub.run(['listen', 'a', '--handler', 'b.mjs'], { cwd });
  expect(byFlag.stderr).toContain('Check --handler.');
});

it('says in setup what the file names no more, with what deletes it', async () => {
  const cwd = mkdtempSync(join(project, 'less-'));
  const write = (...lines: string[]): void =>
    writeFileSync(
      join(cwd, 'pubsub.yaml'),
      ['topology: less', 'topics: { t: {} }', ...lines, ''].join('\n'),
    );
  writeFileSync(join(cwd, 'index.mjs'), 'export const handler = () => undefined;\n');
  write(
    'tables: { seen: { key: { hash: id } } }',
    'functions: { mail: { runtime: nodejs24.x, handler: index.handler, code: . } }',
    'subscribers: { a: { handler: { function: mail } } }',
  );
  const first = await pubsub.run(['setup', '--prefix', 'p'], { cwd });
  expect(first.code, first.stderr).toBe(0);
  expect(first.stderr).not.toContain('no more in the file');
  write('subscribers: { a: {} }');
  // Another prefix has none of it.
  expect((await pubsub.run(['setup', '--prefix', 'q'], { cwd })).stderr).not.toContain(
    'no more in',
  );
  const { stderr } = await pubsub.run(['setup', '--prefix', 'p'], { cwd });
  expect(stderr).toContain(
    'The function p-mail is no more in the file; it stays, with its code and log:',
  );
  expect(stderr).toMatch(/aws lambda delete-function --function-name p-mail/);
  expect(stderr).toMatch(/aws logs delete-log-group --log-group-name \/aws\/lambda\/p-mail/);
  expect(stderr).toMatch(/aws dynamodb delete-table --table-name p-seen/);
  for (const prefix of ['p', 'q'])
    await pubsub.run(['cleanup', '--prefix', prefix, '--yes'], { cwd });
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
