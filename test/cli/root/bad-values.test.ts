import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { usePubsub } from '../../fixtures/pubsub.ts';

// What scripts and typing errors give to flags: variables that aren't set, paths that can't be.

const pubsub = usePubsub();

describe('an empty value', () => {
  it.each([
    [['publish', 'order.created', '--file', ''], '--file'],
    [['publish', 'order.created', '--attribute', 'a=1', '--attribute', ''], '--attribute'],
    [['serve', '--host', ''], '--host'],
    [['serve', '--trust-proxy', ''], '--trust-proxy'],
    [['listen', 'email', '--exec', ''], '--exec'],
    [['dlq', 'show', 'email', '--text', ''], '--text'],
    [['--region', '', 'status'], '--region'],
    [['status', '--endpoint-url', ''], '--endpoint-url'],
  ])('of %j is refused before anything is done', async (args, flag) => {
    const { stderr, code } = await pubsub.run(args);
    expect(stderr).toBe(`✗ ${flag} has an empty value.\n  Give it one, or leave ${flag} out.\n`);
    expect(code).toBe(2);
  });

  it('of --prefix means none', async () => {
    const { stdout, code } = await pubsub.run(['export', 'dot', '--prefix', '']);
    expect(stdout).toContain('"order-events"');
    expect(code).toBe(0);
  });

  it.each([
    [['use', ''], 'target'],
    [['publish', ''], 'event-type'],
    [['listen', ''], 'subscriber'],
    [['trace', ''], 'id'],
    [['dlq', 'purge', '', '--yes'], 'subscriber'],
    [['adopt', 'payments', ''], 'topics'],
    [['tables', 'get', 'Orders', ''], 'key'],
  ])('of an argument is refused as well: %j', async (args, name) => {
    const { stderr, code } = await pubsub.run(args);
    expect(stderr).toMatch(
      new RegExp(
        `^✗ The argument ${name} is empty\\.\\n  Give it a value(, or leave it out)?\\.\\n$`,
      ),
    );
    expect(code).toBe(2);
  });

  it('of a field is a value', async () => {
    const args = ['explain', 'order.created', '--offline', '--status', ''];
    const { stderr } = await pubsub.run(args);
    expect(stderr).not.toContain('is empty');
  });
});

it.each([
  ['setup', '--dry-run=true', '--dry-run'],
  ['status', '--watch=5', '--watch'],
])('%s %s is told how to write the flag', async (command, word, flag) => {
  const { stderr, code } = await pubsub.run([command, word]);
  expect(stderr).toContain(`If it takes no value, write ${flag} alone.`);
  expect(code).toBe(2);
});

describe('a file that can not be used', () => {
  beforeAll(async () => {
    await pubsub.startEngine({ ephemeral: true });
    await pubsub.run(['setup']);
    mkdirSync(join(pubsub.env.HOME, 'folder'));
    symlinkSync('loop', join(pubsub.env.HOME, 'loop'));
  });

  const reading: [string[], string][] = [
    [['publish', 'order.created'], '--file'],
    [['explain', '--offline'], '--file'],
    [['dlq', 'import', 'email'], '--file'],
    [['doctor'], '--message'],
    [['bench', '--events', '1'], '--compare'],
    [['explain', 'order.created', '--offline'], '--filter-policy'],
  ];
  const writing: [string[], string][] = [
    [['dlq', 'export', 'email'], '--to'],
    [['publish', 'order.created', '--count', '1'], '--failed-to'],
    [['listen', 'email', '--idle-timeout', '1'], '--dedupe-store'],
    [['adopt', 'order-events'], '--output'],
  ];
  const names: [string, RegExp][] = [
    [
      'folder',
      /folder is a folder|folder can't be .*: it is a folder|There is a \S+folder already|folder can't be used: it is a folder/,
    ],
    [
      'loop',
      /loop can't be \w+: its symbolic links lead in a circle|There is a \S+loop already|must be a filter policy/,
    ],
    ['a\0b', /a\S+b can't be \w+: its name has a NUL character|must be a filter policy/],
    ['x'.repeat(300), /x can't be \w+: its name is too long|must be a filter policy/],
  ];
  const cases = [...reading, ...writing].flatMap(([args, flag]) =>
    names.map(
      ([name, words]) => [args.join(' '), flag, name.slice(0, 9), args, name, words] as const,
    ),
  );
  it.each(cases)(
    '%s %s %j: is named, with the reason',
    async (_, flag, _name, args, name, words) => {
      const { stderr, code } = await pubsub.run([...args, flag, name]);
      expect(stderr).toMatch(words);
      expect(stderr).not.toMatch(/bug in pubsub|E[A-Z]{4,}|argument 'path'/);
      expect(code).toBe(flag === '--output' || flag === '--failed-to' ? code : 2);
      expect(code).not.toBe(0);
    },
  );
});

describe('a folder that can not be made', () => {
  it.each([
    ['bench', '--events', '1'],
    ['demo', '--via-api', '--pace', 'fast'],
  ])('ends %s with the reason where the folder for temporary files is missing', async (...args) => {
    const temporary = join(pubsub.env.HOME, 'missing');
    const { stderr, code } = await pubsub.spawn(args, { env: { TMPDIR: temporary } }).finished;
    expect(stderr).toMatch(
      new RegExp(`^✗ ${temporary}/\\S+ can't be used: there is no such file or folder\\.$`, 'm'),
    );
    expect(stderr).toContain(`ls -ld ${temporary}`);
    expect(code).toBe(1);
  });

  const unwritable = '/proc/nowhere';
  it.each([
    [['use', 'local'], { XDG_CONFIG_HOME: unwritable }],
    [['local', 'start', '--port', '0'], { XDG_STATE_HOME: unwritable }],
    [['local', 'run', '--port', '0'], { XDG_STATE_HOME: unwritable }],
    [['serve', '--port', '0'], { XDG_STATE_HOME: unwritable }],
    [['local', 'reset', '--yes'], { XDG_STATE_HOME: unwritable }],
  ])('ends %j with the reason', { timeout: 60_000 }, async (args, env) => {
    const { stderr, code } = await pubsub.run(args, { env });
    if (!args.includes('reset')) expect(stderr).toMatch(/can't .*permission is denied|EPERM/);
    expect(stderr).not.toContain('bug in pubsub');
    expect(code).toBe(args.includes('reset') ? 0 : 1);
  });
});
