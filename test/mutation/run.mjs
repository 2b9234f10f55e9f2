// Changes the code in one place at a time, and names the changes that no test notices.
// npm run test:mutation -- rules [--sample 200] [--seed 1] [--only part-of-a-path] [--tests test/unit/rules] [--names 'pattern']
// [--resume file] keeps in a file which mutants were killed, and tries those no more that are in it.
import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { AREAS } from './areas.mjs';
import { beginsWith, chooseMutants, nearestTestsOf, ROOT, testFilesOf } from './choose.mjs';
import { openTests } from './session.mjs';

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    sample: { type: 'string' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string', default: '' },
    tests: { type: 'string', multiple: true },
    names: { type: 'string' },
    resume: { type: 'string' },
  },
});
const [name = ''] = positionals;
const parts = AREAS[name]?.map((part) => ({ ...part, tests: flags.tests ?? part.tests }));
if (!parts) {
  console.error(`Name an area: ${Object.keys(AREAS).join(', ')}.`);
  process.exit(2);
}

/** Test files of other areas that a survivor is tried on. */
const NEAREST = 6;
const sample = flags.sample === undefined ? undefined : Number(flags.sample);
const chosen = chooseMutants({ parts, only: flags.only, seed: flags.seed, sample });
const verdicts = new Map(chosen.mutants.map(({ id }) => [id, 'unseen']));
readKilled();
const alive = () => chosen.mutants.filter(({ id }) => verdicts.get(id) !== 'killed');

// Functions, tables and commands run what is built; without it their tests are red, and notice nothing.
execFileSync(process.execPath, ['build.mjs'], { cwd: ROOT });
const folder = mkdtempSync(join(ROOT, 'node_modules/.mutation-'));
const tests = await openTests(folder, chosen.instrumented, flags.names);
const tried = testFilesOf(parts.flatMap((part) => part.tests));
for (const file of tried) {
  await tryOn(file, (mutant) => mutant.tests.some((each) => beginsWith(file, each)));
}
// What survived may be noticed elsewhere: rules, say, by the tests of what is made with them.
if (flags.tests === undefined) {
  const near = new Map();
  for (const { path } of alive()) {
    const source = join(ROOT, path);
    near.set(path, new Set(nearestTestsOf(source, NEAREST).filter((file) => !tried.has(file))));
  }
  for (const file of new Set([...near.values()].flatMap((files) => [...files]))) {
    await tryOn(file, ({ path }) => near.get(path)?.has(file));
  }
}
await tests.close();
rmSync(folder, { recursive: true, force: true });
report();
// A mutant may have left something open.
process.exit(0);

/** Those that are in the file by now: of a run before this one, or of one beside it with other tests. */
function readKilled() {
  if (!flags.resume || !existsSync(flags.resume)) return;
  const killed = new Set(readFileSync(flags.resume, 'utf8').split('\n'));
  for (const { id, key } of chosen.mutants) if (killed.has(key)) verdicts.set(id, 'killed');
}

async function tryOn(file, isMeant) {
  readKilled();
  const own = alive().filter(isMeant);
  if (own.length === 0) return;
  await tryIn(
    file,
    own.map(({ id }) => id),
  );
  console.error(`${alive().length} of ${verdicts.size} alive after ${relative(ROOT, file)}`);
}

/** Runs a test file with each mutant that it reaches; in a new process where a mutant ended or hung the last one. */
async function tryIn(file, ids) {
  const tried = new Set();
  for (;;) {
    const lines = await tests.run(
      file,
      ids.filter((id) => !tried.has(id)),
    );
    const red = lines.find(({ isRed }) => isRed);
    if (red) console.log(`left out ${relative(ROOT, file)}, red without a mutant: ${red.why}`);
    const told = lines.filter(({ id }) => id !== undefined);
    // The last line about a mutant holds; none but "tried" means that the process ended with it.
    for (const [id, verdict] of new Map(told.map(({ id, verdict = 'killed' }) => [id, verdict]))) {
      tried.add(id);
      verdicts.set(id, verdict);
      if (verdict === 'killed' && flags.resume) appendFileSync(flags.resume, `${keyOf(id)}\n`);
    }
    if (told.length === 0 || lines.some(({ isDone, isRed }) => isDone || isRed)) return;
  }
}

function keyOf(id) {
  return chosen.mutants.find((mutant) => mutant.id === id).key;
}

function report() {
  const count = (verdict) => [...verdicts.values()].filter((each) => each === verdict).length;
  const byPlace = (a, b) => a.path.localeCompare(b.path) || a.line - b.line;
  for (const { id, path, line, change } of [...chosen.mutants].sort(byPlace)) {
    const verdict = verdicts.get(id);
    if (verdict !== 'killed') console.log(`${verdict} ${path}:${line}  ${change.slice(0, 160)}`);
  }
  const share = count('killed') / verdicts.size;
  // https://en.wikipedia.org/wiki/Binomial_proportion_confidence_interval
  const spread = 1.96 * Math.sqrt((share * (1 - share)) / verdicts.size);
  const percent = (part) => (100 * part).toFixed(1);
  const certainty =
    verdicts.size + chosen.equivalents === chosen.total
      ? 'all of them'
      : `±${percent(spread)} at 95 %`;
  console.log(
    `${name}: ${count('killed')} of ${verdicts.size} killed: ${percent(share)} % (${certainty}); ` +
      `${count('survived')} survived, ${count('doubtful')} doubtful, ${count('unseen')} never reached; ` +
      `seed ${flags.seed}, ${chosen.total} mutants in all, ${chosen.equivalents} known as equivalent`,
  );
}
