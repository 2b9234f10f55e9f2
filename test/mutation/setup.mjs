import { appendFileSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterAll, expect } from 'vitest';

// What is seen with a mutant has to be seen without it.
fc.configureGlobal({ seed: 1 });

const { PUBSUB_MUTATION: folder } = process.env;
/** Looks at mutants after which a run counts as endless: more than any test makes. */
const MOST_LOOKS = 50_000_000;

const living = Number(readFileSync(`${folder}/living`, 'utf8'));
const seen = new Set();
let looks = 0;
globalThis.__mutant = (id) => {
  if (living < 0) seen.add(id);
  if (++looks > MOST_LOOKS) throw new Error('The mutant never ends.');
  return id === living;
};
afterAll(() => {
  if (living >= 0) return;
  const line = JSON.stringify({ file: expect.getState().testPath, seen: [...seen] });
  appendFileSync(`${folder}/seen`, `${line}\n`);
});
