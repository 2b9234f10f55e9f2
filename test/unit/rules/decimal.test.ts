import { expect, it } from 'vitest';
import { compareDecimals } from '../../../src/lib/rules/text/decimal.ts';

it.each([
  ['1', '2', -1],
  ['2', '1', 1],
  ['1', '1.0', 0],
  ['1e2', '100', 0],
  ['1E-2', '0.01', 0],
  ['-1', '1', -1],
  ['-2', '-1', -1],
  ['+1', '01', 0],
  ['-0', '0', 0],
  ['9007199254740993', '9007199254740992', 1],
  ['0.1', '0.10000000000000000001', -1],
  ['1.5', '1.25', 1],
  ['12.5', '1.25e1', 0],
])('compares %s with %s', (left, right, order) => {
  expect(compareDecimals(left, right)).toBe(order);
  expect(compareDecimals(right, left)).toBe(order === 0 ? 0 : -order);
});

it.each(['', 'x', '1.', '.5', '1e', '1e12345', '0x10', ' 1', 'NaN'])(
  '"%s" is not a number',
  (text) => {
    expect(compareDecimals(text, '1')).toBeUndefined();
    expect(compareDecimals('1', text)).toBeUndefined();
  },
);
