import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aws, hasAws } from '../../fixtures/aws-command.ts';
import { isIndependent, uniquePrefix, useEndpoint } from '../../fixtures/endpoint.ts';
import { makeQueue, makeTopic, redriveTo, subscribe } from '../../fixtures/fan-out.ts';
import { runMain } from '../../fixtures/main.ts';

interface Subscriber {
  readonly name: string;
  readonly queue: string;
  readonly topics: readonly string[];
}

/** A team's own fan-out, made by hand: nothing of it carries our tags, and no name is one that we would give. */
describe('a fan-out that somebody else made', () => {
  const endpoint = useEndpoint();
  const root = mkdtempSync(join(tmpdir(), 'pubsub-existing-'));
  const folder = join(root, 'project');
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
  const [audit, fraud, ledger] = [`${mine}-audit`, `${mine}-fraud`, `${mine}-ledger`];
  /** The message that fails and dies. */
  let messageId = '';
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  async function run(...args: readonly string[]) {
    const env = {
      HOME: root,
      PATH: process.env.PATH,
      XDG_STATE_HOME: join(root, 'state'),
      XDG_CONFIG_HOME: join(root, 'config'),
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
  /** Does something again and again until something else has ended. */
  async function until<T>(end: Promise<T>, again: () => Promise<unknown>): Promise<T> {
    let ended = false;
    const settled = end.finally(() => {
      ended = true;
    });
    while (!ended) await again();
    return settled;
  }

  beforeAll(async () => {
    mkdirSync(folder);
    const { aws: clients, url } = endpoint;
    const byCommand = await hasAws();
    if (!byCommand) console.warn('The aws command is not installed: the SDK makes the topic.');
    const made = byCommand
      ? await aws<{ TopicArn: string }>(url, 'sns', 'create-topic', '--name', names.payments)
      : { TopicArn: await makeTopic(clients, names.payments) };
    const payments = made.TopicArn;
    const users = await makeTopic(clients, names.users);
    const ledgerTopic = await makeTopic(clients, names.ledgerTopic);
    const dead = await makeQueue(clients, names.dead);
    const auditQueue = await makeQueue(clients, names.audit, {
      lets: [payments, users],
      attributes: { ...redriveTo(dead, 2), VisibilityTimeout: '1' },
    });
    const ledgerQueue = await makeQueue(clients, names.ledger, { lets: [ledgerTopic] });
    const fraudQueue = await makeQueue(clients, names.fraud);
    await subscribe(clients, payments, fraudQueue, {
      FilterPolicy: '{"amount":[{"numeric":[">=",1000]}]}',
      FilterPolicyScope: 'MessageBody',
    });
    await subscribe(clients, payments, auditQueue);
    await subscribe(clients, users, auditQueue);
    await subscribe(clients, ledgerTopic, ledgerQueue);
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

  describe.each([
    ['by topic', ['--topic', names.payments]],
    ['by queue', ['--queue', names.audit]],
  ])('can be looked at without a file: %s', (_name, flags) => {
    it.each([
      ['status', [], 0, 'audit'],
      ['doctor', [], flags.includes('--topic') ? 3 : 0, 'audit'],
      ['dlq', ['ls'], 0, 'audit-dead'],
      ['trace', ['nobody-knows-it'], 1, 'Nothing is known'],
      ['listen', [audit, '--idle-timeout', '1', '--max', '1'], 0, ''],
    ] as const)('%s', async (command, rest, code, words) => {
      const [first = '', ...more] = rest;
      const args = command === 'dlq' ? [command, first, ...more] : [command, ...rest];
      const told = await run(...args, ...flags);
      expect(told.code, told.stderr).toBe(code);
      expect(told.stdout).toContain(words);
      // What is said to do next is about the same resources.
      const next = told.stderr.match(/pubsub (?:status|doctor|tap|listen)[^\n]*/g) ?? [];
      expect(next.filter((line) => !line.includes(flags[0] ?? ''))).toEqual([]);
    });
  });

  it('is explained, published to and replayed by the queue alone', async () => {
    // The shared queue hangs on two topics: one has to be named.
    const flags = ['--queue', names.audit, '--topic', names.users];
    const explained = await json<{ readonly subscribers: readonly { delivered: boolean }[] }>(
      ...['explain', 'user.created', ...flags],
    );
    expect(explained.subscribers).toMatchObject([{ name: audit, delivered: true }]);
    const unclear = await run('publish', 'user.created', '--queue', names.audit);
    expect(unclear.code).toBe(2);
    expect(unclear.stderr).toContain('Which topic?');
    const { published } = await json<{ published: number }>('publish', 'user.created', ...flags);
    expect(published).toBe(1);
    const replayed = await run('replay', '--since', '1h', '--dry-run', ...flags);
    if (isIndependent) expect(replayed.stderr).toContain('is not kept: SNS has no history');
    else expect(replayed.stdout).toContain(`1 message to ${names.audit}`);
    const heard = await run('listen', ...flags, '--max', '1', '--exec', 'cat');
    expect(heard.stdout).toContain('user.created');
  });

  it('is no topic or queue of another account', async () => {
    const queue = `arn:aws:sqs:us-east-1:111122223333:${names.audit}`;
    const told = await run('status', '--queue', queue);
    expect(told.code).toBe(2);
    expect(told.stderr).toContain('is not a queue of account');
    const topic = `arn:aws:sns:us-east-1:111122223333:${names.payments}`;
    expect((await run('status', '--topic', topic)).stderr).toContain('There is no topic');
  });

  it('is described in a file, the queue of two topics too', async () => {
    const topics = [names.payments, names.users, names.ledgerTopic];
    const { subscribers } = await json<{ readonly subscribers: readonly Subscriber[] }>(
      'adopt',
      ...topics,
      '--yes',
    );
    expect(subscribers.find(({ name }) => name === audit)).toMatchObject({
      queue: names.audit,
      dlq: names.dead,
      topics: [names.payments, names.users],
    });
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

  it('is watched, explained, published to, and tells how far a message came', async () => {
    const topic = ['--topic', names.payments];
    const event = ['payment.captured', ...topic, '--data', '{"amount":2000}'];
    const { subscribers } = await json<{
      readonly subscribers: readonly { name: string; delivered: boolean }[];
    }>('explain', ...event);
    expect(subscribers).toMatchObject([
      { name: fraud, delivered: false },
      { name: audit, delivered: true },
    ]);
    const tapped = await until(run('tap', ...topic, '--max', '1', '--json'), () =>
      run('publish', 'user.seen', ...topic),
    );
    expect(JSON.parse(tapped.stdout.split('\n')[0] ?? '')).toMatchObject({
      event: { event_type: 'user.seen' },
    });
    // What was published meanwhile is taken away.
    const drained = await run('listen', audit, '--exec', 'cat', '--idle-timeout', '1');
    expect(drained.code, drained.stderr).toBe(0);
    const { messages } = await json<{
      readonly messages: readonly { messageId: string; reached?: number; subscriptions?: number }[];
    }>('publish', ...event);
    messageId = messages[0]?.messageId ?? '';
    expect(messages).toHaveLength(1);
    if (!isIndependent) expect(messages).toMatchObject([{ reached: 1, subscriptions: 2 }]);
  });

  it('takes events in order, group by group', async () => {
    const { published } = await json<{ published: number }>(
      ...['publish', 'entry.made', '--topic', names.ledgerTopic, '--group', 'a', '--count', '3'],
    );
    expect(published).toBe(3);
    const heard = await run('listen', ledger, '--exec', 'cat', '--max', '3');
    expect(heard.code, heard.stderr).toBe(0);
    expect(heard.stdout).toContain('entry.made');
  });

  it('fails into a dead-letter queue made by hand, is traced there, and comes back', async () => {
    const status = await json<{
      readonly subscribers: readonly { name: string; depth: number; dlqDepth: number | null }[];
    }>('status');
    expect(status.subscribers.find(({ name }) => name === audit)?.depth).toBe(1);
    await run('listen', audit, '--exec', 'false', '--idle-timeout', '2');
    const dead = await run('dlq', 'ls', audit);
    expect(dead.stdout).toMatch(new RegExp(`${audit}\\s+1\\s`));
    expect((await run('dlq', 'show', audit)).stdout).toContain('exit code 1');

    const traced = await run('trace', messageId);
    expect(traced.code, traced.stderr).toBe(0);
    expect(traced.stdout).toContain(names.dead);
    if (isIndependent) expect(traced.stderr).toContain('keeps no history of single messages');
    else {
      expect(traced.stdout).toContain('reached 1 of 2 queues');
      expect(traced.stdout).toMatch(/✗ \S*fraud {2}not taken by the queue/);
    }

    const { code, stderr } = await run('dlq', 'redrive', audit, '--yes');
    expect(code, stderr).toBe(0);
    const heard = await run('listen', audit, '--exec', 'cat', '--max', '1');
    expect(heard.code, heard.stderr).toBe(0);
    expect(heard.stdout).toContain('2000');
  });

  it('is never changed', async () => {
    const { code, stderr } = await run('cleanup', '--yes');
    expect(code).toBe(2);
    expect(stderr).toContain('managed: false');
    expect((await run('setup', '--yes')).stdout).toContain('managed: false');
    const { queues } = await json<{ readonly queues: readonly { name: string }[] }>(
      'ls',
      names.payments,
    );
    expect(queues).toHaveLength(3);
  });
});
