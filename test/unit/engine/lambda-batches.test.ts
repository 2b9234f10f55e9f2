import { describe, expect, it } from 'vitest';
import { cutIntoBatches } from '../../../src/lib/engine/services/lambda/mapping/batch.ts';
import { Concurrency } from '../../../src/lib/engine/services/lambda/mapping/concurrency.ts';
import { recordOf } from '../../../src/lib/engine/services/lambda/mapping/record.ts';
import { failedItems } from '../../../src/lib/rules/batch-answer.ts';
import { recordFilter } from '../../../src/lib/rules/record-filter.ts';

const record = (Body: string) =>
  recordOf({ MessageId: 'm', ReceiptHandle: 'r', Body, MD5OfBody: '' }, 'arn', 'us-east-1');

describe('batches', () => {
  const records = ['a', 'ä', 'c'].map(record);
  const bytes = Buffer.byteLength(JSON.stringify({ Records: records }));

  it('hold as many records as make an event of the bound, to the byte', () => {
    expect(cutIntoBatches(records, bytes)).toEqual([
      { records, payload: JSON.stringify({ Records: records }) },
    ]);
    const cut = cutIntoBatches(records, bytes - 1);
    expect(cut.map((each) => each.records.length)).toEqual([2, 1]);
    expect(cut.flatMap((each) => each.records)).toEqual(records);
  });

  it('hold a record that is over the bound alone', () => {
    expect(cutIntoBatches(records, 1).map((each) => each.records.length)).toEqual([1, 1, 1]);
    expect(cutIntoBatches([], 1)).toEqual([]);
  });
});

describe('a partial answer', () => {
  const ids = new Set(['a', 'b']);

  it.each(['', 'null', '""', '{}', '{"batchItemFailures":[]}', '{"batchItemFailures":null}'])(
    'of %j is a success',
    (payload) => {
      expect(failedItems(payload, ids)).toEqual(new Set());
    },
  );

  it.each([
    '{',
    '[]',
    '1',
    '"x"',
    '{"batchItemFailures":{}}',
    '{"batchItemFailures":[null]}',
    '{"batchItemFailures":["a"]}',
    '{"batchItemFailures":[{"itemIdentifier":""}]}',
    '{"batchItemFailures":[{"itemIdentifier":null}]}',
    '{"batchItemFailures":[{"id":"a"}]}',
    '{"batchItemFailures":[{"itemIdentifier":"a"},{"itemIdentifier":"c"}]}',
  ])('of %j is a failure', (payload) => {
    expect(failedItems(payload, ids)).toBe('all');
  });

  it('names what failed, once however often it is named', () => {
    const failures = [{ itemIdentifier: 'b' }, { itemIdentifier: 'b' }];
    const payload = JSON.stringify({ batchItemFailures: failures });
    expect(failedItems(payload, ids)).toEqual(new Set(['b']));
  });
});

describe('a filter', () => {
  const passes = recordFilter(['{"body":{"a":["1"]}}', '{"body":[{"prefix":"{\\"deep"}]}']);
  const nested = (levels: number) => `{"deep":${'['.repeat(levels - 1)}${']'.repeat(levels - 1)}}`;

  it('looks as deep as others do, below the record, and takes for text what lies deeper', () => {
    expect(passes(record('{"a":"1"}'))).toBe(true);
    expect(passes(record(nested(999)))).toBe(false);
    for (const levels of [1000, 1001, 100_000]) expect(passes(record(nested(levels)))).toBe(true);
  });
});

describe('concurrency', () => {
  it('begins with five, grows by five a second up to its bound, and is halved down to two', () => {
    let now = 1000;
    const concurrency = new Concurrency(7, () => now);
    expect(concurrency.limit).toBe(5);
    concurrency.backlog();
    concurrency.backlog();
    expect(concurrency.limit).toBe(6);
    now += 199;
    concurrency.backlog();
    expect(concurrency.limit).toBe(6);
    now += 1;
    concurrency.backlog();
    now += 200;
    concurrency.backlog();
    expect(concurrency.limit).toBe(7);
    for (const limit of [3, 2, 2]) {
      concurrency.failed();
      expect(concurrency.limit).toBe(limit);
    }
    // Neither backlog nor an empty queue adds anything before the function has handled a batch.
    now += 1000;
    concurrency.backlog();
    concurrency.idle();
    expect(concurrency.limit).toBe(2);
    concurrency.succeeded();
    concurrency.backlog();
    expect(concurrency.limit).toBe(3);
    concurrency.idle();
    expect(concurrency.limit).toBe(5);
    expect(new Concurrency(2, () => now).limit).toBe(2);
  });
});
