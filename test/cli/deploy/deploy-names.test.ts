import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateTopicCommand, SNSClient } from '@aws-sdk/client-sns';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { claim } from '../../../src/lib/process/lock.ts';
import { usePubsub } from '../../fixtures/pubsub.ts';

const pubsub = usePubsub();
let endpoint: string;
let sns: SNSClient;
let project: string;
beforeAll(async () => {
  ({ endpoint } = await pubsub.startEngine({ strictTimings: true }));
  const credentials = { accessKeyId: '000000000000', secretAccessKey: 'test' };
  sns = new SNSClient({ endpoint, region: 'us-east-1', credentials });
});
afterAll(() => sns.destroy());
beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), 'pubsub-names-'));
  const lines = ['topology: payments', 'topics: { payments: {} }', 'subscribers: { ledger: {} }'];
  writeFileSync(join(project, 'pubsub.yaml'), `${lines.join('\n')}\n`);
});
afterEach(async () => {
  for (const args of [
    ['deploy', 'destroy'],
    ['alarms', 'rm'],
    ['cleanup', '--include-untagged'],
  ]) {
    await run(...args, '--yes');
  }
  await advance();
  rmSync(project, { recursive: true, force: true });
});

function run(...args: string[]) {
  return pubsub.run(args, { cwd: project });
}

/** Ends the minute for which names of deleted queues aren't free. */
function advance(): Promise<Response> {
  const body = JSON.stringify({ advance: '60s' });
  return fetch(`${endpoint}/_pubsub/clock`, { method: 'POST', body });
}

const dryRuns = [['--dry-run'], []];

it('refuses names that setup took, also in a dry run, and names what deletes each', async () => {
  await run('setup');
  await run('alarms');
  for (const flags of dryRuns) {
    const { code, stdout, stderr } = await run('deploy', 'serverless', ...flags);
    expect(code, stderr).toBe(1);
    expect(stdout).toContain('+ topic         PaymentsTopic\n');
    expect(stderr).toContain('there is already topic payments, queue payments-ledger-dlq, ');
    expect(stderr).toContain('Delete what is there with: pubsub cleanup, then: pubsub alarms rm.');
    expect(stderr).not.toContain('deleted');
  }
  const status = await run('deploy', 'status');
  expect(status.stdout).toContain('payments is not deployed');
});

it('names the stack of another style, on the same topology and prefix', async () => {
  const flags = ['--prefix', 'dev', '--topology', 'payments'];
  expect((await run('deploy', 'serverless', ...flags)).code).toBe(0);
  for (const dryRun of dryRuns) {
    const { code, stderr } = await run('deploy', 'ecs', ...flags, ...dryRun);
    expect(code).toBe(1);
    expect(stderr).toContain('pubsub deploy destroy serverless --topology payments --prefix dev.');
  }
  expect((await run('deploy', 'destroy', ...flags, '--yes')).code).toBe(0);
});

it("advises to delete nothing of somebody else's", async () => {
  await sns.send(new CreateTopicCommand({ Name: 'payments' }));
  const { code, stderr } = await run('deploy', 'serverless');
  expect(code).toBe(1);
  expect(stderr).toContain('there is already topic payments. Nothing was changed.\n  Use a prefix');
});

it('waits until the names of deleted queues are free, and says how to do without', async () => {
  await run('setup');
  await run('cleanup', '--yes');
  const planned = await run('deploy', 'serverless', '--dry-run');
  expect(planned.code, planned.stderr).toBe(0);
  expect(planned.stderr).toMatch(/begin with: Waiting \d+ s: 2 queues were deleted less than a/);

  const stopped = pubsub.start(['deploy', 'serverless'], { cwd: project });
  await stopped.waitFor('deleted less than a minute ago');
  stopped.kill('SIGINT');
  expect(await stopped.finished).toMatchObject({ code: 130 });
  expect((await run('deploy', 'status')).stdout).toContain('payments is not deployed');

  const waiting = pubsub.start(['deploy', 'serverless'], { cwd: project });
  await waiting.waitFor('deleted less than a minute ago');
  await advance();
  const { code, stderr } = await waiting.finished;
  expect(code, stderr).toBe(0);
  expect(stderr.split('pubsub local start --no-waits')).toHaveLength(2);
  expect(stderr).not.toContain('could not be created');
});

it('waits for another run that works on the stack', async () => {
  expect((await run('deploy', 'serverless')).code).toBe(0);
  const folder = join(pubsub.env.XDG_STATE_HOME, 'pubsub/deploy/payments-serverless');
  const other = await claim(folder, 'deploy');
  if (!other.held) throw new Error('the deployment before still holds the stack');
  const second = pubsub.start(['deploy', 'serverless'], { cwd: project });
  await second.waitFor(`(pid ${process.pid}) works on this stack: waiting for it.`);
  other.release();
  expect(await second.finished).toMatchObject({ code: 0 });
});

it('says how many messages are lost with a stack', async () => {
  await run('deploy', 'serverless');
  await run('publish', '--data', '{"amount":1}', '--count', '3');
  const { code, stdout, stderr } = await run('deploy', 'destroy');
  expect(code).toBe(2);
  expect(stdout).toContain('- queue         PaymentsLedgerQueue (about 3 messages in it)\n');
  expect(stdout).toContain('- queue         PaymentsLedgerDlqQueue\n');
  expect(stderr).toContain('Delete the stack payments-serverless, and about 3 messages (local, ');
});
