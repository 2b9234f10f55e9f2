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
let prefix = '';
let messageId = '';

beforeAll(async () => {
  prefix = uniquePrefix();
  flags = ['--prefix', prefix, '--endpoint-url', endpoint.url];
  await pubsub.run(['setup', ...flags]);
  await pubsub.run(['publish', 'order.created', '--count', '60', ...flags]);
  const { doc } = await pubsub.json(['publish', 'order.created', ...flags]);
  [{ messageId }] = (doc as { messages: [{ messageId: string }] }).messages;
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
  ['trace ID', 0],
  ['trace 6f1c2f5e-0f0e-4c43-9a1e-7d0b7f6f2a11', 1],
  ['replay email --since 1h --dry-run', 0],
  ['replay nobody --since 1h --dry-run', 2],
  ['adopt PREFIX-order-events -o -', 0],
  ['adopt nothing-there -o -', 1],
  ['export mermaid', 0],
  ['export nothing', 2],
  ['run --max 1 --idle-timeout 1', 0],
  ['wait --queue PREFIX-email-service-queue', 0],
  ['wait --queue PREFIX-email-service-dlq --timeout 1s', 1],
  ['trust', 2],
  ['dlq show email', 0],
  ['dlq redrive email --dry-run', 0],
  ['dlq purge email --dry-run', 0],
  ['explain order.created --offline', 0],
  ['status --fail-if depth>0', 3],
  ['iam operator', 0],
  ['use', 0],
  ['local status', 3],
  ['local env', 1],
  ['completion bash', 0],
  ['bench --events 0', 2],
  ['cost --events 10M --style ecs', 0],
  ['cost --style all', 0],
  ['deploy image', 2],
  ['deploy compare --computed', 0],
  ['deploy compare --orders 1', 2],
  ['cost --events none', 2],
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

function words(run: string): string[] {
  const given = run.replace('ID', messageId).replace('PREFIX', prefix).split(' ');
  const isPlain = /^(--|lsiten|use|local|trust|completion)|--help$/.test(run);
  return isPlain ? given : [...given, ...flags];
}

/** What is meant for another program: its lines are as long as they are. */
const isData = (run: string): boolean => /^(export|adopt|completion|local env)/.test(run);

/** Whether this is the proofs' run of every command at every width, and on every terminal. */
const all = process.env.PUBSUB_PROOF_LOOK === 'all';

/** All runs where it is narrow, an eighth at each of the other widths. */
function runsAt(columns: number): typeof RUNS {
  const eighth = [0, 60, 80, 120].indexOf(columns);
  return all || eighth < 0 ? RUNS : RUNS.filter((_, index) => index % 8 === eighth);
}

describe.each([0, 40, 60, 80, 120])('on a terminal of %d columns', (columns) => {
  it.each(runsAt(columns))('%s keeps to it, and exits with %d', async (run, expected) => {
    const { stdout, stderr, code } = await runMain(words(run), pubsub.env, { columns });
    // One that has no size counts as one of 80 columns.
    const width = columns || 80;
    const shown = [...(isData(run) ? [] : rows(stdout)), ...rows(stderr)];
    const wide = shown.filter((line) => textWidth(line) > width);
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
      const isStream = /^(listen|tap|run)/.test(run) || expected === 2;
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
    'listen analytics --max 1',
    'demo --pace fast',
    ...(all ? ['setup', 'status', 'doctor', 'cleanup --dry-run'] : []),
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
