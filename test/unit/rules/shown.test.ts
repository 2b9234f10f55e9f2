import { describe, expect, it } from 'vitest';
import {
  parseDuration,
  readDuration,
  shownDuration,
} from '../../../src/lib/rules/text/duration.ts';
import { printableLines, shownText, shownValue } from '../../../src/lib/rules/text/shown-text.ts';

describe('a length of time', () => {
  it.each([
    ['0', 0],
    [' 90 ', 90],
    ['90s', 90],
    ['2m', 120],
    ['1h30m', 5400],
    ['2d', 172_800],
    ['1w', 604_800],
    ['999999999', 999_999_999],
  ])('%s is so many seconds', (text, seconds) => {
    expect(readDuration(text)).toBe(seconds);
  });

  it.each(['', 's', '1x', '1 h', '-1', '1.5h', '1h30', '1234567890', '1234567890s'])(
    'is not "%s"',
    (text) => {
      expect(readDuration(text)).toBeUndefined();
      expect(() => parseDuration('--since', text)).toThrow(
        `--since must be a length of time, not "${text}".`,
      );
    },
  );

  it.each([
    [-1, '0 s'],
    [59.9, '59 s'],
    [60, '1 min'],
    [3599, '59 min'],
    [3600, '1 h'],
    [86_399, '23 h'],
    [86_400, '1 d'],
    [172_800, '2 d'],
  ])('of %d seconds is told as %s', (seconds, told) => {
    expect(shownDuration(seconds)).toBe(told);
  });
});

describe('a text from outside', () => {
  it('is shown up to 60 characters', () => {
    expect(shownText('x'.repeat(60))).toBe('x'.repeat(60));
    expect(shownText('x'.repeat(61))).toBe(`${'x'.repeat(60)}…`);
  });

  it('steers no terminal', () => {
    expect(shownText('a\u001b[2Jb\u202ec\ufe0f')).toBe('a\\u{1b}[2Jb\\u{202e}c\ufe0f');
    expect(printableLines('\n one\r\ntwo\u0007\n\n')).toEqual(['one', 'two\\u{7}']);
  });

  it.each([
    ['"a"', 'a'],
    ['an array', ['a']],
    ['an object', { toString: 1 }],
    ['null', null],
    ['undefined', undefined],
    ['12', 12n],
    ['true', true],
  ])('can be called %s', (told, value) => {
    expect(shownValue(value)).toBe(told);
  });
});
