import { describe, expect, it } from 'vitest';
import { nearest } from '../../../src/lib/rules/text/nearest.ts';

const COMMANDS = ['setup', 'publish', 'listen', 'status', 'cleanup'];

describe('nearest', () => {
  it.each([
    ['publsh', 'publish'],
    ['lsiten', 'listen'],
    ['Setup', 'setup'],
    ['stats', 'status'],
    ['clean', 'cleanup'],
    // Two letters that changed places are one mistake, also at the beginning.
    ['tsatus', 'status'],
  ])('takes %s for %s', (typed, meant) => {
    expect(nearest(typed, COMMANDS)).toBe(meant);
  });

  it.each(['frobnicate', 'x', ''])('guesses nothing from "%s"', (typed) => {
    expect(nearest(typed, COMMANDS)).toBeUndefined();
  });

  it.each([
    ['ab', ['ac', 'ad'], 'ac'],
    ['a', ['b'], 'b'],
    ['ab', ['cd'], undefined],
    // Four letters of ten may differ, and no five.
    ['abcdefghij', ['abcdefwxyz'], 'abcdefwxyz'],
    ['abcdefghij', ['abcdevwxyz'], undefined],
    ['ba', ['ab'], 'ab'],
    ['bacd', ['abdc'], undefined],
    ['abcd', ['a'], undefined],
    ['a', ['abc'], undefined],
  ])('of %s in %j is %s', (word, candidates, meant) => {
    expect(nearest(word, candidates)).toBe(meant);
  });
});
