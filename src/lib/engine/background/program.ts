import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** From dist/, from dist/chunks/, and from this file among the sources. */
const CANDIDATES = ['./engine.js', '../engine.js', '../../../../dist/engine.js'];

/** The file that a background engine runs: the built `engine.js` beside the built command line. */
export function engineProgram(): string {
  for (const candidate of CANDIDATES) {
    const path = fileURLToPath(new URL(candidate, import.meta.url));
    if (existsSync(path)) return path;
  }
  throw new Error('dist/engine.js is missing: run npm run build');
}
