import { execFileSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const SOURCES = ['src', 'web', 'build.mjs', 'package.json', 'package-lock.json'];

/** Builds dist/ once before any test that runs the built binary, unless it is newer than all that it is built from. */
export default function setup(): void {
  if (Math.max(...SOURCES.map(newest)) < changed('dist/cli.js')) return;
  execFileSync(process.execPath, ['build.mjs'], { stdio: 'inherit' });
}

function changed(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/** When a file or, in a folder, anything changed last; a folder changes when a file in it goes. */
function newest(path: string): number {
  if (!statSync(path).isDirectory()) return changed(path);
  const inside = readdirSync(path, { recursive: true, encoding: 'utf8' });
  return Math.max(changed(path), ...inside.map((name) => changed(join(path, name))));
}
