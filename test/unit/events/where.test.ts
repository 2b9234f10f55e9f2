import { describe, expect, it } from 'vitest';
import { readExactJson } from '../../../src/lib/events/json-value.ts';
import { meets, parseCondition } from '../../../src/lib/events/where.ts';
import { compareDecimals } from '../../../src/lib/rules/text/decimal.ts';
import { parseDuration } from '../../../src/lib/rules/text/duration.ts';

const DOCUMENT = readExactJson(`{
  "order_id": 7, "total": 100.10, "big": 9007199254740993, "tiny": 1e-3, "status": "pending",
  "timestamp": "2025-01-01T12:00:00.000Z", "gift": false, "note": null, "sku": "007",
  "customer": { "email": "Ann@Example.com" }, "lines": [{ "sku": "A-1" }, { "sku": "B-2" }],
  "tags": ["Rush", "gold"] }`);

const holds = (text: string): boolean => meets(DOCUMENT, parseCondition(text));

describe('conditions on fields', () => {
  it.each([
    'total>100',
    'total >= 100.10',
    'total=100.1',
    'total==100.100',
    'total<100.11',
    'total!=100.11',
    'big>9007199254740992',
    'big=9007199254740993',
    'tiny=0.001',
    'order_id<10',
    'status=pending',
    "status='pending'",
    'status~PEND',
    'timestamp>2024-12-31',
    'gift=false',
    'note=null',
    'missing=null',
    'missing!=x',
    'customer.email~@example.com',
    'lines[1].sku=B-2',
    'tags~rush',
    'tags[1]=gold',
    'sku=7',
    'sku="007"',
    'customer!=x',
  ])('%s holds', (text) => {
    expect(holds(text)).toBe(true);
  });

  it.each([
    'total>100.10',
    'total=100',
    'big=9007199254740992',
    'status=Pending',
    'missing=x',
    'missing>0',
    'note!=null',
    'note="null"',
    'customer=x',
    'lines[2].sku=B-2',
    'constructor.name=Object',
    'sku="7"',
    'tags~silver',
  ])('%s does not hold', (text) => {
    expect(holds(text)).toBe(false);
  });

  it.each([
    ['=', [false, true, false]],
    ['==', [false, true, false]],
    ['!=', [true, false, true]],
    ['>', [false, false, true]],
    ['>=', [false, true, true]],
    ['<', [true, false, false]],
    ['<=', [true, true, false]],
  ])('%s 7 of 6, 7 and 8, and of texts before and after: %j', (operator, outcomes) => {
    const of = (value: unknown, against: string) =>
      meets({ value }, parseCondition(`value${operator}${against}`));
    expect([6, 7, 8].map((value) => of(value, '7'))).toEqual(outcomes);
    expect(['a', 'b', 'c'].map((value) => of(value, 'b'))).toEqual(outcomes);
    const quoted = ['a', 'b', 'c'].map((value) => of(value, '"b"'));
    expect(quoted).toEqual(outcomes);
    // What can't be compared is another, and what is not there is so too.
    for (const value of [{}, undefined, null]) expect(of(value, '7')).toBe(operator === '!=');
  });

  it('holds for nothing where there is no JSON object', () => {
    expect(meets(undefined, parseCondition('total>0'))).toBe(false);
  });

  it.each(['', 'total', '>5', 'total>', 'total>>5', 'a b=1', 'total<>5', 'a..b=1', 'a[x]=1'])(
    'refuses "%s" with an example',
    (text) => {
      expect(() => parseCondition(text)).toThrow('is not a comparison of a field');
    },
  );

  it('compares numbers to the last digit', () => {
    expect(compareDecimals('0.1', '0.10')).toBe(0);
    expect(compareDecimals('-1', '1')).toBe(-1);
    expect(compareDecimals('1e3', '999.99')).toBe(1);
    expect(compareDecimals('12', 'x')).toBeUndefined();
    expect(compareDecimals('', '1')).toBeUndefined();
  });

  it('reads lengths of time', () => {
    expect(
      ['90', '90s', '30m', '1h30m', '2d', '1w'].map((text) => parseDuration('--older-than', text)),
    ).toEqual([90, 90, 1800, 5400, 172_800, 604_800]);
    for (const bad of ['', 'h', '1x', '-1h', '1.5h']) {
      expect(() => parseDuration('--older-than', bad)).toThrow('--older-than must be');
    }
  });
});
