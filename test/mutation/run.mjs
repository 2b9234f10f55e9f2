// Changes the code in one place at a time, and counts the changes that no test notices.
// npm run test:mutation -- rules [--sample 200] [--seed 1] [--only file.ts] [--tests test/unit]
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { createVitest } from 'vitest/node';
import { instrument, mutantsOf } from './mutants.mjs';

const ROOT = resolve(import.meta.dirname, '../..');
const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    sample: { type: 'string' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string', default: '' },
    tests: { type: 'string', multiple: true },
  },
});
const [area = 'rules'] = positionals;
/** Tests that show what an area does. */
const TESTS = {
  rules: ['test/unit/rules/**'],
  orders: [
    'test/unit/orders/**',
    'test/contract/orders/*-{api,store,guards}.test.ts',
    'test/contract/orders/relay*',
  ],
  publish: ['test/unit/publish/**', 'test/contract/publish/**'],
  consume: ['test/unit/consume/**', 'test/contract/consume/**'],
  engine: ['test/unit/engine/**', 'test/contract/engine/**'],
};
const include = flags.tests ?? TESTS[area] ?? [`test/{unit,contract}/${area}/**`];

const source = join(ROOT, 'src/lib', area);
const files = new Map();
const mutants = [];
for (const name of readdirSync(source, { recursive: true, encoding: 'utf8' }).sort()) {
  if (!name.endsWith('.ts') || !name.includes(flags.only)) continue;
  const path = join(source, name);
  const code = readFileSync(path, 'utf8');
  const found = mutantsOf(path, code);
  files.set(path, instrument(code, found, mutants.length));
  const lineOf = (offset) => code.slice(0, offset).split('\n').length;
  for (const { start, end, text } of found) {
    const before = code.slice(start, end).replaceAll(/\s+/g, ' ');
    mutants.push({ at: `${relative(ROOT, path)}:${lineOf(start)}`, before, after: text });
  }
}

const folder = mkdtempSync(join(tmpdir(), 'pubsub-mutation-'));
process.env.PUBSUB_MUTATION = folder;
writeFileSync(join(folder, 'living'), '-1');
const vitest = await createVitest(
  'test',
  {
    config: false,
    root: ROOT,
    include: include.map((glob) =>
      glob.endsWith('.ts') ? glob : `${glob.replace(/\/?\**$/, '')}**/*.test.ts`,
    ),
    setupFiles: [join(import.meta.dirname, 'setup.mjs')],
    watch: false,
    reporters: [{}],
    silent: true,
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 10_000, interval: 25 } },
  },
  {
    define: { PUBSUB_VERSION: JSON.stringify('0.0.0-test') },
    plugins: [
      {
        name: 'mutants',
        enforce: 'pre',
        load: (id) => files.get(id.replace(/\?.*$/, '')),
      },
    ],
  },
);

const specifications = await vitest.globTestSpecifications();
vitest.config.bail = 0;
const first = await vitest.runTestSpecifications(specifications, true);
vitest.config.bail = 1;
const broken = first.testModules.filter((each) => !each.ok());
// They would kill every mutant.
for (const each of broken) {
  const [failed] = each.children.allTests('failed');
  const [error] = [...each.errors(), ...(failed?.result().errors ?? [])];
  console.log(
    `left out ${relative(ROOT, each.moduleId)}, which fails without a mutant: ${failed?.name}: ${error?.message.slice(0, 300)}`,
  );
}
const failing = new Set(broken.map(({ moduleId }) => moduleId));
const lines = readFileSync(join(folder, 'seen'), 'utf8').trim().split('\n');
const seen = lines
  .map((line) => JSON.parse(line))
  .filter(({ file }) => !failing.has(file))
  .map(({ file, seen: ids }) => ({ file, ids: new Set(ids) }));

const chosen = sample(mutants.map((_, id) => id));
const counts = { killed: 0, survived: 0, unseen: 0 };
for (const [index, id] of chosen.entries()) {
  const testing = new Set(seen.filter(({ ids }) => ids.has(id)).map(({ file }) => file));
  const verdict =
    testing.size === 0 ? 'unseen' : (await isKilled(id, testing)) ? 'killed' : 'survived';
  counts[verdict]++;
  if (verdict !== 'killed') {
    const { at, before, after } = mutants[id];
    console.log(
      `${verdict} ${at}  ${before.slice(0, 100)}  →  ${after.slice(0, 60) || '(left out)'}`,
    );
  }
  if (process.stderr.isTTY) process.stderr.write(`\r${index + 1}/${chosen.length}`);
}
const share = (100 * counts.killed) / chosen.length;
console.log(
  `${area}: ${counts.killed} of ${chosen.length} killed (${share.toFixed(1)} %), ${counts.survived} survived, ${counts.unseen} in code that these tests never reach; ${mutants.length} mutants in all`,
);
await vitest.close();
rmSync(folder, { recursive: true, force: true });
process.exit(0);

async function isKilled(id, testing) {
  writeFileSync(join(folder, 'living'), String(id));
  const chosenTests = specifications.filter(({ moduleId }) => testing.has(moduleId));
  const { testModules, unhandledErrors } = await vitest.runTestSpecifications(chosenTests);
  return unhandledErrors.length > 0 || testModules.some((each) => !each.ok());
}

/** So many of them, chosen by the seed; all without `--sample`. */
function sample(ids) {
  const count = Number(flags.sample ?? ids.length);
  let state = Number(flags.seed);
  // https://en.wikipedia.org/wiki/Linear_congruential_generator
  const random = () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
  return ids
    .map((id) => [random(), id])
    .sort(([a], [b]) => a - b)
    .slice(0, count)
    .map(([, id]) => id);
}
