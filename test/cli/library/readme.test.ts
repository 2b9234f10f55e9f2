import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { transform } from 'esbuild';
import { afterAll, describe, expect, it } from 'vitest';
import { usePubsub } from '../../fixtures/pubsub.ts';

const ROOT = join(import.meta.dirname, '../../..');
const README = readFileSync(join(ROOT, 'README.md'), 'utf8');
const pubsub = usePubsub();
const folder = mkdtempSync(join(tmpdir(), 'pubsub-readme-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The blocks of the README that begin with these words. */
function block(language: string, start: string): string {
  const all = [...README.matchAll(/```(\w*)\n(.*?)```/gs)];
  const found = all.find(([, kind, text = '']) => kind === language && text.startsWith(start));
  return found?.[2] ?? '';
}

describe('README', () => {
  it('has a library sample that shows its event as it stands', async () => {
    await pubsub.startEngine();
    const source = block('ts', 'import { createPublisher').replace(
      "'pubsub-cli'",
      JSON.stringify(join(ROOT, 'dist/index.js')),
    );
    const { code } = await transform(source, { loader: 'ts', format: 'esm' });
    const file = join(folder, 'sample.mjs');
    writeFileSync(file, code);
    const { stdout } = await promisify(execFile)(process.execPath, [file], { env: pubsub.env });
    expect(stdout.trim()).toBe('Oslo -3.5');
  });

  it('has a pubsub.yaml and a publish that go together', async () => {
    writeFileSync(join(folder, 'pubsub.yaml'), block('yaml', '# pubsub.yaml'));
    const cwd = folder;
    const setUp = await pubsub.run(['setup', '--yes'], { cwd });
    expect(setUp.code, setUp.stderr).toBe(0);
    const [, data = ''] = /publish payment\.captured --data '([^']*)'/.exec(README) ?? [];
    const args = ['publish', 'payment.captured', '--data', data];
    expect((await pubsub.json(args, { cwd })).doc).toMatchObject({ published: 1 });
    const handled = await pubsub.run(['listen', 'ledger', '--max', '1'], { cwd });
    expect(handled.code, handled.stderr).toBe(0);
    expect(handled.stdout).toContain('p1');
  });

  it('names commands that are there', async () => {
    const help = (await pubsub.run(['--help'])).stdout;
    const named = [...README.matchAll(/^pubsub ([a-z-]+)/gm)].map(([, name = '']) => name);
    expect(named.length).toBeGreaterThan(8);
    expect(named.filter((name) => !help.includes(`  ${name} `))).toEqual([]);
  });
});
