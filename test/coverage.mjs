// Measures which lines of the platform's services the tests reach, in their own process and in those that they start:
// npm run test:coverage [-- payments …]
// With names of services, their contract tests alone. At least 85 % of the lines of each have to be reached.
//
// A line counts where a statement begins; comments, types and declarations of imports don't. What a killed process had
// reached is lost: Node.js writes it when it ends.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { mergeScriptCovs } from '@bcoe/v8-coverage';
import { convert } from 'ast-v8-to-istanbul';
import istanbul from 'istanbul-lib-coverage';
import { parseAstAsync } from 'rolldown/parseAst';
import { transpiled } from './loader/transpiled.mjs';

const LEAST = 85;
const ROOT = join(import.meta.dirname, '..');
const PLATFORM = join(ROOT, 'src/lib/platform');
const SOURCES = pathToFileURL(join(ROOT, 'src/')).href;
const BUNDLES = pathToFileURL(join(ROOT, 'dist/')).href;

// A folder of the platform with a README is a service.
const services = readdirSync(PLATFORM).filter((name) =>
  existsSync(join(PLATFORM, name, 'README.md')),
);
const areas = new Map([
  ...services.map((name) => [
    name,
    { folder: join(PLATFORM, name), tests: [`test/contract/platform/${name}`] },
  ]),
  [
    'order-api',
    {
      folder: join(ROOT, 'src/lib/orders'),
      tests: ['test/contract/orders', 'test/cli/orders/serve.test.ts', 'test/cli/orders/outbox'],
    },
  ],
]);
const names = process.argv.slice(2);
const unknown = names.filter((name) => !areas.has(name));
if (unknown.length > 0) {
  console.error(
    `There is no ${unknown.join(', ')}. Name some of: ${[...areas.keys()].join(', ')}.`,
  );
  process.exit(2);
}
const measured = names.length > 0 ? names : [...areas.keys()];
const folders = measured.map((name) => `${areas.get(name).folder}/`);
const isMeasured = (path) =>
  path.endsWith('.ts') && folders.some((folder) => path.startsWith(folder));

const data = mkdtempSync(join(tmpdir(), 'pubsub-coverage-'));
let failed;
let coverage;
// With names, no process of the bundle is asked: contract tests run the sources.
const isWhole = names.length === 0;
try {
  if (isWhole) build('--source-maps');
  failed = runTests(
    isWhole
      ? ['test/contract/platform', 'test/cli/platform', ...testsOf(['order-api'])]
      : testsOf(measured),
  );
  coverage = await readCoverage();
} finally {
  rmSync(data, { recursive: true, force: true });
  if (isWhole) build();
}
const below = measured.filter((name) => !report(name));
if (below.length > 0) console.error(`Below ${LEAST} % of lines: ${below.join(', ')}.`);
if (failed) console.error('A test failed: the figures may be too low.');
process.exitCode = below.length > 0 || failed ? 1 : 0;

function testsOf(names) {
  return names.flatMap((name) => areas.get(name).tests);
}

/** Builds dist/; with `--source-maps`, so that it says which line of the sources each of its own comes from. */
function build(...flags) {
  const { status } = spawnSync(process.execPath, ['build.mjs', ...flags], {
    cwd: ROOT,
    stdio: 'inherit',
  });
  if (status !== 0) throw new Error('The build failed.');
}

/** @returns whether a test failed. */
function runTests(tests) {
  const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs');
  const { status } = spawnSync(
    process.execPath,
    [
      vitest,
      'run',
      ...['contract', 'cli', 'proofs'].flatMap((name) => ['--project', name]),
      ...tests,
    ],
    { cwd: ROOT, stdio: 'inherit', env: { ...process.env, NODE_V8_COVERAGE: data } },
  );
  return status !== 0;
}

/** What all processes reached, by file; of a file that none loaded, nothing. */
async function readCoverage() {
  const scripts = new Map();
  for (const file of readdirSync(data)) {
    for (const script of JSON.parse(readFileSync(join(data, file), 'utf8')).result) {
      const { url } = script;
      if (!url.startsWith(BUNDLES) && !(url.startsWith(SOURCES) && isMeasured(fileURLToPath(url))))
        continue;
      scripts.set(url, [...(scripts.get(url) ?? []), script]);
    }
  }
  const reached = istanbul.createCoverageMap();
  for (const path of sourcesIn(folders)) {
    const url = pathToFileURL(path).href;
    reached.merge(await linesOf(await sourceCode(path), merged(scripts.get(url)), url));
  }
  for (const [url, covered] of scripts) {
    const bundle = bundledCode(fileURLToPath(url));
    if (bundle) reached.merge(await linesOf(bundle, merged(covered), url));
  }
  reached.filter(isMeasured);
  return reached;
}

function sourcesIn(folders) {
  return folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true })
      .map((name) => join(folder, name))
      .filter(isMeasured),
  );
}

function merged(scripts = []) {
  return mergeScriptCovs(scripts)?.functions ?? [];
}

/** A source as the tests' processes run it. */
async function sourceCode(path) {
  const code = String(await transpiled(path));
  const [, map] = /\n\/\/# sourceMappingURL=data:application\/json;base64,(\S+)\s*$/.exec(code);
  return { code, sourceMap: JSON.parse(Buffer.from(map, 'base64')) };
}

/** A file of dist/ as the processes that tests start run it; undefined for one in which nothing is measured. */
function bundledCode(path) {
  if (!existsSync(`${path}.map`)) return undefined;
  const sourceMap = JSON.parse(readFileSync(`${path}.map`, 'utf8'));
  if (!sourceMap.sources.some((source) => isMeasured(join(path, '..', source)))) return undefined;
  return { code: readFileSync(path, 'utf8'), sourceMap };
}

async function linesOf({ code, sourceMap }, functions, url) {
  const nothing = [{ startOffset: 0, endOffset: code.length, count: 0 }];
  return convert({
    ...{ code, sourceMap, ast: parseAstAsync(code), wrapperLength: 0 },
    coverage: {
      url,
      functions:
        functions.length > 0
          ? functions
          : [{ functionName: '', isBlockCoverage: true, ranges: nothing }],
    },
  });
}

/** @returns whether enough was reached. */
function report(name) {
  const { folder } = areas.get(name);
  const files = coverage.files().filter((path) => path.startsWith(`${folder}/`));
  const summary = istanbul.createCoverageSummary();
  for (const path of files) summary.merge(coverage.fileCoverageFor(path).toSummary());
  const { covered, total, pct } = summary.lines;
  console.log(
    `${name.padEnd(14)} ${pct.toFixed(1).padStart(5)} % of lines (${covered} of ${total})`,
  );
  for (const path of files.sort()) {
    const missed = coverage.fileCoverageFor(path).getUncoveredLines();
    if (missed.length > 0) console.log(`  ${relative(ROOT, path)}: ${missed.join(', ')}`);
  }
  return pct >= LEAST;
}
