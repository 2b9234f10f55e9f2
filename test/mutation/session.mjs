import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createVitest } from 'vitest/node';
import { ROOT } from './choose.mjs';

/** A mutant that keeps the process busy for so long hangs. */
const HANGING_MS = 240_000;

class AsPlanned {
  sort = (files) => files;
  shard = (files) => files;
}

/**
 * Opens vitest on code with mutants in it.
 * @param folder where the tests' process finds what to try (`plan`) and tells what came of it (`verdicts`)
 * @param instrumented the code by the file that it stands for
 * @param names a pattern of the names of the tests to run; all without it
 */
export async function openTests(folder, instrumented, names) {
  process.env.PUBSUB_MUTATION = folder;
  const verdicts = join(folder, 'verdicts');
  const vitest = await createVitest(
    'test',
    {
      config: false,
      root: ROOT,
      include: ['test/{unit,contract,cli}/**/*.test.ts'],
      setupFiles: [join(ROOT, 'test/setup.ts')],
      runner: join(import.meta.dirname, 'runner.mjs'),
      watch: false,
      reporters: [{}],
      silent: true,
      isolate: false,
      maxWorkers: 1,
      sequence: { sequencer: AsPlanned },
      execArgv: ['--max-old-space-size=1024'],
      ...(names && { testNamePattern: new RegExp(names) }),
      testTimeout: 300_000,
      hookTimeout: 120_000,
      expect: { poll: { timeout: 120_000, interval: 25 } },
    },
    {
      define: { PUBSUB_VERSION: JSON.stringify('0.0.0-test') },
      plugins: [
        {
          name: 'mutants',
          enforce: 'pre',
          load: (id) => instrumented.get(id.replace(/\?.*$/, '')),
        },
      ],
    },
  );
  /** Of the process that runs tests now, once it has told it. */
  let pid;
  let read = () => {};
  const specifications = new Map(
    (await vitest.globTestSpecifications()).map((each) => [each.moduleId, each]),
  );

  return {
    /**
     * Runs test files in one process, each with the mutants of the plan that it reaches.
     * @param plan test files with the ids of their mutants, in the order to run them
     * @param onLine told each line of the process soon after it was written
     */
    async run(plan, onLine) {
      rmSync(verdicts, { force: true });
      writeFileSync(join(folder, 'plan'), JSON.stringify(plan));
      let told = 0;
      let last;
      read = () => {
        if (!existsSync(verdicts)) return;
        const lines = readFileSync(verdicts, 'utf8').split('\n').slice(0, -1);
        for (const text of lines.slice(told)) {
          last = JSON.parse(text);
          pid = last.pid ?? pid;
          onLine(last);
        }
        told = lines.length;
      };
      const watch = setInterval(() => {
        read();
        if (!last?.isTried || Date.now() - statSync(verdicts).mtimeMs < HANGING_MS) return;
        process.kill(pid, 'SIGKILL');
      }, 2_000);
      try {
        await vitest.runTestSpecifications(plan.map(([file]) => specifications.get(file)));
      } finally {
        clearInterval(watch);
      }
      read();
      pid = undefined;
    },
    close: () => vitest.close(),
    /** Ends the process that runs tests, at once. */
    kill() {
      read();
      if (pid !== undefined) process.kill(pid, 'SIGKILL');
    },
  };
}
