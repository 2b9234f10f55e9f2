import { describe, expect, it } from 'vitest';
import { recordFilter } from '../../../src/lib/rules/record-filter.ts';

describe('a filter of records', () => {
  it.each([
    ['{"a":"x"}', { body: { a: ['x'] } }, true],
    ['{"a":"y"}', { body: { a: ['x'] } }, false],
    ['null', { body: ['null'] }, true],
    ['["x"]', { body: ['["x"]'] }, true],
    ['5', { body: ['5'] }, true],
    ['no JSON', { body: [{ prefix: 'no' }] }, true],
    ['{"a":"x"}', { body: ['{"a":"x"}'] }, false],
  ])('looks at the body %s with %j: %s', (body, pattern, passes) => {
    expect(recordFilter([JSON.stringify(pattern)])({ body })).toBe(passes);
  });

  it('takes what one of its patterns fits, and all where there is none', () => {
    const patterns = ['x', 'y'].map((a) => JSON.stringify({ body: { a: [a] } }));
    const passes = (a: string) => recordFilter(patterns)({ body: JSON.stringify({ a }) });
    expect(['x', 'y', 'z'].map(passes)).toEqual([true, true, false]);
    expect(recordFilter([])({ body: 'anything' })).toBe(true);
  });
});
