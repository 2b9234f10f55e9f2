import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { instrument, mutantsOf } from './mutants.mjs';

export const ROOT = resolve(import.meta.dirname, '../..');
/** Tests that take too long to run them for a mutant: those of `PROOFS` in vitest.config.ts that areas reach. */
const PROOF = /(-slow|-hostile|-kill|-in-flight-limit|memory|lambda\/clients)\.test\.ts$/;
/**
 * Mutants that change nothing that a caller could see, each with the reason. `code` is the line that they are in, any
 * line without it; `changes` are the ends of their texts.
 */
const EQUIVALENTS = JSON.parse(readFileSync(join(import.meta.dirname, 'equivalents.json'), 'utf8'));

/**
 * The mutants of an area.
 * @param parts folders of `src/lib` with the beginnings of their tests' paths
 * @param only a part of the paths of the files to change
 * @param sample how many to choose by the seed; all without it. A mutant's place in the order depends on the seed and its
 * own text, so that a sample stays what it is while other code changes.
 * @returns the code of each file with all its mutants in it, the mutants that are chosen, and how many there are
 */
export function chooseMutants({ parts, only, sample, seed }) {
  const instrumented = new Map();
  const all = [];
  for (const { sources, tests } of parts) {
    for (const file of sources.flatMap((folder) => filesIn(`src/lib/${folder}`, '.ts'))) {
      if (!file.includes(only)) continue;
      const found = readMutants(file);
      instrumented.set(file, instrument(readFileSync(file, 'utf8'), found, all.length));
      for (const mutant of found) all.push({ ...mutant, id: all.length, tests });
    }
  }
  const changing = all.filter((mutant) => !isEquivalent(mutant));
  const rank = ({ key }) => createHash('sha256').update(`${seed} ${key}`).digest('hex');
  const mutants = changing
    .map((mutant) => [rank(mutant), mutant])
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .slice(0, sample)
    .map(([, mutant]) => mutant);
  return { instrumented, mutants, total: all.length, equivalents: all.length - changing.length };
}

/** The test files whose paths begin so: beginning by beginning, short ones first. */
export function testFilesOf(beginnings) {
  const all = filesIn('test', '.test.ts').sort((a, b) => statSync(a).size - statSync(b).size);
  return new Set(beginnings.flatMap((each) => all.filter((file) => beginsWith(file, each))));
}

/**
 * The test files of units and contracts that load a source, through whatever else they load: those that load least, and so
 * are about it, first.
 * @param most how many
 */
export function nearestTestsOf(source, most) {
  nearest ??= ['test/unit', 'test/contract']
    .flatMap((folder) => filesIn(folder, '.test.ts'))
    .map((file) => ({ file, loaded: loadedBy(file) }))
    .sort((a, b) => a.loaded.size - b.loaded.size);
  const near = nearest.filter(({ loaded }) => loaded.has(source));
  return near.slice(0, most).map(({ file }) => file);
}

/** Changes with a test file, with all that it loads, as far as imports say it, and with the names of the tests to run. */
export function markOf(file, names = '') {
  const hash = createHash('sha256').update(names);
  for (const path of [file, ...[...loadedBy(file)].sort()]) hash.update(readFileSync(path));
  return hash.digest('hex').slice(0, 16);
}

let nearest;
const imports = new Map();
const IMPORT =
  /(?:^|\n)(?:import|export)(?! type)[^;'"]*? from '(\.[^']+\.ts)'|import\('(\.[^']+\.ts)'\)/g;

function loadedBy(file, loaded = new Set()) {
  if (!imports.has(file)) {
    const found = [...readFileSync(file, 'utf8').matchAll(IMPORT)];
    const paths = found.map(([, ahead, later]) => resolve(dirname(file), ahead ?? later));
    imports.set(
      file,
      paths.filter((path) => existsSync(path)),
    );
  }
  for (const path of imports.get(file)) {
    if (loaded.has(path)) continue;
    loaded.add(path);
    loadedBy(path, loaded);
  }
  return loaded;
}

/** Whether a file's path, from the project's folder on, begins so. */
export const beginsWith = (file, beginning) => relative(ROOT, file).startsWith(beginning);

function filesIn(path, ending) {
  const recursive = !path.endsWith('*');
  const folder = recursive ? path : dirname(path);
  return readdirSync(join(ROOT, folder), { recursive, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending) && !PROOF.test(name))
    .map((name) => join(ROOT, folder, name))
    .sort();
}

function readMutants(file) {
  const code = readFileSync(file, 'utf8');
  const lines = code.split('\n');
  const path = relative(ROOT, file);
  const times = new Map();
  return mutantsOf(file, code).map((mutant) => {
    const line = code.slice(0, mutant.start).split('\n').length;
    const change = `${oneLine(code.slice(mutant.start, mutant.end))} → ${oneLine(mutant.text) || '(left out)'}`;
    const own = { path, code: lines[line - 1].trim(), change };
    const text = JSON.stringify(own);
    times.set(text, (times.get(text) ?? 0) + 1);
    return { ...mutant, ...own, line, key: `${text} ${times.get(text)}` };
  });
}

const oneLine = (text) => text.replaceAll(/\s+/g, ' ');

const isEquivalent = (mutant) =>
  EQUIVALENTS.some(
    ({ path, code = mutant.code, changes }) =>
      path === mutant.path &&
      code === mutant.code &&
      changes.some((change) => mutant.change.endsWith(change)),
  );
