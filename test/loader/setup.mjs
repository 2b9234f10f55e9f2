import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { transpiled } from './transpiled.mjs';

const SOURCES = join(import.meta.dirname, '../../src');

/** Makes JavaScript of all sources at once, before each worker does so for itself. */
export default async function setup() {
  const sources = readdirSync(SOURCES, { recursive: true }).filter((file) => file.endsWith('.ts'));
  await Promise.all(sources.map((file) => transpiled(join(SOURCES, file))));
}
