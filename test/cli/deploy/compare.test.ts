import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Comparison } from '../../../src/lib/compare/comparison.ts';
import { STYLES } from '../../../src/lib/definition/styles.ts';
import { runMain } from '../../fixtures/main.ts';
import { usePubsub } from '../../fixtures/pubsub.ts';

const pubsub = usePubsub();

/** A folder with a topology of its own. */
function project(...lines: readonly string[]): string {
  const cwd = mkdtempSync(join(pubsub.env.HOME, 'project-'));
  mkdirSync(join(cwd, 'handlers'));
  writeFileSync(join(cwd, 'handlers/mail.mjs'), 'export default () => {};\n');
  writeFileSync(join(cwd, 'pubsub.yaml'), `${lines.join('\n')}\n`);
  return cwd;
}

async function computed(words: readonly string[], cwd?: string): Promise<Comparison> {
  const args = ['deploy', 'compare', '--computed', ...words];
  const { code, doc } = await pubsub.json(args, cwd === undefined ? {} : { cwd });
  expect(code).toBe(0);
  return doc;
}

describe('pubsub deploy compare --computed', () => {
  it('costs what pubsub cost says', async () => {
    const { figures, events, load, machine, styles } = await computed(['--events', '3M']);
    const { doc } = await pubsub.json(['cost', '--events', '3M', '--style', 'all']);
    const { estimates } = doc as { estimates: { style: string; dollars: number }[] };
    const dollars = figures.find(({ id }) => id === 'dollarsAMonth')?.values ?? {};
    for (const { style, dollars: expected } of estimates) {
      expect(dollars[style as keyof typeof dollars], style).toBeCloseTo(expected, 9);
    }
    expect(figures.map(({ source }) => source)).not.toContain('measured');
    expect([events, load, machine]).toEqual([3e6, null, null]);
    expect(styles.map(({ style, orders }) => [style, orders])).toEqual(
      STYLES.map((style) => [style, null]),
    );
  });

  it('counts the lines that --print prints', async () => {
    const { figures } = await computed([]);
    const lines = figures.find(({ id }) => id === 'templateLines')?.values;
    for (const style of STYLES) {
      const { stdout } = await pubsub.run(['deploy', style, '--print']);
      expect(lines?.[style], style).toBe(stdout.trimEnd().split('\n').length);
    }
  });

  it('fits a screen of 80 columns and 24 lines, says for whom each is in a line, and all with --verbose', async () => {
    const args = ['deploy', 'compare', '--computed'];
    const { stdout } = await runMain([...args, '--no-color'], pubsub.env, { columns: 80 });
    const lines = stdout.trimEnd().split(/\r?\n/);
    expect(lines.slice(0, 3).map((line) => line.split(' ')[0])).toEqual(STYLES);
    expect(lines.length).toBeLessThanOrEqual(24);
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
    const { stdout: all } = await pubsub.run([...args, '--verbose']);
    for (const words of ['scaling', 'cold starts', 'control', '1 to 10 tasks']) {
      expect(all).toContain(words);
    }
  });

  it('names the styles that make the same, and subscribers without a handler', async () => {
    const cwd = project(
      'topology: shop',
      'topics: { sales: {} }',
      'subscribers: { mail: { handler: { module: handlers/mail.mjs } }, audit: {} }',
    );
    const { styles, notCompared } = await computed([], cwd);
    expect(styles.map(({ style }) => style)).toEqual(['serverless', 'ecs']);
    expect(notCompared).toEqual([
      'hybrid is not compared: of shop it makes what serverless makes.',
      'Handling is not compared for audit: the file has no handler.',
    ]);
  });

  it('asks no target, and keeps nothing', async () => {
    await computed(['--target', 'aws']);
    await computed(['--endpoint-url', 'http://127.0.0.1:1']);
    expect(existsSync(join(pubsub.env.XDG_STATE_HOME, 'pubsub/comparison.json'))).toBe(false);
  });
});

describe('pubsub deploy compare', () => {
  it.each([
    [['--target', 'aws'], 'On AWS nothing is measured'],
    [['--endpoint-url', 'http://127.0.0.1:1'], 'At another endpoint nothing is measured'],
  ])('refuses to measure elsewhere, with the command that computes: %j', async (flags, words) => {
    const { code, stderr } = await pubsub.run(['deploy', 'compare', ...flags]);
    expect(code).toBe(2);
    expect(stderr).toContain(words);
    expect(stderr).toContain('pubsub deploy compare --computed');
  });

  it('refuses a topic that no stack makes', async () => {
    const cwd = project(
      'topology: shop',
      'topics: { sales: { arn: arn:aws:sns:us-east-1:000000000000:sales } }',
      'subscribers: { mail: { handler: { module: handlers/mail.mjs } } }',
    );
    const { code, stderr } = await pubsub.run(['deploy', 'compare'], { cwd });
    expect(code).toBe(2);
    expect(stderr).toContain('The topic sales is made elsewhere');
  });

  it.each([
    [['--orders', '9'], '--orders must be 10 at least'],
    [['--orders', '100001'], '--orders must be'],
    [['--events', 'none'], '--events must be'],
    [['--ordres', '10'], '--orders'],
  ])('refuses %j', async (flags, words) => {
    const { code, stderr } = await pubsub.run(['deploy', 'compare', ...flags]);
    expect(code).toBe(2);
    expect(stderr).toContain(words);
  });

  it('is offered to who mistypes it', async () => {
    const { code, stderr } = await pubsub.run(['deploy', 'comapre']);
    expect(code).toBe(2);
    expect(stderr).toContain('Did you mean "compare"?');
  });
});

it('pubsub deploy destroy names what a killed comparison left, and removes it', async () => {
  await pubsub.startEngine();
  const left = join(pubsub.env.XDG_STATE_HOME, 'pubsub/compare/999999999');
  mkdirSync(join(left, 'serverless'), { recursive: true });
  const { stderr } = await pubsub.run(['deploy', 'destroy', '--dry-run']);
  expect(stderr).toContain(`An interrupted comparison left: ${left}`);
  expect(existsSync(left)).toBe(true);
  const removed = await pubsub.run(['deploy', 'destroy']);
  expect(removed.stderr).toContain(`Removed what an interrupted comparison left: ${left}`);
  expect(existsSync(join(left, '..'))).toBe(false);
});
