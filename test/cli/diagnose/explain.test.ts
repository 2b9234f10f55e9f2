import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runMain } from '../../fixtures/main.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pubsub-explain-'));
  writeFileSync(
    join(folder, 'pubsub.yaml'),
    [
      'subscribers:',
      '  email: { filterPolicy: { event_type: [order.created] } }',
      '  inventory: { filterPolicy: { total: [{ numeric: [">", 100] }] }, filterPolicyScope: MessageBody }',
      '  analytics: { rawDelivery: true }',
      '  vip: { filterPolicy: { total: [{ numeric: [">", 100] }] } }',
    ].join('\n'),
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs without credentials, region or anybody to call. */
function explain(args: readonly string[], stdin?: string) {
  const env = {
    HOME: folder,
    PUBSUB_TARGET: 'aws',
    XDG_STATE_HOME: join(folder, 'state'),
    XDG_CONFIG_HOME: join(folder, 'config'),
  };
  return runMain(['explain', ...args], env, stdin === undefined ? {} : { stdin });
}

async function verdicts(args: readonly string[]) {
  const { stdout } = await explain([...args, '--json']);
  const { subscribers } = JSON.parse(stdout) as {
    subscribers: { name: string; delivered: boolean }[];
  };
  return Object.fromEntries(subscribers.map(({ name, delivered }) => [name, delivered]));
}

describe('pubsub explain', () => {
  it('says for each subscriber whether it gets an event, and what says no', async () => {
    const { stdout, code } = await explain(['order.updated']);

    expect(code).toBe(0);
    expect(stdout).toBe(
      [
        'order.updated of order 1',
        '  with event_type=order.updated',
        '  ✗ email      not delivered',
        '      event_type is "order.updated"; the policy wants "order.created".',
        '      filter policy {"event_type":["order.created"]}',
        '  ✗ inventory  not delivered',
        '      total is 29.99; the policy wants a number > 100.',
        '      filter policy {"total":[{"numeric":[">",100]}]}',
        '  ✓ analytics  delivered (it has no filter)',
        '  ✗ vip        not delivered',
        '      There is no attribute total; the policy wants a number > 100.',
        '      The body has total (29.99), but this policy looks at attributes: publish',
        '        it as one, or use the scope MessageBody.',
        '      filter policy {"total":[{"numeric":[">",100]}]}',
        '',
      ].join('\n'),
    );
  });

  it('asks nobody and starts nothing', async () => {
    const { code } = await explain(['order.created', '--target', 'local']);

    expect(code).toBe(0);
    expect(existsSync(join(folder, 'state'))).toBe(false);
  });

  it('takes fields and attributes, with types', async () => {
    expect(await verdicts(['order.created', '--data', '{"total":150}'])).toEqual({
      email: true,
      inventory: true,
      analytics: true,
      vip: false,
    });
    expect(await verdicts(['order.created', '--attribute', 'total=150'])).toMatchObject({
      vip: false,
    });
    expect(await verdicts(['order.created', '--attribute', 'total:Number=150'])).toMatchObject({
      vip: true,
    });
    expect(await verdicts(['order.created', '--attribute', 'event_type='])).toMatchObject({
      email: false,
    });
  });

  it('counts attributes where delivery is raw', async () => {
    const ten = Array.from({ length: 10 }, (_, index) => ['--attribute', `a${index}=x`]).flat();

    const { stdout } = await explain(['order.created', ...ten, '--subscriber', 'analytics']);

    expect(stdout).toContain('The message has 11 attributes; with raw delivery SNS drops');
  });

  it('exits 3 with --exit-code where somebody gets nothing, else 0', async () => {
    const codes = await Promise.all(
      [
        ['order.updated', '--exit-code'],
        ['order.created', '--exit-code', '--subscriber', 'email'],
        ['order.updated'],
      ].map(async (args) => (await explain(args)).code),
    );

    expect(codes).toEqual([3, 0, 0]);
  });

  it('tries a policy that is not set up: JSON, a file, or name=value', async () => {
    writeFileSync(join(folder, 'policy.json'), '{"status":["shipped"]}');
    const passes = async (policy: string, ...more: string[]) =>
      Object.values(await verdicts(['order.created', '--filter-policy', policy, ...more]));

    expect(await passes('{"event_type":[{"prefix":"order."}]}')).toEqual([true]);
    expect(await passes('event_type=order.updated,order.created')).toEqual([true]);
    expect(await passes('policy.json', '--scope', 'body')).toEqual([false]);
    expect(
      await verdicts(['order.created', '--filter-policy', 'a=b', '--subscriber', 'vip']),
    ).toEqual({ vip: false });
  });

  it('reads events from a file or stdin, a JSON line each', async () => {
    const events = [
      '{"order_id":1,"user_id":1,"total":29.99,"event_type":"order.created"}',
      '{"order_id":2,"user_id":1,"total":500,"event_type":"order.updated"}',
      '{"something":"else"}',
    ];

    const { stdout, stderr, code } = await explain(
      ['--file', '-', '--subscriber', 'inventory', '--json'],
      events.join('\n'),
    );

    expect(code).toBe(0);
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(
      lines.map(({ eventType, subscribers }) => [eventType, subscribers[0].delivered]),
    ).toEqual([
      ['order.created', false],
      ['order.updated', true],
      [null, false],
    ]);
    expect(stderr).toContain('Line 3: pubsub publish would refuse it.');
  });

  it('reads one event that somebody formatted', async () => {
    writeFileSync(
      join(folder, 'event.json'),
      JSON.stringify({ event_type: 'order.created', order_id: 7, user_id: 1, total: 1 }, null, 2),
    );

    const { stdout, code } = await explain(['--file', 'event.json', '--subscriber', 'email']);

    expect(code).toBe(0);
    expect(stdout).toMatch(/^order.created of order 7\n.*\n {2}✓ email {2}delivered/);
  });

  it.each([
    [[], 'Which event?'],
    [['order.craeted'], 'Did you mean "order.created"?'],
    [['order.created', '--subscriber', 'emial'], 'Did you mean "email"?'],
    [['order.created', '--filter-policy', '{"a":"b"}'], '"a" must be an object or an array'],
    [['order.created', '--filter-policy', '{"a":{"b":["c"]}}'], 'does not support nested'],
    [['order.created', '--filter-policy', 'nonsense'], 'must be a filter policy as JSON'],
    [['order.created', '--filter-policy', 'a=b', '--scope', 'header'], 'attributes or body'],
    [['order.created', '--scope', 'body'], '--scope needs --filter-policy'],
    [['order.created', '--attribute', 'a'], '--attribute must be name=value'],
    [['order.created', '--file', 'event.json'], '--file brings its own events'],
    [['--file', 'nowhere.jsonl'], 'There is no file nowhere.jsonl'],
  ])('refuses %j with exit code 2', async (args, words) => {
    const { stdout, stderr, code } = await explain(args);

    expect({ stdout, code }).toEqual({ stdout: '', code: 2 });
    expect(stderr).toContain(words);
  });
});
