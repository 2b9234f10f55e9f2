import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { ROOT } from './choose.mjs';

/**
 * Builds dist/ with the mutants in it, for the processes that tests start. Such a process reads which mutant lives when it
 * starts (`living`), and tells which it reaches (`reached`); where neither file exists, none lives.
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
}

export function build(cwd = ROOT) {
  execFileSync(process.execPath, ['build.mjs'], { cwd });
}

const looksOf = (folder) => `if (globalThis.__mutant === undefined) {
  const { existsSync, openSync, readFileSync, writeSync } = process.getBuiltinModule('node:fs');
  const [living, reached] = ${JSON.stringify([join(folder, 'living'), join(folder, 'reached')])};
  const id = existsSync(living) ? Number(readFileSync(living, 'utf8')) : undefined;
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
