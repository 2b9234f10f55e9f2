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
  const looks = join(copy, 'src/mutants-of-a-process.mjs');
  writeFileSync(looks, looksOf(folder));
  for (const [file, code] of instrumented) {
    const text = `import ${JSON.stringify(looks)};${code}`;
    writeFileSync(join(copy, relative(ROOT, file)), text);
  }
  build(copy);
}

export function build(cwd = ROOT) {
  execFileSync(process.execPath, ['build.mjs'], { cwd });
}

const looksOf = (folder) => `
import { existsSync, openSync, readFileSync, writeSync } from 'node:fs';
const [living, reached] = ${JSON.stringify([join(folder, 'living'), join(folder, 'reached')])};
const id = existsSync(living) ? readFileSync(living, 'utf8') : '';
const number = id === '' ? -1 : Number(id);
const seen = new Set();
const file = id === '' ? undefined : openSync(reached, 'a');
globalThis.__loading = () => undefined;
globalThis.__mutant = (look) => {
  if (file !== undefined && !seen.has(look)) {
    seen.add(look);
    writeSync(file, look + '\\n');
  }
  return look === number;
};
`;
