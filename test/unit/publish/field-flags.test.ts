import { expect, it } from 'vitest';
import { readFieldWords } from '../../../src/commands/publish/field-flags.ts';

it.each([
  [['x', '--dry-run'], 'publish has no --dry-run.'],
  [['x', '--dry-run', '--amount', '5'], 'publish has no --dry-run.'],
  [['x', '--amount'], '--amount is no flag of publish, and as a field of the event it needs a'],
])('refuses %j', (words, sentence) => {
  expect(() => readFieldWords(words)).toThrow(sentence);
});

it('takes a field of any name that has a value', () => {
  expect(readFieldWords(['x', '--dry-run', 'yes']).fields).toEqual([
    { flag: '--dry-run', value: 'yes' },
  ]);
});
