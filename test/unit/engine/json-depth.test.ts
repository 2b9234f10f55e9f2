import { expect, it } from 'vitest';
import { isTooDeep } from '../../../src/lib/engine/protocol/json-depth.ts';
import { cpuTime } from '../../fixtures/cpu-time.ts';

const LONG = `"${'x'.repeat(20_000)}"`;
const nested = (depth: number, inner = LONG) => '['.repeat(depth) + inner + ']'.repeat(depth);

it.each([
  [nested(64), false],
  [nested(65), true],
  ['{"a":'.repeat(65) + LONG, true],
  [`[${Array(5000).fill('{"a":[]}').join()}]`, false],
  [JSON.stringify({ text: '['.repeat(100_000) }), false],
  [JSON.stringify({ text: `\\"${'['.repeat(100_000)}` }), false],
  [JSON.stringify({ text: '\\\\' }) + '['.repeat(100_000), true],
  [`"${'['.repeat(100_000)}`, false],
  ['['.repeat(5_000_000), true],
])('tells what nests too deep: %#', async (text, expected) => {
  const used = await cpuTime(() => expect(isTooDeep(text)).toBe(expected));
  expect(used).toBeLessThan(500);
});
