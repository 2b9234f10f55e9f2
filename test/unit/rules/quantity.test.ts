import { describe, expect, it } from 'vitest';
import { parseBytes, parseCount } from '../../../src/lib/rules/text/quantity.ts';

describe('a count', () => {
  it.each([
    ['1', 1],
    ['10M', 10_000_000],
    ['2.5k', 2_500],
    ['2.3m', 2_300_000],
    ['1b', 1e9],
    ['1G', 1e9],
    ['1e6', 1_000_000],
    ['1e+3', 1_000],
    [' 10_000 ', 10_000],
    ['1,234,567', 1_234_567],
    ['1e12', 1e12],
  ])('is read from %j', (text, count) => expect(parseCount('--events', text, 1e12)).toBe(count));

  it.each(['', '0', '-1', '1.5', '1.0001k', '1e13', '1_00', '10MB', '0x10', 'NaN', 'ten'])(
    'is none: %j',
    (text) =>
      expect(() => parseCount('--events', text, 1e12)).toThrow(
        `--events must be a whole number from 1 to 1e12, not "${text}".`,
      ),
  );
});

describe('a size', () => {
  it.each([
    ['1', 1],
    ['2048', 2_048],
    ['64KB', 65_536],
    ['64 kib', 65_536],
    ['0.5k', 512],
    ['1MiB', 1_048_576],
    ['1024KB', 1_048_576],
  ])('is read from %j', (text, bytes) =>
    expect(parseBytes('--payload', text, 2 ** 20)).toBe(bytes),
  );

  it.each(['', '0', '0.4', '1048577', '2MB', '1GB', '-1', 'big'])('is none: %j', (text) =>
    expect(() => parseBytes('--payload', text, 2 ** 20)).toThrow(
      `--payload must be a size from 1 byte to 1024 KB, not "${text}".`,
    ),
  );
});
