import { execFile } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'pubsub-pack-'));
const app = join(folder, 'app');
const installed = join(app, 'node_modules/pubsub-cli');
/** A home and temporary files of its own; npm's cache is the machine's. */
const env = {
  PATH: process.env.PATH ?? '',
  HOME: join(folder, 'home'),
  TMPDIR: join(folder, 'tmp'),
  npm_config_cache: process.env.npm_config_cache ?? join(process.env.HOME ?? '', '.npm'),
};

/** The package as it would be published, installed by npm in an empty folder. */
beforeAll(async () => {
  for (const each of [app, env.HOME, env.TMPDIR]) mkdirSync(each, { recursive: true });
  await run(process.execPath, ['build-types.mjs'], { cwd: ROOT });
  const flags = ['--ignore-scripts', '--json', '--pack-destination', folder];
  const { stdout } = await run('npm', ['pack', ...flags], { cwd: ROOT });
  const [{ filename }] = JSON.parse(stdout) as [{ filename: string }];
  const install = ['install', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'];
  await run('npm', [...install, join(folder, filename)], { cwd: app, env });
});
afterAll(async () => {
  await pubsub('local', 'stop').catch(() => undefined);
  rmSync(folder, { recursive: true });
});

async function pubsub(...args: string[]): Promise<string> {
  return (await run('npx', ['--no', '--', 'pubsub-cli', ...args], { cwd: app, env })).stdout;
}

/** Runs a file in the folder: it has to end by itself. */
async function runFile(name: string, code: string): Promise<string> {
  writeFileSync(join(app, name), code);
  return (await run(process.execPath, [name], { cwd: app, env, timeout: 60_000 })).stdout;
}

it('the command runs by npx: an engine of its own, a demo, and its end', async () => {
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  expect(await pubsub('--version')).toContain(version);
  await pubsub('local', 'start', '--port', '0');
  const { ok, steps } = JSON.parse(await pubsub('demo', '--pace', 'fast', '--json'));
  expect({ ok, failed: steps.filter((step: { ok: boolean }) => !step.ok) }).toEqual({
    ok: true,
    failed: [],
  });
  await pubsub('local', 'stop');
});

it('has its documents, its examples and what functions run in; every link of a document leads somewhere', () => {
  const documents = ['README.md', ...readdirSync(join(installed, 'docs')).map((n) => `docs/${n}`)];
  expect(documents).toEqual(expect.arrayContaining(['docs/testing.md', 'docs/moving-over.md']));
  const dead = documents.flatMap((file) => {
    const text = readFileSync(join(installed, file), 'utf8');
    return [...text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)]
      .map(([, target = '']) => join(dirname(file), target))
      .filter((target) => !existsSync(join(installed, target)));
  });
  expect(dead).toEqual([]);
  for (const file of [
    'examples/compose.yaml',
    'dist/bootstraps/node.mjs',
    'dist/lambda',
    'schema',
  ]) {
    expect(existsSync(join(installed, file)), file).toBe(true);
  }
});

describe('both entries of the library', () => {
  const code = (load: (name: string) => string) => `
    const { defineTopology } = ${load('pubsub-cli')};
    const { startEngine } = ${load('pubsub-cli/engine')};
    (async () => {
      const engine = await startEngine();
      const shop = defineTopology({ name: 'shop', subscribers: { billing: {} } });
      const { topics } = await engine.setUp(shop);
      await engine.setUp('weather');
      console.log(topics['shop-events']);
      await engine.stop();
    })();`;
  it.each([
    ['an ES module', 'own.mjs', (name: string) => `await import('${name}')`],
    ['a CommonJS one', 'own.cjs', (name: string) => `require('${name}')`],
  ])('load in %s, which ends by itself and leaves nothing behind', async (_, file, load) => {
    expect(await runFile(file, code(load))).toBe(
      'arn:aws:sns:us-east-1:000000000000:shop-events\n',
    );
    expect(readdirSync(env.TMPDIR)).toEqual([]);
  });

  it.each([
    ['nodenext', 'NodeNext'],
    ['bundler', 'ESNext'],
  ])('have types for moduleResolution %s', async (moduleResolution, module) => {
    writeFileSync(
      join(app, 'typed.mts'),
      `import { createPublisher, defineTopology } from 'pubsub-cli';
import { type EngineOptions, startEngine, type TestEngine, useEngine } from 'pubsub-cli/engine';
const options: EngineOptions = { clock: 'frozen', faults: { throttle: 0.1 } };
const engine: TestEngine = await startEngine(options);
const topology = defineTopology<{ rain: { mm: number } }>({ name: 'w', subscribers: { a: {} } });
const { subscribers } = await engine.setUp(topology);
const url: string | undefined = subscribers.a?.queueUrl;
await createPublisher({ topology, endpointUrl: engine.endpoint }).publish('rain', { mm: 1 });
const [first] = await engine.waitFor('w-a-queue', { where: ({ body }) => body !== url });
const at: number | undefined = first?.sentAt;
// @ts-expect-error there is no such clock
await startEngine({ clock: 'stopped', now: at });
// @ts-expect-error it wants hooks
useEngine({});
await engine.stop();
`,
    );
    const compilerOptions = {
      target: 'ES2022',
      lib: ['ES2022', 'DOM'],
      module,
      moduleResolution,
      strict: true,
      noEmit: true,
      types: [],
      skipLibCheck: false,
    };
    writeFileSync(
      join(app, 'tsconfig.json'),
      JSON.stringify({ compilerOptions, files: ['typed.mts'] }),
    );
    const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
    const said = await run(process.execPath, [tsc, '-p', '.'], { cwd: app }).then(
      () => '',
      (error: Error & { stdout?: string }) => error.stdout || error.message,
    );
    expect(said).toBe('');
  });
});
