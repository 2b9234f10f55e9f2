// Writes dist/types: the declarations of the library, and of what they name; nothing of the command line or the engine.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const outDir = process.argv[2] ?? 'dist/types';
const all = mkdtempSync(join(tmpdir(), 'pubsub-types-'));
try {
  const compiler = join(
    dirname(fileURLToPath(import.meta.resolve('typescript/package.json'))),
    'bin/tsc',
  );
  execFileSync(process.execPath, [compiler, '-p', 'tsconfig.build.json', '--outDir', all], {
    stdio: 'inherit',
  });
  rmSync(outDir, { recursive: true, force: true });
  for (const [file, text] of reachable([join(all, 'index.d.ts'), join(all, 'engine.d.ts')])) {
    const target = join(outDir, relative(all, file));
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, text);
  }
} finally {
  rmSync(all, { recursive: true });
}

/** Declarations by file, from some on through all that they import; specifiers name what stands in the package. */
function reachable(first) {
  const found = new Map();
  const open = [...first];
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    if (found.has(file)) continue;
    const folder = dirname(file);
    const text = readFileSync(file, 'utf8').replace(
      /(^(?:import|export)\s[^'";]*?\bfrom\s+|\bimport\()(['"])([^'"]+)\2/gm,
      (_, before, quote, name) => {
        if (!name.startsWith('.'))
          throw new Error(`${relative(all, file)} needs the package ${name}`);
        open.push(join(folder, name.replace(/\.ts$/, '.d.ts')));
        return `${before}${quote}${name.replace(/\.ts$/, '.js')}${quote}`;
      },
    );
    found.set(file, text);
  }
  return found;
}
