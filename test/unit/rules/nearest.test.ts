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
  ])('takes %s for %s', (typed, meant) => {
    expect(nearest(typed, COMMANDS)).toBe(meant);
  });

  it.each(['frobnicate', 'x', ''])('guesses nothing from "%s"', (typed) => {
    expect(nearest(typed, COMMANDS)).toBeUndefined();
  });
});
