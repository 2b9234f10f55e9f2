import { describe, expect, it } from 'vitest';
import { listPage } from '../../../src/lib/engine/services/list-page.ts';

const refusal = () => new RangeError('no such token');
const token = (text: string) => Buffer.from(text).toString('base64');

describe('listPage', () => {
  it.each([
    [0, [[]]],
    [1, [[0]]],
    [2, [[0, 1]]],
    [3, [[0, 1], [2]]],
    [
      4,
      [
        [0, 1],
        [2, 3],
      ],
    ],
  ])('gives the pages of %s items', (length, expected) => {
    const all = Array.from({ length }, (_, index) => index);
    const pages: (readonly number[])[] = [];
    let next: string | undefined;
    do {
      const page = listPage(all, 2, next, refusal);
      pages.push(page.items);
      next = page.next;
    } while (next !== undefined);
    expect(pages).toEqual(expected);
  });

  it('gives an empty last page where items are gone since', () => {
    const { next } = listPage([1, 2, 3], 2, undefined, refusal);
    expect(listPage([1], 2, next, refusal)).toEqual({ items: [], next: undefined });
  });

  it.each(['', '!', '2', token('0'), token('-1'), token('1.5'), token('1e3'), token('1234567890')])(
    'refuses the token %j',
    (given) => {
      expect(() => listPage([1, 2, 3], 2, given, refusal)).toThrow('no such token');
    },
  );
});
