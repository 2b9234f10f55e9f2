// Runs first in each of the tests' processes (`--import`): Node.js itself loads the sources then. Vite's module runner
// takes more CPU time to load them, and makes each use of an import a look-up.
import { readFileSync } from 'node:fs';
import { register } from 'node:module';
import { fileURLToPath } from 'node:url';
import { ModuleRunner } from 'vite/module-runner';
import { keptAt } from './transpiled.mjs';

register('./hooks.mjs', import.meta.url);

globalThis.PUBSUB_VERSION = '0.0.0-test';

// Stacks of errors name the lines of the TypeScript: all runners ask this one, which runs nothing, for files.
const SOURCES = new URL('../../src/', import.meta.url).href;
new ModuleRunner({
  hmr: false,
  transport: { invoke: () => Promise.reject(new Error('runs nothing')) },
  sourcemapInterceptor: {
    retrieveFile(url) {
      if (!url.startsWith(SOURCES)) return undefined;
      const path = fileURLToPath(url);
      return readFileSync(keptAt(path, readFileSync(path)), 'utf8');
    },
  },
});
