import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from '../process/make-folder.ts';
import type { Comparison } from './comparison.ts';

const FILE = 'comparison.json';

/** Keeps a comparison in a state folder, in place of the one before. @throws the system's error where it can't. */
export function keepComparison(stateDir: string, comparison: Comparison): void {
  makeFolder(stateDir, { mode: 0o700 });
  const path = join(stateDir, FILE);
  const making = `${path}.${process.pid}`;
  writeFileSync(making, JSON.stringify(comparison), { mode: 0o600 });
  renameSync(making, path);
}

/** The last comparison that a state folder keeps; undefined where there is none that can be read. */
export function lastComparison(stateDir: string): Comparison | undefined {
  try {
    const read = JSON.parse(
      readFileSync(join(stateDir, FILE), 'utf8'),
    ) as Partial<Comparison> | null;
    const isWhole = Array.isArray(read?.styles) && Array.isArray(read.figures);
    return isWhole ? (read as Comparison) : undefined;
  } catch {
    return undefined;
  }
}
