import { describe, expect, it } from 'vitest';
import { visible, visibleJson } from '../../../src/lib/ui/visible.ts';

describe('what anybody may have written', () => {
  it.each([
    ['a screen that is cleared', '\x1b[2Jx', '\\u{1b}[2Jx'],
    ['the title of a window', '\x1b]0;t\x07', '\\u{1b}]0;t\\u{7}'],
    ['a control sequence of one character', '\x9b2J', '\\u{9b}2J'],
    ['text that is turned round', 'a\u202eb\u2069', 'a\\u{202e}b\\u{2069}'],
    ['what has no width', 'pay\u200bpal\u2060\ufeff', 'pay\\u{200b}pal\\u{2060}\\u{feff}'],
    ['a joiner between letters', 'a\u200db', 'a\\u{200d}b'],
    ['a line that is written over', 'a\rb', 'a\\u{d}b'],
    ['separators of lines', 'a\u2028b\u2029', 'a\\u{2028}b\\u{2029}'],
    ['half of a pair', 'a\ud800', 'a\\u{d800}'],
  ])('is shown as it is: %s', (_, text, shown) => {
    expect(visible(text, true)).toBe(shown);
    expect(visible(text, false)).toBe(shown);
  });

  it('keeps line breaks, tabs, letters of all scripts and emoji of several', () => {
    const text = 'a\n\tשלום 数 👨‍👩‍👧 ❤️ é';
    expect(visible(text, true)).toBe(text);
    expect(visible(text, false)).toBe(text);
  });

  it('has no colours but where our own may be', () => {
    const text = '\x1b[31mred\x1b[39m';
    expect(visible(text, true)).toBe(text);
    expect(visible(text, false)).toBe('\\u{1b}[31mred\\u{1b}[39m');
  });

  it('is the same value in JSON, in which nothing is invisible', () => {
    const value = { 'k\u202e': 'a\u009bb\u007fc\u200d\u2028\u{e0041}' };
    const json = visibleJson(JSON.stringify(value));
    expect(JSON.parse(json)).toEqual(value);
    expect(json).toMatch(/^[\x20-\x7e]+$/);
  });
});
