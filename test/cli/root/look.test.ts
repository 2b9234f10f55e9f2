import { execFile, execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { textWidth } from '../../../src/lib/ui/text-width.ts';
import { uniquePrefix, useEndpoint } from '../../fixtures/endpoint.ts';
import { runMain } from '../../fixtures/main.ts';
import { usePubsub } from '../../fixtures/pubsub.ts';
import { plain } from '../../fixtures/terminal.ts';

const endpoint = useEndpoint();
const pubsub = usePubsub();
let flags: string[] = [];

beforeAll(async () => {
  flags = ['--prefix', uniquePrefix(), '--endpoint-url', endpoint.url];
  await pubsub.run(['setup', ...flags]);
  await pubsub.run(['publish', 'order.created', '--count', '60', ...flags]);
});

/** Every command that ends by itself, with its exit code. */
const RUNS: readonly (readonly [string, number])[] = [
  ['setup --dry-run', 0],
  ['setup', 0],
  ['publish order.created --order-id 1 --user-id 1 --total 29.99 --yes', 0],
  ['listen analytics --max 2 --idle-timeout 2', 0],
  ['status', 0],
  ['doctor', 0],
  ['explain order.created', 0],
  ['dlq ls', 0],
  ['ls', 0],
  ['iam publisher', 0],
  ['tap --duration 1s', 0],
  ['whoami', 0],
  ['cleanup --dry-run', 0],
  ['lsiten', 2],
  ['listen nobody', 2],
  ['publish order.created --total abc', 2],
  ['--help', 0],
  ['listen --help', 0],
];

/** What stands in each row of the screen: what a carriage return brings back is written over. */
function rows(text: string): string[] {
  return plain(text)
    .split('\n')
    .map((line) => line.split('\r').at(-1) ?? '');
}

const words = (run: string): string[] =>
  run.startsWith('--') || run.endsWith('--help') || run.startsWith('lsiten')
    ? run.split(' ')
    : [...run.split(' '), ...flags];

describe.each([40, 60, 80, 120])('on a terminal of %d columns', (columns) => {
  it.each(RUNS)('%s keeps to it, and exits with %d', async (run, expected) => {
    const { stdout, stderr, code } = await runMain(words(run), pubsub.env, { columns });
    const wide = [...rows(stdout), ...rows(stderr)].filter((line) => textWidth(line) > columns);
    expect(wide).toEqual([]);
    expect(code).toBe(expected);
  });
});

describe('without a terminal', () => {
  it.each(RUNS)('%s writes no escape sequence, and exits with %d', async (run, expected) => {
    const { stdout, stderr, code } = await runMain(words(run), pubsub.env);
    expect(stdout + stderr).not.toContain('\x1b');
    if (expected === 2) expect([stdout, stderr]).toEqual(['', expect.stringMatching(/^✗ /)]);
    expect(code).toBe(expected);
  });

  it.each(RUNS.filter(([run]) => !run.includes('--help')))(
    '%s --json writes JSON on stdout and nothing else there',
    async (run, expected) => {
      const { stdout, code } = await runMain([...words(run), '--json'], pubsub.env);
      const isStream = /^(listen|tap)/.test(run) || expected === 2;
      for (const text of isStream ? stdout.split('\n').filter(Boolean) : [stdout]) JSON.parse(text);
      expect(code).toBe(expected);
    },
  );
});

describe('colours', () => {
  const coloured = async (env: Record<string, string>, columns?: number, ...more: string[]) => {
    const options = columns === undefined ? {} : { columns };
    const { stdout } = await runMain(
      ['status', ...flags, ...more],
      { ...pubsub.env, ...env },
      options,
    );
    return stdout.includes('\x1b[');
  };
  it.each([
    [{}, 80, true],
    [{}, undefined, false],
    [{ FORCE_COLOR: '1' }, undefined, true],
    [{ FORCE_COLOR: '' }, undefined, true],
    [{ FORCE_COLOR: '0' }, 80, false],
    [{ NO_COLOR: '1' }, 80, false],
    [{ NO_COLOR: '1', FORCE_COLOR: '1' }, 80, false],
    [{ NO_COLOR: '' }, 80, true],
    [{ TERM: 'dumb' }, 80, false],
    [{ CI: 'true' }, 80, false],
    [{ CI: 'true', FORCE_COLOR: '1' }, 80, true],
  ] as const)('with %j on a terminal of %s columns: %s', async (env, columns, expected) => {
    expect(await coloured(env, columns)).toBe(expected);
  });

  it('are off with --no-color, whatever the environment says', async () => {
    expect(await coloured({ FORCE_COLOR: '1' }, 80, '--no-color')).toBe(false);
  });
});

/** Whether util-linux's `script`, whose terminal has no size, is there. */
const hasScript = (() => {
  try {
    return execFileSync('script', ['--version']).includes('util-linux');
  } catch {
    return false;
  }
})();

describe.skipIf(!hasScript)('on a terminal that says it has 0 columns', () => {
  const BINARY = join(import.meta.dirname, '../../../bin/pubsub.js');
  it.each([
    'setup',
    'status',
    'doctor',
    'listen analytics --max 1',
    'cleanup --dry-run',
    'demo --pace fast',
  ])('%s ends', async (run) => {
    const more = run.startsWith('demo') ? ['--endpoint-url', endpoint.url] : flags;
    const line = [process.execPath, BINARY, ...run.split(' '), ...more].join(' ');
    const env = { ...pubsub.env, TERM: 'xterm-256color' };
    const output = await new Promise<string>((resolve, reject) => {
      const child = execFile('script', ['-qec', line, '/dev/null'], { env }, (error, stdout) =>
        error ? reject(error) : resolve(stdout),
      );
      child.stdin?.end();
    });
    expect(rows(output.replaceAll('\r\n', '\n')).filter((row) => textWidth(row) > 80)).toEqual([]);
  });
});
