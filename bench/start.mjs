// `npm run bench`: installs what is compared with, bundles the benchmark (Node 20 runs no TypeScript) and runs it.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = fileURLToPath(new URL('.', import.meta.url));

if (!existsSync(join(here, 'node_modules/fauxqs'))) {
  process.stderr.write('Installing the competitor into bench/node_modules …\n');
  const install = ['ci', '--no-audit', '--no-fund', '--loglevel=error', '--prefix', here];
  spawnSync('npm', install, { stdio: ['ignore', 'ignore', 'inherit'] });
}

const folder = mkdtempSync(join(tmpdir(), 'pubsub-bench-'));
try {
  await build({
    entryPoints: { engine: join(here, 'engine.ts'), bare: join(here, 'bare-server.ts') },
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    banner: {
      js: "import{createRequire as benchRequire}from'node:module';const require=benchRequire(import.meta.url);",
    },
    logLevel: 'warning',
  });
  const script = join(folder, 'engine.mjs');
  const bench = spawn(process.execPath, [script, ...process.argv.slice(2)], {
    stdio: 'inherit',
    env: { ...process.env, NODE_NO_WARNINGS: '1', PUBSUB_BENCH_ROOT: join(here, '..') },
  });
  // The benchmark ends its servers; this waits for it.
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'])
    process.on(signal, () => bench.kill(signal));
  const [status] = await once(bench, 'exit');
  process.exitCode = status ?? 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
