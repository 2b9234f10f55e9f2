// Bundles src/ into dist/: one file loads fast, and each command's chunk is read only when it runs.
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

// For test/coverage.mjs: code as it was written, and beside it a map of the lines that it comes from.
const forCoverage = process.argv.includes('--source-maps');

const { version, dependencies } = JSON.parse(readFileSync('package.json', 'utf8'));

// Each of our programs for Node.js: what is shared, or rarely needed, is a chunk.
const FOR_NODE = {
  bundle: true,
  splitting: true,
  platform: 'node',
  // The ES modules of the SDK can be shaken: a fifth of the bytes to load.
  mainFields: ['module', 'main'],
  format: 'esm',
  target: 'node20.19',
  logLevel: 'warning',
};
// CommonJS packages inside the bundle call require() for Node's own modules.
const requireFor = (name) =>
  `import{createRequire as ${name}}from'node:module';const require=${name}(import.meta.url);`;

const { metafile } = await build({
  ...FOR_NODE,
  metafile: true,
  entryPoints: {
    cli: 'src/process.ts',
    engine: 'src/lib/engine/main.ts',
    dynamodb: 'src/lib/engine/services/dynamodb/main.ts',
    dashboard: 'src/lib/dashboard/main.ts',
    index: 'src/index.ts',
    embedded: 'src/engine.ts',
  },
  outdir: 'dist',
  minifySyntax: !forCoverage,
  minifyWhitespace: !forCoverage,
  sourcemap: forCoverage && 'external',
  legalComments: 'linked',
  chunkNames: 'chunks/[name]-[hash]',
  define: { PUBSUB_VERSION: JSON.stringify(version) },
  // Packages with native code stay outside; npm installs them.
  external: Object.keys(dependencies),
  banner: { js: requireFor('pubsubCreateRequire') },
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
  charset: 'utf8',
  external: ['@aws-sdk/*'],
  logLevel: 'warning',
});

// The page: one script and one style sheet for browsers, and what stands beside them.
const { metafile: pageFiles } = await build({
  metafile: true,
  entryPoints: [
    { in: 'web/main.tsx', out: 'page' },
    { in: 'web/styles/index.css', out: 'page' },
  ],
  outdir: 'dist/ui',
  bundle: true,
  platform: 'browser',
  format: 'esm',
  // What has them all: `:has()`, nested style rules, Web Locks.
  target: ['chrome120', 'firefox121', 'safari17.2'],
  minify: true,
  legalComments: 'none',
  logLevel: 'warning',
});
for (const file of ['index.html', 'icon.svg']) cpSync(join('web', file), join('dist/ui', file));

// Maps of an earlier build.
for (const name of readdirSync('dist')) {
  if (name.endsWith('.js.map') && !forCoverage) rmSync(join('dist', name));
}

// Chunks of earlier builds go last, so that a process that still runs finds its own until then.
for (const name of readdirSync('dist/chunks')) {
  const file = join('dist/chunks', name);
  if (!(file in metafile.outputs) && !name.endsWith('.LEGAL.txt')) rmSync(file);
}

// What runs in the processes of functions, in their own languages: it is no part of the bundle.
cpSync('src/lib/engine/services/lambda/bootstraps', 'dist/bootstraps', { recursive: true });

// The part of the AWS SDK that functions get here as Lambda's Node.js runtimes have it: a package each, one file and what
// they share.
const RUNTIME_PACKAGES = ['client-dynamodb', 'client-sns', 'client-sqs'];
const runtimeFolder = 'dist/bootstraps/sdk/@aws-sdk';
rmSync(runtimeFolder, { recursive: true, force: true });
const { metafile: runtimeFiles } = await build({
  ...FOR_NODE,
  metafile: true,
  entryPoints: Object.fromEntries(
    RUNTIME_PACKAGES.map((name) => [`${name}/index`, `@aws-sdk/${name}`]),
  ),
  outdir: runtimeFolder,
  minify: true,
  legalComments: 'none',
  banner: {
    js: `${requireFor('sdkCreateRequire')}process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED??='true';`,
  },
  chunkNames: 'shared/[hash]',
});
for (const name of RUNTIME_PACKAGES) {
  const entry = { name: `@aws-sdk/${name}`, type: 'module', exports: './index.js' };
  mkdirSync(join(runtimeFolder, name), { recursive: true });
  writeFileSync(join(runtimeFolder, name, 'package.json'), JSON.stringify(entry));
}
writeFileSync(join(runtimeFolder, 'shared/package.json'), '{"type":"module"}');

// Functions for Lambda, each a folder that is packed as it is. The SDK is bundled with them: what was
// tested is what runs, by the Node.js at hand on the engine.
const FUNCTIONS = {
  'orders-api': 'src/lib/orders/lambda/orders-api.ts',
  subscriber: 'src/lib/consume/lambda/subscriber.ts',
};
rmSync('dist/lambda', { recursive: true, force: true });
const functionFiles = await Promise.all(
  Object.entries(FUNCTIONS).map(([name, entry]) =>
    build({
      ...FOR_NODE,
      metafile: true,
      entryPoints: { index: entry },
      outdir: join('dist/lambda', name),
      minify: true,
      legalComments: 'none',
      define: { PUBSUB_VERSION: JSON.stringify(version) },
      banner: { js: requireFor('pubsubCreateRequire') },
      outExtension: { '.js': '.mjs' },
      chunkNames: 'chunks/[name]-[hash]',
    }),
  ),
);

// What is bundled goes out under its own licence: each package's text, once.
const packages = new Set(
  [metafile, runtimeFiles, pageFiles, ...functionFiles.map(({ metafile: files }) => files)]
    .flatMap(({ inputs }) => Object.keys(inputs))
    .flatMap((path) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? []),
);
const notices = [...packages].sort().map((folder) => {
  const {
    name,
    version: packed,
    license,
  } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'));
  // All of them: the first may only name the others.
  const texts = readdirSync(folder)
    .filter((entry) => /^licen[cs]e(-\w+)?(\.(md|txt))?$/i.test(entry))
    .map((file) => readFileSync(join(folder, file), 'utf8').trim());
  return `${[`${name} ${packed} (${license})`, ...texts].join('\n\n')}\n`;
});
writeFileSync('dist/THIRD-PARTY-LICENSES.txt', notices.join(`\n${'-'.repeat(80)}\n\n`));
