// https://nodejs.org/api/module.html#customization-hooks
import { fileURLToPath } from 'node:url';
import { transpiled } from './transpiled.mjs';

const SOURCES = new URL('../../src/', import.meta.url).href;

/** Loads the TypeScript of `src` as JavaScript; all else is loaded as ever. */
export async function load(url, context, nextLoad) {
  if (!url.startsWith(SOURCES) || !url.endsWith('.ts')) return nextLoad(url, context);
  return { format: 'module', shortCircuit: true, source: await transpiled(fileURLToPath(url)) };
}
