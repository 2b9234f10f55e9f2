import { expect, it } from 'vitest';
import { createNames } from '../../../src/lib/topology/describe/names.ts';

it('subscribers are called after their queues, shortly and each once', () => {
  const name = createNames('shop');
  expect(
    [
      'shop-mail-queue',
      'dev-shop-books-queue.fifo',
      'acme-fraud',
      'mail',
      'mail_queue',
      '_x',
      'all',
    ].map(name),
  ).toEqual(['mail', 'books', 'acme-fraud', 'mail-2', 'mail_queue', 'x', 'all-2']);
  expect(createNames('a+b(')('a+b(-q')).toBe('q');
  expect(createNames(undefined)('queue')).toBe('queue');
});
