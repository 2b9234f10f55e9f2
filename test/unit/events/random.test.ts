import { expect, it } from 'vitest';
import { randomChoice, randomInteger, seededRandom } from '../../../src/lib/events/random.ts';

it('every value of a list and of a range comes, the first and the last too', () => {
  const draw = seededRandom(1, 0);
  const many = Array.from({ length: 200 });
  const choices = new Set(many.map(() => randomChoice(draw, ['a', 'b', 'c'])));
  expect([...choices].sort()).toEqual(['a', 'b', 'c']);
  const integers = new Set(many.map(() => randomInteger(draw, -1, 2)));
  expect([...integers].sort((a, b) => a - b)).toEqual([-1, 0, 1, 2]);
});
