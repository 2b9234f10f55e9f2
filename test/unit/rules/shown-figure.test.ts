import { expect, it } from 'vitest';
import { shownDollars, shownFigure } from '../../../src/lib/rules/text/shown-figure.ts';

it.each([
  [0, '$0.00'],
  [0.00009, '<$0.0001'],
  [0.0001, '$0.0001'],
  [0.0999, '$0.0999'],
  [0.1, '$0.10'],
  [12.345, '$12.35'],
  [1_234_567.8, '$1,234,567.80'],
])('%d dollars are %s', (dollars, text) => expect(shownDollars(dollars)).toBe(text));

it.each([
  [0, '0'],
  [0.0024, '0.0024'],
  [1.25678, '1.257'],
  [999.96, '1,000'],
  [1_000, '1,000'],
  [131_400, '131,400'],
  [999_999, '999,999'],
  [1e6, '1M'],
  [2_628_123, '2.628M'],
  [1e9, '1B'],
  [1e12, '1T'],
  [12_345e12, '12,350T'],
])('%d is %s', (value, text) => expect(shownFigure(value)).toBe(text));
