// Runs each test file once without a mutant, then once for each mutant that it reaches, all in the same process.
import { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { startTests } from '@vitest/runner';
import { getTests } from '@vitest/runner/utils';
import fc from 'fast-check';
import { TestRunner } from 'vitest';

// What is seen with a mutant has to be seen without it; which example shows it best matters to nobody.
fc.configureGlobal({ seed: 1, endOnFailure: true });

const { PUBSUB_MUTATION: folder } = process.env;
/** How often the time is looked at, in looks at mutants: a power of two. */
const LOOKS_PER_GLANCE = 1 << 20;
const MOST_MUTANTS = 1 << 16;
const NONE = -1;
/** What a run may take beyond three times what it takes without a mutant. */
const TIMEOUT_MS = 10_000;
const CPU_SECONDS = 2;
const POLL_TIMEOUT_MS = 3_000;
/** Bytes that may be left over from mutants before a new process goes on. */
const MOST_HEAP = 700e6;

let living = NONE;
let modulesLoading = 0;
globalThis.__loading = (change) => {
  modulesLoading += change;
};
let looks = 0;
let endless = Number.POSITIVE_INFINITY;
const cpuSeconds = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};
const newMarks = () => new Uint8Array(MOST_MUTANTS);
/** The mutants that are reached: `marks` is that of the test that runs, or that of the file. */
const reach = { marks: undefined, loading: newMarks(), file: newMarks(), tests: new Map() };

globalThis.__mutant = (id) => {
  if (reach.marks !== undefined) {
    reach.marks[id] = 1;
    if (modulesLoading > 0) reach.loading[id] = 1;
  }
  if (++looks % LOOKS_PER_GLANCE === 0 && cpuSeconds() > endless) {
    throw new Error('The mutant never ends.');
  }
  return id === living;
};

/** What no test caught since the run began: it counts as a failure of the file. */
let stray;
for (const event of ['uncaughtException', 'unhandledRejection']) {
  process.on(event, (error) => {
    stray ??= error;
  });
}

// Killed, the process that started this one can't end it.
process.once('disconnect', () => process.kill(process.pid, 'SIGKILL'));

/** Which mutant lives, also in processes that start from now on. */
function enliven(id) {
  living = id;
  stray = undefined;
  writeFileSync(`${folder}/living`, String(id));
}

/** Marks what processes reached that the file started: it counts as the file's. */
function markBuilt() {
  const path = `${folder}/reached`;
  if (!existsSync(path)) return;
  for (const id of readFileSync(path, 'utf8').split('\n')) if (id) reach.file[Number(id)] = 1;
}

/** Tells the process that started this one. */
const tell = (line) => appendFileSync(`${folder}/verdicts`, `${JSON.stringify(line)}\n`);

/** Runs the tests that are chosen, until one fails, and reports to nobody. */
class QuietRunner extends TestRunner {
  constructor(outer, chosen, timeoutMs) {
    super({ ...outer.config, testTimeout: timeoutMs, hookTimeout: 2 * timeoutMs });
    this.moduleRunner = outer.moduleRunner;
    this.chosen = chosen;
    this.__setTraces(outer._otel);
  }

  onTaskUpdate() {}

  onCollected([file]) {
    for (const test of getTests(file)) {
      if (this.chosen && !this.chosen.has(test.id)) test.mode = 'skip';
    }
    skipEmptySuites(file);
  }

  onAfterRunSuite(suite) {
    this.workerState.current = suite.suite || suite.file;
  }

  onAfterRunTask(test) {
    super.onAfterRunTask(test);
    if (test.result?.state === 'fail') this.cancelRun = true;
  }
}

/** The mutants to try by the test file, and those that were killed in this process. */
const plan = new Map(JSON.parse(readFileSync(`${folder}/plan`, 'utf8')));
const killed = new Set();

export default class MutantRunner extends TestRunner {
  running = new Set();
  waiting = [];
  /** Whether a mutant was tried in this process. */
  isUsed = false;
  /** Whether what is left needs a new process. */
  isOver = false;

  onBeforeCollect([path]) {
    this.waiting = this.isOver ? [] : plan.get(path).filter((id) => !killed.has(id));
    if (this.waiting.length === 0) return;
    forgetModules(this.workerState);
    Object.assign(reach, { loading: newMarks(), file: newMarks(), tests: new Map() });
    reach.marks = reach.file;
    rmSync(`${folder}/reached`, { force: true });
    enliven(NONE);
    this.began = cpuSeconds();
    tell({ file: path, pid: process.pid });
  }

  importFile(path, source) {
    return this.waiting.length === 0 ? undefined : super.importFile(path, source);
  }

  async onBeforeRunTask(test) {
    await super.onBeforeRunTask(test);
    this.running.add(test);
    reach.tests.set(test.id, newMarks());
    this.mark();
  }

  onAfterRunTask(test) {
    super.onAfterRunTask(test);
    this.running.delete(test);
    this.mark();
  }

  /** What tests reach that run side by side counts as the file's. */
  mark() {
    const [only] = this.running;
    reach.marks = this.running.size === 1 ? reach.tests.get(only.id) : reach.file;
  }

  async onAfterRunFiles([file]) {
    super.onAfterRunFiles();
    reach.marks = undefined;
    if (this.isOver) return;
    markBuilt();
    const told = { file: file.filepath };
    const failed = this.waiting.length > 0 && failureIn(file);
    if (failed) {
      // Mutants before may have left something that disturbs it.
      if (this.isUsed) this.isOver = true;
      else tell({ ...told, isRed: true, why: failed.why });
      return;
    }
    const isReached = (id) => [reach.file, ...reach.tests.values()].some((marks) => marks[id]);
    const slowest = Math.max(...getTests(file).map(({ result }) => result?.duration ?? 0));
    const trial = {
      runner: this,
      file,
      timeoutMs: TIMEOUT_MS + 3 * slowest,
      cpuLimit: CPU_SECONDS + 3 * (cpuSeconds() - this.began),
      isSpoilt: true,
    };
    const reached = this.waiting.filter(isReached);
    for (const [at, id] of reached.entries()) {
      this.isUsed = true;
      tell({ ...told, id, isTried: true });
      const { isHanging, ...verdict } = await verdictOn(id, trial);
      if (verdict.verdict === 'killed') killed.add(id);
      tell({ ...told, id, ...verdict });
      // What hangs goes on behind the next mutant's back.
      this.isOver = isHanging || process.memoryUsage().heapUsed > MOST_HEAP;
      if (this.isOver && at < reached.length - 1) return;
    }
    tell({ ...told, isDone: true });
  }
}

/** A mutant counts as killed where a test fails with it that passes without it, in the same process right after. */
async function verdictOn(id, trial) {
  const isStatic = reach.loading[id] === 1;
  const quick = {
    tests: reach.file[id] ? undefined : testsThatReach(id),
    patience: 1,
    isAnew: isStatic || trial.isSpoilt,
  };
  for (const how of [quick, { tests: undefined, patience: 4, isAnew: true }]) {
    const failed = await run(trial, id, how);
    trial.isSpoilt = isStatic || failed !== undefined;
    if (!failed) return { verdict: 'survived', isHanging: false };
    const alone = { ...how, tests: failed.test && new Set([failed.test]) };
    if (!(await run(trial, NONE, alone)) || (failed.test && !(await run(trial, NONE, how))))
      return { verdict: 'killed', by: failed.name, isHanging: /timed out/.test(failed.why) };
  }
  return { verdict: 'doubtful', isHanging: true };
}

const testsThatReach = (id) =>
  new Set([...reach.tests].filter(([, marks]) => marks[id]).map(([test]) => test));

/**
 * One run of the chosen tests (all of them without a choice). @returns what failed.
 * @param how.isAnew whether all code is loaded again, in place of the test file alone
 */
async function run({ runner, file, timeoutMs, cpuLimit }, id, { tests, patience, isAnew }) {
  forgetModules(runner.workerState, isAnew ? undefined : file.filepath);
  runner.workerState.config.expect.poll.timeout = POLL_TIMEOUT_MS * patience;
  enliven(id);
  if (id !== NONE) endless = cpuSeconds() + cpuLimit;
  try {
    const [again] = await startTests(
      [file.filepath],
      new QuietRunner(runner, tests, timeoutMs * patience),
    );
    return failureIn(again);
  } finally {
    enliven(NONE);
    endless = Number.POSITIVE_INFINITY;
  }
}

/** The code that is tested, the tests and what they share (or one of these) are evaluated anew; packages stay. */
function forgetModules({ evaluatedModules }, only) {
  modulesLoading = 0;
  for (const [path, module] of evaluatedModules.idToModuleMap) {
    if (only && path !== only) continue;
    if (path.includes('/node_modules/') || !/\/(src|test)\//.test(path)) continue;
    if (path.includes('/test/mutation/')) continue;
    Object.assign(module, { promise: undefined, exports: undefined, evaluated: false });
    module.importers.clear();
  }
}

function failureIn(file) {
  const failed = getTests(file).find(({ result }) => result?.state === 'fail');
  const why = (task) => task.result.errors?.[0]?.message ?? '';
  if (failed) return { test: failed.id, name: failed.name, why: why(failed) };
  const suite = suitesOf(file).find(({ result }) => result?.state === 'fail');
  if (suite) return { name: `the file, before or after ${suite.name}`, why: why(suite) };
  return stray && { name: 'what no test caught', why: String(stray?.message ?? stray) };
}

const suitesOf = (suite) => [
  suite,
  ...suite.tasks.filter(({ type }) => type === 'suite').flatMap(suitesOf),
];

function skipEmptySuites(suite) {
  for (const each of suite.tasks) if (each.type === 'suite') skipEmptySuites(each);
  if (suite.tasks.length > 0 && suite.tasks.every(({ mode }) => mode === 'skip'))
    suite.mode = 'skip';
}
