import { describe, expect, it } from 'vitest';
import { batchFailures } from '../../../src/lib/functions/batch-failures.ts';

const BATCH = JSON.stringify({ Records: [{ messageId: 'm1' }, { messageId: 'm2' }] });
const naming = (...ids: readonly unknown[]) =>
  JSON.stringify({ batchItemFailures: ids.map((itemIdentifier) => ({ itemIdentifier })) });

describe('what a function failed with of a batch', () => {
  it.each([
    ['null', []],
    ['{}', []],
    [naming(), []],
    [naming('m2'), ['m2']],
    [naming('m2', 'm1'), ['m1', 'm2']],
  ])('is, of the answer %s, %j', (answer, failed) => {
    const expected = { failed, of: 2, isUnreadable: false };
    expect(batchFailures(BATCH, answer, true)).toEqual(expected);
  });

  const odd = ['5', '{}', '"m1"', '[null]'].map((list) => `{"batchItemFailures":${list}}`);
  it.each([...odd, naming('m3'), naming(''), naming(null), '"done"'])(
    'is all of it where Lambda cannot read the answer: %s',
    (answer) => {
      const expected = { failed: ['m1', 'm2'], of: 2, isUnreadable: true };
      expect(batchFailures(BATCH, answer, true)).toEqual(expected);
    },
  );

  it.each([
    ['{"Records":[]}', naming('m1')],
    ['{"by":"hand"}', naming('m1')],
    ['null', 'null'],
    ['[1]', 'null'],
  ])('is unknown where it was called with %s', (payload, answer) => {
    expect(batchFailures(payload, answer, true)).toBeUndefined();
  });

  it('is read of any answer that names failures, and of others where a mapping reports them', () => {
    expect(batchFailures(BATCH, naming('m1'), false)).toMatchObject({ failed: ['m1'] });
    expect(batchFailures(BATCH, '"done"', false)).toBeUndefined();
    expect(batchFailures(BATCH, 'no JSON', false)).toBeUndefined();
  });
});
