// Bundles src/ into dist/: one file loads fast, and each command's chunk is read only when it runs.
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

const { version, dependencies } = JSON.parse(readFileSync('package.json', 'utf8'));

const { metafile } = await build({
  metafile: true,
  entryPoints: {
    cli: 'src/process.ts',
    engine: 'src/lib/engine/main.ts',
    dynamodb: 'src/lib/engine/services/dynamodb/main.ts',
    index: 'src/index.ts',
    embedded: 'src/engine.ts',
  },
  outdir: 'dist',
  bundle: true,
  splitting: true,
  platform: 'node',
  // The ES modules of the SDK can be shaken: a fifth of the bytes to load.
  mainFields: ['module', 'main'],
  format: 'esm',
  target: 'node20.19',
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'linked',
  chunkNames: 'chunks/[name]-[hash]',
  define: { PUBSUB_VERSION: JSON.stringify(version) },
  // Packages with native code stay outside; npm installs them.
  external: Object.keys(dependencies),
  // CommonJS packages inside the bundle call require() for Node's own modules.
  banner: {
    js: "import{createRequire as pubsubCreateRequire}from'node:module';const require=pubsubCreateRequire(import.meta.url);",
  },
  logLevel: 'warning',
});

// Handlers of the shipped topologies that are written in TypeScript, as Lambda runs them: one module beside each. What
// Lambda's own runtime has stays outside.
await build({
  entryPoints: readdirSync('topologies', { recursive: true, encoding: 'utf8' })
    .filter((file) => /^[^/]+\/lambda\/[^/]+\.ts$/.test(file))
    .map((file) => join('topologies', file)),
  outdir: 'topologies',
  outbase: 'topologies',
  outExtension: { '.js': '.mjs' },
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node22',
  external: ['@aws-sdk/*'],
  logLevel: 'warning',
});

// Chunks of earlier builds go last, so that a process that still runs finds its own until then.
for (const name of readdirSync('dist/chunks')) {
  const file = join('dist/chunks', name);
  if (!(file in metafile.outputs) && !name.endsWith('.LEGAL.txt')) rmSync(file);
}

// What runs in the processes of functions, in their own languages: it is no part of the bundle.
cpSync('src/lib/engine/services/lambda/bootstraps', 'dist/bootstraps', { recursive: true });

// What is bundled goes out under its own licence: each package's text, once.
const packages = new Set(
  Object.keys(metafile.inputs).flatMap(
    (path) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? [],
  ),
);
const notices = [...packages].sort().map((folder) => {
  const {
    name,
    version: packed,
    license,
  } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'));
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  const text = file === undefined ? '' : readFileSync(join(folder, file), 'utf8').trim();
  return `${name} ${packed} (${license})\n\n${text}\n`;
});
writeFileSync('dist/THIRD-PARTY-LICENSES.txt', notices.join(`\n${'-'.repeat(80)}\n\n`));
