// `npm run bench`, `npm run bench:consumer`, `npm run bench:orders`: installs what is compared with, bundles the benchmark that the first
// argument names (Node 20 runs no TypeScript), and runs it with the others.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = fileURLToPath(new URL('.', import.meta.url));
const root = join(here, '..');
const [name = 'engine', ...flags] = process.argv.slice(2);
const PACKAGES = ['fauxqs', 'sqs-consumer'];
/** The processes of each benchmark; the first one is started. */
const FILES = {
  engine: { engine: 'engine.ts', bare: 'bare-server.ts' },
  consumer: { consumer: 'consumer.ts', contender: 'contender.ts' },
  orders: { orders: 'orders.ts', 'orders-server': 'orders-server.ts' },
  scale: { scale: 'scale.ts' },
  tests: { tests: 'small-tests.ts', 'small-test-suite': 'small-test-suite.ts' },
};

if (name !== 'orders' && PACKAGES.some((each) => !existsSync(join(here, 'node_modules', each)))) {
  process.stderr.write('Installing what is compared with into bench/node_modules …\n');
  const install = ['ci', '--no-audit', '--no-fund', '--loglevel=error', '--prefix', here];
  spawnSync('npm', install, { stdio: ['ignore', 'ignore', 'inherit'] });
}

// Beside the packages: those with native code or files of their own are not bundled.
mkdirSync(join(here, 'node_modules'), { recursive: true });
const folder = mkdtempSync(join(here, 'node_modules', '.pubsub-bench-'));
try {
  await build({
    entryPoints: Object.fromEntries(
      Object.entries(FILES[name]).map(([out, file]) => [out, join(here, file)]),
    ),
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    mainFields: ['module', 'main'],
    external: ['@electric-sql/pglite', 'lmdb', 'pg-native', 'fauxqs'],
    // Everyone on the same SDK: that of the project, not that of the competitors.
    alias: Object.fromEntries(
      ['@aws-sdk/client-sns', '@aws-sdk/client-sqs'].map((each) => [
        each,
        join(root, 'node_modules', each),
      ]),
    ),
    banner: {
      js: "import{createRequire as benchRequire}from'node:module';const require=benchRequire(import.meta.url);",
    },
    logLevel: 'warning',
  });
  const script = join(folder, `${name}.mjs`);
  const bench = spawn(process.execPath, [script, ...flags], {
    stdio: 'inherit',
    env: { ...process.env, NODE_NO_WARNINGS: '1', PUBSUB_BENCH_ROOT: root },
  });
  // The benchmark ends its servers; this waits for it.
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'])
    process.on(signal, () => bench.kill(signal));
  const [status] = await once(bench, 'exit');
  process.exitCode = status ?? 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
