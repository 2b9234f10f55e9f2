import { execFile, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { uniquePrefix, useEndpoint } from '../../fixtures/endpoint.ts';

vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 });
const ROOT = join(import.meta.dirname, '../../..');
const endpoint = useEndpoint();
const folder = mkdtempSync(join(tmpdir(), 'pubsub-docs-'));
const children: ReturnType<typeof spawn>[] = [];
const run = promisify(execFile);

/** A project of its own with the package as npm would install it, its code aside. */
beforeAll(async () => {
  const installed = join(folder, 'node_modules', 'pubsub-cli');
  mkdirSync(installed, { recursive: true });
  writeFileSync(join(installed, 'package.json'), readFileSync(join(ROOT, 'package.json'), 'utf8'));
  await run(process.execPath, ['build-types.mjs', join(installed, 'dist/types')], { cwd: ROOT });
  const text = readFileSync(join(ROOT, 'docs/library.md'), 'utf8');
  for (const [, file = '', code = ''] of text.matchAll(
    /```ts\n\/\/ ([\w-]+\.ts)[^\n]*\n(.*?)```/gs,
  )) {
    writeFileSync(join(folder, file), code);
  }
});
afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true });
});

/** What the compiler says about the project; empty where nothing is wrong. */
async function compile(name: string, options: object, files: readonly string[]): Promise<string> {
  const config = join(folder, `${name}.json`);
  const compilerOptions = {
    target: 'ES2022',
    module: 'NodeNext',
    strict: true,
    noEmit: true,
    allowImportingTsExtensions: true,
    ...options,
  };
  writeFileSync(config, JSON.stringify({ compilerOptions, files }));
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
  return run(process.execPath, [tsc, '-p', config], { cwd: folder }).then(
    () => '',
    (error: Error & { stdout?: string }) => error.stdout || error.message,
  );
}

/** A file and all that it imports, directly or not. */
function importedFrom(file: string, seen: Set<string> = new Set()): Set<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  for (const [, target = ''] of readFileSync(file, 'utf8').matchAll(/from '(\.[^']+)'/g)) {
    importedFrom(join(dirname(file), target.replace(/\.[jt]s$/, '.d.ts')), seen);
  }
  return seen;
}

describe('the types of the package', () => {
  it('stand by themselves: no package is needed to read them', async () => {
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
    writeFileSync(
      join(folder, 'reader.ts'),
      `import { createSubscriber, defineTopology } from 'pubsub-cli';
const topology = defineTopology<{ rain: { mm: number } }>({ name: 'w', subscribers: { a: {} } });
createSubscriber({ topology, name: 'a' }).on('rain', ({ data }) => data.mm.toFixed());
// @ts-expect-error there is no such event
createSubscriber({ topology, name: 'a' }).on('snow', () => {});
`,
    );
    const bare = { lib: ['ES2022', 'DOM'], types: [], skipLibCheck: false };
    expect(await compile('bare', bare, ['reader.ts'])).toBe('');
  });

  it('are those of the library, not of the command line and the engine', () => {
    const types = join(folder, 'node_modules/pubsub-cli/dist/types');
    const files = [...importedFrom(join(types, 'index.d.ts'))];
    expect(files.length).toBeGreaterThan(5);
    expect(files.filter((file) => /engine|commands|lib\/aws/.test(file))).toEqual([]);
  });
});

describe('docs/library.md', () => {
  it('has code that compiles', async () => {
    const files = readdirSync(folder).filter((file) => file.endsWith('.ts'));
    expect(files).toEqual(expect.arrayContaining(['topology.ts', 'publish.ts', 'subscribe.ts']));
    const withNode = {
      lib: ['ES2022'],
      types: ['node'],
      typeRoots: [join(ROOT, 'node_modules/@types')],
      skipLibCheck: true,
    };
    expect(await compile('docs', withNode, files)).toBe('');
  });

  it('has code that does what it says', async () => {
    await build({
      entryPoints: ['publish', 'subscribe', 'quiet', 'cloud-events', 'tear-down'].map((name) =>
        join(folder, `${name}.ts`),
      ),
      outdir: join(folder, 'built'),
      outExtension: { '.js': '.mjs' },
      bundle: true,
      format: 'esm',
      platform: 'node',
      plugins: [
        {
          name: 'the built package',
          setup({ onResolve }) {
            const path = pathToFileURL(join(ROOT, 'dist/index.js')).href;
            onResolve({ filter: /^pubsub-cli$/ }, () => ({ path, external: true }));
          },
        },
      ],
    });
    const env = {
      PATH: process.env.PATH,
      HOME: folder,
      AWS_ENDPOINT_URL: endpoint.url,
      PUBSUB_PREFIX: uniquePrefix(),
    };
    const start = (name: string) => {
      const child = spawn(process.execPath, [join(folder, 'built', `${name}.mjs`)], { env });
      children.push(child);
      let text = '';
      for (const stream of [child.stdout, child.stderr]) {
        stream.on('data', (chunk) => {
          text += String(chunk);
        });
      }
      const ended = new Promise<string>((resolve) =>
        child.once('close', (code) => resolve(`${text}exit ${code}`)),
      );
      return { child, ended, text: () => text };
    };
    expect(await start('quiet').ended).toMatch(/would have published .*page\.viewed.*\n.*exit 0/s);
    expect(await start('publish').ended).toMatch(/Published [\w-]{36} as .+\nexit 0/);
    expect(await start('cloud-events').ended).toBe('exit 0');
    const mail = start('subscribe');
    await vi.waitFor(() => {
      expect(mail.text()).toContain('Order 7: $29.99 (version 2)');
      expect(mail.text().match(/Nothing to do for order.paid/g)).toHaveLength(2);
    }, 40_000);
    mail.child.kill('SIGTERM');
    expect(await mail.ended).toMatch(/Handled 3 events\.\nexit 0/);
    expect(await start('tear-down').ended).toBe('Deleted 7, left 0.\nexit 0');
  });
});
