// Changes the code in one place at a time, and names the changes that no test notices.
// npm run test:mutation -- rules [--sample 200] [--seed 1] [--only part-of-a-path] [--tests test/unit/rules] [--names 'pattern']
// [--resume file] keeps in a file which mutants were killed, and which survived what tests: neither is tried again, but for
// tests that have changed since, or what they load.
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { constants } from 'node:os';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { AREAS } from './areas.mjs';
import { build, buildWithMutants } from './built.mjs';
import { beginsWith, chooseMutants, markOf, nearestTestsOf, ROOT, testFilesOf } from './choose.mjs';
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
const keys = new Map(chosen.mutants.map(({ id, key }) => [id, key]));
const keyOf = (id) => keys.get(id);
/**
 * What the file says by now, also from a run beside this one: a line for each mutant that was killed, and one for each test
 * file that another survived or never reached.
 */
const notes = () =>
  new Set(
    flags.resume && existsSync(flags.resume) ? readFileSync(flags.resume, 'utf8').split('\n') : [],
  );
const note = (line) => {
  if (flags.resume) appendFileSync(flags.resume, `${line}\n`);
};
const verdicts = new Map(chosen.mutants.map(({ id }) => [id, 'unseen']));
const alive = () => chosen.mutants.filter(({ id }) => verdicts.get(id) !== 'killed');

const folder = mkdtempSync(join(ROOT, 'node_modules/.mutation-'));
let tests;
// Also where the run fails, or an error ends it that nobody catches.
process.once('exit', restore);
// `on`, not `once`: another one while dist/ is built anew would end that.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => process.exit(128 + constants.signals[signal]));
}
// Functions, tables and commands run what is built.
buildWithMutants(folder, chosen.instrumented);
tests = await openTests(folder, chosen.instrumented, flags.names);
const tried = testFilesOf(parts.flatMap((part) => part.tests));
await tryOn(tried, (file, mutant) => mutant.tests.some((each) => beginsWith(file, each)));
// What survived may be noticed elsewhere: rules, say, by the tests of what is made with them.
if (flags.tests === undefined) {
  const near = new Map();
  for (const { path, tests: own } of alive()) {
    const others = nearestTestsOf(join(ROOT, path), NEAREST).filter(
      (file) => !own.some((each) => beginsWith(file, each)),
    );
    near.set(path, new Set(others));
  }
  const files = new Set([...near.values()].flatMap((each) => [...each]));
  await tryOn(files, (file, { path }) => near.get(path)?.has(file));
}
await tests.close();
report();
// A mutant may have left something open.
process.exit(0);

/** Leaves dist/ without a mutant in it. */
function restore() {
  tests?.kill();
  // The process that was just killed may have written a file meanwhile.
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  build();
}

/** Runs test files with each of their mutants that they reach; in a new process where a mutant ended or spoilt the last one. */
async function tryOn(files, isMeant) {
  const left = new Map();
  const marks = new Map();
  for (const file of files) {
    const own = chosen.mutants.filter((mutant) => isMeant(file, mutant));
    left.set(file, new Set(own.map(({ id }) => id)));
    marks.set(file, markOf(file, flags.names));
  }
  for (;;) {
    readNotes();
    const living = new Set(alive().map(({ id }) => id));
    const plan = [...left]
      .map(([file, ids]) => [file, [...ids].filter((id) => living.has(id))])
      .filter(([, ids]) => ids.length > 0);
    if (plan.length === 0) return;
    let tried;
    let begun = plan[0][0];
    let isStuck = true;
    await tests.run(plan, ({ file, id, verdict, isTried, isRed, isDone, why }) => {
      begun = file;
      tried = isTried ? { file, id } : undefined;
      if (verdict) settle(file, id, verdict);
      if (isRed) console.log(`left out ${relative(ROOT, file)}, red without a mutant: ${why}`);
      if (isDone) noteUnseen(file);
      if (isRed || isDone) leave(file);
      isStuck &&= !(verdict || isRed || isDone);
    });
    // A process that ended with a mutant has noticed it.
    if (tried) settle(tried.file, tried.id, 'killed');
    else if (isStuck) {
      console.log(`left out ${relative(ROOT, begun)}: its process ended without a mutant`);
      leave(begun);
    }
  }

  function readNotes() {
    const known = notes();
    for (const { id, key } of chosen.mutants) if (known.has(key)) verdicts.set(id, 'killed');
    for (const [file, ids] of left) {
      for (const id of ids) {
        const isSurvivor = known.has(`survived ${marks.get(file)} ${keyOf(id)}`);
        if (isSurvivor && verdicts.get(id) === 'unseen') verdicts.set(id, 'survived');
        if (isSurvivor || known.has(`unseen ${marks.get(file)} ${keyOf(id)}`)) ids.delete(id);
      }
    }
  }

  function settle(file, id, verdict) {
    left.get(file)?.delete(id);
    verdicts.set(id, verdict);
    if (verdict === 'killed') note(keyOf(id));
    if (verdict === 'survived') note(`survived ${marks.get(file)} ${keyOf(id)}`);
  }

  function noteUnseen(file) {
    for (const id of left.get(file)) {
      if (verdicts.get(id) !== 'killed') note(`unseen ${marks.get(file)} ${keyOf(id)}`);
    }
  }

  function leave(file) {
    left.delete(file);
    console.error(`${alive().length} of ${verdicts.size} alive after ${relative(ROOT, file)}`);
  }
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
