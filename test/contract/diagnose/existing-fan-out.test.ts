import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isIndependent, uniquePrefix, useEndpoint } from '../../fixtures/endpoint.ts';
import { makeQueue, makeTopic, redriveTo, subscribe } from '../../fixtures/fan-out.ts';
import { runMain } from '../../fixtures/main.ts';

/** A team's own fan-out, made by hand: nothing of it carries our tags, and no name is one that we would give. */
describe('a fan-out that somebody else made', () => {
  const endpoint = useEndpoint();
  const folder = mkdtempSync(join(tmpdir(), 'pubsub-existing-'));
  const mine = uniquePrefix();
  const names = {
    payments: `${mine}-payments`,
    users: `${mine}-user-events`,
    ledgerTopic: `${mine}-ledger-events.fifo`,
    fraud: `${mine}-fraud`,
    audit: `${mine}-audit`,
    dead: `${mine}-audit-dead`,
    ledger: `${mine}-ledger.fifo`,
  };
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  async function run(...args: readonly string[]) {
    const env = {
      HOME: folder,
      PATH: process.env.PATH,
      XDG_STATE_HOME: join(folder, 'state'),
      XDG_CONFIG_HOME: join(folder, 'config'),
      AWS_ENDPOINT_URL: endpoint.url,
      AWS_REGION: 'us-east-1',
    };
    return runMain(args, env, { cwd: folder });
  }
  async function json<T>(...args: readonly string[]): Promise<T> {
    const { stdout, stderr } = await run(...args, '--json');
    try {
      return JSON.parse(stdout) as T;
    } catch {
      throw new Error(`${args.join(' ')}: no JSON: ${stdout}${stderr}`);
    }
  }

  beforeAll(async () => {
    const { aws } = endpoint;
    const payments = await makeTopic(aws, names.payments);
    const users = await makeTopic(aws, names.users);
    const ledgerTopic = await makeTopic(aws, names.ledgerTopic);
    const dead = await makeQueue(aws, names.dead);
    const audit = await makeQueue(aws, names.audit, {
      lets: [payments, users],
      attributes: redriveTo(dead, 2),
    });
    const ledger = await makeQueue(aws, names.ledger, { lets: [ledgerTopic] });
    const fraud = await makeQueue(aws, names.fraud);
    await subscribe(aws, payments, fraud, {
      FilterPolicy: '{"amount":[{"numeric":[">=",1000]}]}',
      FilterPolicyScope: 'MessageBody',
    });
    await subscribe(aws, payments, audit);
    await subscribe(aws, users, audit);
    await subscribe(aws, ledgerTopic, ledger);
  });

  it('is listed, with the queue that refuses its topic', async () => {
    const { topics } = await json<{
      readonly topics: readonly {
        readonly subscriptions: readonly { queue: string; state: string }[];
      }[];
    }>('ls', names.payments);
    expect(topics[0]?.subscriptions.map(({ queue, state }) => [queue, state])).toEqual([
      [names.audit, 'ok'],
      [names.fraud, 'refused'],
    ]);
  });

  it('is described in a file', async () => {
    const { code, stderr } = await run('adopt', names.payments, names.ledgerTopic, '--yes');
    expect(code, stderr).toBe(0);
    const text = readFileSync(join(folder, 'pubsub.yaml'), 'utf8');
    expect(text).toContain('managed: false');
    for (const name of [names.fraud, names.audit, names.dead, 'numeric'])
      expect(text).toContain(name);
  });

  it('is diagnosed: the missing policy is named', async () => {
    const { checks } = await json<{
      readonly checks: readonly {
        id: string;
        subject: string;
        verdict: string;
        fix: string | null;
      }[];
    }>('doctor');
    const failed = checks.filter(({ verdict }) => verdict === 'fail');
    expect(failed.map(({ id }) => id)).toEqual(['queue-policy']);
    expect(failed[0]?.subject).toContain('fraud');
    // Setup changes nothing of it.
    expect(failed[0]?.fix).not.toContain('pubsub setup');
  });

  it('is explained, published to, and tells where the message went', async () => {
    const event = ['payment.captured', '--topic', names.payments, '--data', '{"amount":2000}'];
    const { subscribers } = await json<{
      readonly subscribers: readonly { name: string; delivered: boolean }[];
    }>('explain', ...event);
    expect(subscribers.filter(({ delivered }) => delivered).map(({ name }) => name)).toEqual([
      expect.stringContaining('audit'),
    ]);
    const { messages } = await json<{
      readonly messages: readonly { messageId: string; reached?: number; subscriptions?: number }[];
    }>('publish', ...event);
    if (isIndependent) return;
    expect(messages).toMatchObject([{ reached: 1, subscriptions: 2 }]);
    const told = await run('trace', messages[0]?.messageId ?? '');
    expect(told.stdout).toContain('reached 1 of 2 queues');
    expect(told.stdout).toMatch(/✗ \S*fraud {2}not taken by the queue/);
  });

  it('is listened to by a program, and fails into a dead-letter queue made by hand', async () => {
    const { subscribers } = await json<{
      readonly subscribers: readonly { name: string; depth: number }[];
    }>('status');
    const audit = subscribers.find(({ name }) => name.includes('audit'));
    expect(audit?.depth).toBe(1);
    const heard = await run(
      'listen',
      audit?.name ?? '',
      '--exec',
      'cat',
      '--max',
      '1',
      '--idle-timeout',
      '5',
    );
    expect(heard.code, heard.stderr).toBe(0);
    expect(heard.stdout).toContain('2000');
    const dead = await run('dlq', 'ls', audit?.name ?? '');
    expect(dead.stdout).toContain(names.dead);
  });

  it('is never cleaned up', async () => {
    const { code, stderr } = await run('cleanup', '--yes');
    expect(code).toBe(2);
    expect(stderr).toContain('managed: false');
    expect(
      (await json<{ readonly queues: readonly unknown[] }>('ls', names.payments)).queues,
    ).toHaveLength(3);
  });
});
