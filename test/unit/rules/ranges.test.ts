import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../src/lib/rules/errors.ts';
import { Ranges } from '../../../src/lib/rules/text/ranges.ts';

const numbers = fc.uniqueArray(fc.integer({ min: 1, max: 60 }));

describe('ranges', () => {
  it('hold exactly the numbers that were added, in any order, and read back as written', () => {
    fc.assert(
      fc.property(numbers, (added) => {
        const ranges = new Ranges();
        for (const number of added) ranges.add(number);
        const all = Array.from({ length: 62 }, (_, number) => number);
        expect(all.filter((number) => ranges.has(number))).toEqual(
          [...added].sort((a, b) => a - b),
        );
        const text = ranges.toString();
        if (text !== '') expect(Ranges.parse(text, '--only').toString()).toBe(text);
      }),
    );
  });

  it('have in common what is in both', () => {
    fc.assert(
      fc.property(numbers, numbers, (a, b) => {
        const [left, right] = [a, b].map((each) =>
          Ranges.of(...each.map((number) => [number, number] as const)),
        );
        const both = left && right ? left.and(right) : new Ranges();
        const common = a.filter((number) => b.includes(number));
        expect(a.concat(b).filter((number) => both.has(number)).length).toBe(2 * common.length);
      }),
    );
  });

  it('hold what all of them hold', () => {
    const ranges = Ranges.parse('1-3,9', '--only');
    ranges.addAll(Ranges.parse('4,7', '--only'));
    expect(ranges.toString()).toBe('1-4,7,9');
    expect([ranges.last, ranges.isEmpty, new Ranges().last, new Ranges().isEmpty]).toEqual([
      ...[9, false],
      ...[0, true],
    ]);
  });

  it('are as short as they can be', () => {
    expect(Ranges.parse('9-,1,3,2,4-5,7', '--only').toString()).toBe('1-5,7,9-');
    expect(Ranges.parse('5-,1-9', '--only').toString()).toBe('1-');
    expect(Ranges.all().and(Ranges.parse('2-3', '--only')).last).toBe(3);
  });

  it.each(['', '0', '3-2', 'a', '1,,2', '-4', '1.5'])('refuse "%s"', (text) => {
    expect(() => Ranges.parse(text, '--only')).toThrow(AppError);
  });
});
