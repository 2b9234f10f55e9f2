import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** From dist/, from dist/chunks/, and from this file among the sources. */
const FOLDERS = ['./', '../', '../../../../dist/'];

/** A built program beside the built command line, such as `engine.js`. @throws Error where nothing was built. */
export function builtProgram(name: string): string {
  for (const folder of FOLDERS) {
    const path = fileURLToPath(new URL(folder + name, import.meta.url));
    if (existsSync(path)) return path;
  }
  throw new Error(`dist/${name} is missing: run npm run build`);
}
