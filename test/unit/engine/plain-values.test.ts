import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Tables } from '../../../src/lib/engine/journal/lmdb.ts';
import { PlainValues } from '../../../src/lib/engine/journal/plain-values.ts';

const START = 5;
const folder = mkdtempSync(join(tmpdir(), 'pubsub-plain-values-'));
let tables: Tables;
beforeAll(() => {
  tables = new Tables(folder);
});
afterAll(async () => {
  await tables.close();
  rmSync(folder, { recursive: true });
});

const kinds: readonly (readonly [what: string, value: unknown])[] = [
  ['an empty text', ''],
  ['a text', 'x'.repeat(1000)],
  ['a short text', 'abc'],
  ['a short text that ends in a character of two bytes', 'abcä'],
  ['the longest text with a short head', 'x'.repeat(21_845)],
  ['the shortest text with a long head', 'x'.repeat(21_846)],
  ['characters of two and three bytes', 'äß€'.repeat(100)],
  ['as many bytes as a short head can tell', '€'.repeat(21_845)],
  ['more bytes than a short head can tell', '€'.repeat(21_846)],
  ['a pair of surrogates', 'a😀b'],
  ['nothing', null],
  ['0', 0],
  ['the largest number of one byte', 127],
  ['the next one', 128],
  ['a negative number', -1],
  ['2^32', 2 ** 32],
  ['a time', 1_795_000_000_123],
  ['a fraction', 0.1],
  ['an empty list', []],
  ['lists in a list', [1, ['a', [null, 'b']], 3]],
  ['the longest list', Array.from({ length: 15 }, (_, at) => at)],
];

test.each(kinds)('the codec reads %s as it was written', (_, value) => {
  const bytes = Buffer.alloc(100_000, 0xff);
  const end = new PlainValues(bytes).write(value, START);
  expect(tables.codec.decode(bytes.subarray(START, end))).toEqual(value);
  expect([bytes[START - 1], bytes[end]]).toEqual([0xff, 0xff]);
});

test.each([
  ['a longer list', Array.from({ length: 16 }, () => 0)],
  ['an object', { a: 1 }],
  ['bytes in a list', [1, Buffer.from('a')]],
  ['a truth in a list', ['a', true]],
  ['an absent value', [undefined]],
])('%s is left to the codec', (_, value) => {
  expect(new PlainValues(Buffer.alloc(1000)).write(value, START)).toBe(0);
});

test.each([
  ['a text', 'abc', 3 + 9],
  ['a number', 128, 9],
  ['a small number', 1, 1],
  ['nothing', null, 1],
  ['a list', [1, 1], 3],
])('%s takes no more than the room that is left', (_, value, needed) => {
  expect(new PlainValues(Buffer.alloc(START + needed)).write(value, START)).toBeGreaterThan(START);
  expect(new PlainValues(Buffer.alloc(START + needed - 1)).write(value, START)).toBe(0);
});
