import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { ROOT } from './choose.mjs';

/**
 * Builds dist/ with the mutants in it, for the processes that tests start. Such a process reads which mutant lives when it
 * starts (`living`), and tells which it reaches (`reached`); where neither file exists, or this process has ended, none
 * lives.
 * @param folder of the run
 * @param instrumented the code by the file that it stands for
 */
export function buildWithMutants(folder, instrumented) {
  const copy = join(folder, 'project');
  mkdirSync(copy);
  for (const name of readdirSync(ROOT)) {
    if (name !== 'src') symlinkSync(join(ROOT, name), join(copy, name));
  }
  cpSync(join(ROOT, 'src'), join(copy, 'src'), { recursive: true });
  // In each of them: which module of a bundle is evaluated first is not said.
  const looks = looksOf(folder);
  for (const [file, code] of instrumented) {
    writeFileSync(join(copy, relative(ROOT, file)), looks + code);
  }
  build(copy);
  // Out of date, so that test/build.ts builds it anew where this process is killed before it can.
  utimesSync(join(ROOT, 'dist/cli.js'), 0, 0);
}

export function build(cwd = ROOT) {
  // In a group of its own (Node.js doesn't document `detached` here): Ctrl-C goes to the whole group of the terminal.
  execFileSync(process.execPath, ['build.mjs'], { cwd, detached: true });
}

const looksOf = (folder) => `if (globalThis.__mutant === undefined) {
  const { existsSync, openSync, readFileSync, writeSync } = process.getBuiltinModule('node:fs');
  const [living, reached] = ${JSON.stringify([join(folder, 'living'), join(folder, 'reached')])};
  const isRunning = () => {
    try {
      return process.kill(${process.pid}, 0);
    } catch {
      return false;
    }
  };
  const id = existsSync(living) && isRunning() ? Number(readFileSync(living, 'utf8')) : undefined;
  const file = id === undefined ? undefined : openSync(reached, 'a');
  const seen = new Set();
  globalThis.__loading = () => undefined;
  globalThis.__mutant = (look) => {
    if (file !== undefined && !seen.has(look)) {
      seen.add(look);
      writeSync(file, look + '\\n');
    }
    return look === id;
  };
}
`;
