import { describe, expect, it } from 'vitest';
import { attributeOf, parseAttribute } from '../../../src/lib/events/attributes.ts';
import { isIsoTime } from '../../../src/lib/events/iso-time.ts';

describe('an attribute that was given', () => {
  it.each([
    ['tier=gold', 'String', 'gold'],
    ['tier=a=b:c', 'String', 'a=b:c'],
    ['n:Number=5', 'Number', '5'],
    ['n:Number.int=-5.5e3', 'Number.int', '-5.5e3'],
    ['tags:String.Array=["a",1,null,true]', 'String.Array', '["a",1,null,true]'],
    ['b:Binary=aGk=', 'Binary', 'aGk='],
  ])('%s', (text, type, value) => {
    const [name] = text.split(/[:=]/);
    expect(parseAttribute('--attribute', text)).toEqual([name, { type, value }]);
  });

  it.each([
    ['novalue', 'name=value'],
    ['=x', 'name=value'],
    ['a=', 'name=value'],
    ['AWS.x=1', 'no attribute named "AWS.x"'],
    ['a..b=1', 'no attribute named'],
    ['n:Number=five', 'must be a number, not "five"'],
    ['n:Nmber=5', 'has no type "Nmber"'],
    ['b:Binary=%%%', 'must be Base64'],
    ['l:String.Array=a,b', 'must be a JSON array'],
    ['l:String.Array=[{}]', 'must be a JSON array'],
    ['l:String.Array=["a",{}]', 'must be a JSON array'],
    ['l:String.Array={}', 'must be a JSON array'],
  ])('%s is refused', (text, words) => {
    expect(() => parseAttribute('--attribute', text)).toThrow(words);
  });

  it.each([
    ['gold', { type: 'String', value: 'gold' }],
    [5, { type: 'Number', value: '5' }],
    [true, { type: 'String', value: 'true' }],
    [12345678901234567890n, { type: 'Number', value: '12345678901234567890' }],
    [['a', 1], { type: 'String.Array', value: '["a",1]' }],
    [new Uint8Array([104, 105]), { type: 'Binary', value: 'aGk=' }],
    [
      { DataType: 'Number', StringValue: '5' },
      { type: 'Number', value: '5' },
    ],
    ...(['type', 'Type', 'DataType'] as const).flatMap((type) =>
      (['value', 'Value', 'StringValue', 'stringValue'] as const).map((value): [object, object] => [
        { [type]: 'Number.int', [value]: 7 },
        { type: 'Number.int', value: '7' },
      ]),
    ),
    [{ value: 'x' }, { type: 'String', value: 'x' }],
    [
      { DataType: 'Binary', BinaryValue: 'aGk=' },
      { type: 'Binary', value: 'aGk=' },
    ],
    [
      { Type: 'String', Value: 'x' },
      { type: 'String', value: 'x' },
    ],
  ])('%s is a value', (given, attribute) => {
    expect(attributeOf('a', given)).toEqual(attribute);
  });

  it.each([undefined, null, {}, Number.NaN, { type: 'Number', value: 'x' }, ''])(
    '%j is none',
    (given) => {
      expect(() => attributeOf('a', given)).toThrow(/^The attribute a /);
    },
  );
});

describe('a time in ISO 8601', () => {
  it.each([
    '2025-01-01T12:00:00.000Z',
    '2025-01-01T12:00:00+01:00',
    '2025-01-01T12:00:00-0330',
    '20260101T000000Z',
    '2025-01-01',
    '2024-02-29',
    '2025-01-01T24:00:00Z',
    '2025-06-30T23:59:60Z',
    '2025-01-01t12:00z',
    '2025-01-01T12:00:00,5Z',
  ])('%s', (text) => expect(isIsoTime(text)).toBe(true));

  it.each([
    '1',
    'Jan 5',
    '',
    'yesterday',
    '2025-02-29',
    '2025-13-01',
    '2025-00-10',
    '2025-01-32',
    '2025-01-01T25:00:00Z',
    '2025-01-01T24:00:01Z',
    '2025-01-01T12:60:00Z',
    '2025-01-01T',
    '2025-01-01T12:00:00 +01:00 x',
    '01/02/2025',
  ])('%s is none', (text) => expect(isIsoTime(text)).toBe(false));
});
