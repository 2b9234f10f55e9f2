// The sources as JavaScript, kept by their content: made once, read by each worker of each run.
import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const { version } = createRequire(import.meta.url)('esbuild/package.json');
const CACHE = join(import.meta.dirname, '../../node_modules/.cache/pubsub-tests/sources');
const OPTIONS = { loader: 'ts', target: 'node20.19', sourcemap: 'inline', sourcesContent: false };
/** What makes the JavaScript, and how: part of its key. */
const MAKER = JSON.stringify([version, OPTIONS]);

/**
 * Where the JavaScript of a file is kept.
 * @param {string} path
 * @param {Buffer} source
 */
export function keptAt(path, source) {
  const key = createHash('sha256').update(MAKER).update(path).update('\0').update(source);
  return join(CACHE, `${key.digest('hex')}.js`);
}

/**
 * @param {string} path a TypeScript file
 * @returns {Promise<Buffer | string>} it as JavaScript, with a source map at its end
 */
export async function transpiled(path) {
  // One after the other: files this small take longer by way of other threads.
  const source = readFileSync(path);
  const kept = keptAt(path, source);
  try {
    return readFileSync(kept);
  } catch {
    const { transform } = await import('esbuild');
    const { code } = await transform(source, { ...OPTIONS, sourcefile: path });
    mkdirSync(CACHE, { recursive: true });
    // Other processes see it as a whole or not at all.
    const draft = `${kept}.${randomUUID()}`;
    writeFileSync(draft, code);
    renameSync(draft, kept);
    return code;
  }
}
