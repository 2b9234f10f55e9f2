import { describe, expect, it } from 'vitest';
import { decodeJson, isPlainJson, jsonEncoder } from '../../../src/lib/engine/protocol/json.ts';
import { decodeQuery, parseQuery } from '../../../src/lib/engine/protocol/query.ts';
import {
  blob,
  boolean,
  double,
  integer,
  list,
  long,
  map,
  string,
  structure,
  timestamp,
} from '../../../src/lib/engine/protocol/shape.ts';

const INNER = structure({ Name: string });
const SHAPE = structure({
  Text: string,
  Count: integer,
  Long: long,
  Ratio: double,
  Flag: boolean,
  Bytes: blob,
  Time: timestamp,
  Inner: INNER,
  List: list(string),
  Flat: list(string, 'Flat'),
  Inners: list(INNER),
  Times: list(timestamp),
  Map: map(string),
  FlatMap: map(string, { flat: 'Tag', key: 'Key', value: 'Value' }),
  BlobMap: map(blob),
});
const refusal = (call: () => unknown) => {
  try {
    return `no refusal, but ${JSON.stringify(call())}`;
  } catch (error) {
    const { code, message, status } = error as { code: string; message: string; status: number };
    return `${status} ${code}: ${message}`;
  }
};

describe('JSON', () => {
  it.each<[string, object]>([
    ['', {}],
    ['{"Other":1,"Text":null}', {}],
    [
      '{"Text":"a","Count":1.9,"Long":-1.9,"Ratio":1.5,"Flag":false}',
      { Text: 'a', Count: 1, Long: -1, Ratio: 1.5, Flag: false },
    ],
    ['{"Bytes":"YQ==","Time":1.5}', { Bytes: Buffer.from('a'), Time: new Date(1500) }],
    [
      '{"Inner":{"Name":"n","Other":1},"Inners":[{"Name":"a"},null]}',
      { Inner: { Name: 'n' }, Inners: [{ Name: 'a' }] },
    ],
    ['{"List":["a",null,"b"],"Map":{"a":"b","c":null}}', { List: ['a', 'b'], Map: { a: 'b' } }],
    ['{"Times":[0],"BlobMap":{"a":""}}', { Times: [new Date(0)], BlobMap: { a: Buffer.alloc(0) } }],
    ['{"constructor":1,"Map":{"__proto__":"a"}}', { Map: JSON.parse('{"__proto__":"a"}') }],
  ])('%s is read', (body, expected) => {
    const read = decodeJson(SHAPE, body);
    expect(JSON.parse(JSON.stringify(read))).toEqual(JSON.parse(JSON.stringify(expected)));
  });

  const plain = (message: string) => `400 SerializationException: ${message}`;
  it.each<[string, string]>([
    ['{', plain('')],
    ['[]', plain('Start of list found where not expected')],
    ['7', plain('Unexpected field type')],
    ['null', plain('Start of structure or map found where not expected')],
    ['{"Text":7}', plain('NUMBER_VALUE cannot be converted to String')],
    ['{"Text":1.5}', plain('DECIMAL_VALUE cannot be converted to String')],
    ['{"Text":true}', plain('TRUE_VALUE cannot be converted to String')],
    ['{"Text":false}', plain('FALSE_VALUE cannot be converted to String')],
    ['{"Text":["a"]}', plain('Unrecognized collection type class java.lang.String')],
    ['{"Text":{}}', plain('Start of structure or map found where not expected')],
    ['{"Count":"1"}', plain('STRING_VALUE cannot be converted to Integer')],
    ['{"Long":"1"}', plain('STRING_VALUE cannot be converted to Long')],
    ['{"Ratio":"1"}', plain('STRING_VALUE cannot be converted to Double')],
    ['{"Flag":"true"}', plain('STRING_VALUE cannot be converted to Boolean')],
    ['{"Bytes":"a b"}', plain('STRING_VALUE cannot be converted to Blob')],
    ['{"Bytes":"a==="}', plain('STRING_VALUE cannot be converted to Blob')],
    ['{"Bytes":7}', plain('NUMBER_VALUE cannot be converted to Blob')],
    ['{"Time":"now"}', plain('STRING_VALUE cannot be converted to Date')],
    ['{"Inner":[]}', plain('Start of list found where not expected')],
    ['{"Inner":"a"}', plain('Unexpected field type')],
    ['{"List":"a"}', plain('Unexpected field type')],
    ['{"List":{}}', plain('Start of structure or map found where not expected')],
    ['{"Map":[]}', plain('Start of list found where not expected')],
    ['{"Map":"a"}', plain('Unexpected field type')],
    ['{"List":[7]}', plain('NUMBER_VALUE cannot be converted to String')],
  ])('%s is refused', (body, message) => {
    expect(refusal(() => decodeJson(SHAPE, body))).toBe(message);
  });

  it('is written with bytes as base64 and times as seconds, at any depth', () => {
    const value = {
      Text: 'a',
      Bytes: Buffer.from('a'),
      Time: new Date(1500),
      Times: [new Date(0)],
      BlobMap: { a: Buffer.from('b') },
    };
    const written = JSON.parse(jsonEncoder(SHAPE)(value));
    expect(written).toEqual({
      Text: 'a',
      Bytes: 'YQ==',
      Time: 1.5,
      Times: [0],
      BlobMap: { a: 'Yg==' },
    });
    expect(value.Bytes).toEqual(Buffer.from('a'));
    expect(jsonEncoder(SHAPE)({ Text: 'a' })).toBe('{"Text":"a"}');
    expect(jsonEncoder(INNER)({ Name: 'a' })).toBe('{"Name":"a"}');
  });

  it.each([
    ['{"a":"b"}', true],
    ['{"a":"\\n"}', false],
    ['{"a":"é"}', false],
  ])('%s has plain texts only: %s', (text, isPlain) => {
    expect(isPlainJson(text)).toBe(isPlain);
  });
});

describe('Query', () => {
  const read = (text: string) => decodeQuery(SHAPE, parseQuery(text));
  it.each<[string, object]>([
    ['', {}],
    ['&&', {}],
    ['Action=Any&Text=a+b%2Bc', { Text: 'a b+c' }],
    ['Text', { Text: '' }],
    ['Text=a=b', { Text: 'a=b' }],
    ['Count=7&Long=-7&Ratio=1.5&Flag=true', { Count: 7, Long: -7, Ratio: 1.5, Flag: true }],
    ['Count=%2B7&Flag=false', { Count: 7, Flag: false }],
    ['Bytes=YQ%3D%3D&Time=1970-01-01T00:00:01Z', { Bytes: Buffer.from('a'), Time: new Date(1000) }],
    ['Inner.Name=n', { Inner: { Name: 'n' } }],
    ['List.member.2=b&List.member.1=a&List.member.10=c', { List: ['a', 'b', 'c'] }],
    ['List.member=a', { List: ['a'] }],
    ['List=a', { List: [] }],
    ['List.member.x=a', { List: [] }],
    ['Flat.1=a&Flat.2=b', { Flat: ['a', 'b'] }],
    ['Flat=a', { Flat: ['a'] }],
    ['Flat=', { Flat: [] }],
    ['Inners.member.1.Name=a', { Inners: [{ Name: 'a' }] }],
    ['Inners.member.Name=a', { Inners: [{ Name: 'a' }] }],
    ['Inners.member.Other=a', { Inners: [] }],
    ['Map.entry.1.key=a&Map.entry.1.value=b', { Map: { a: 'b' } }],
    ['Map.entry.key=a&Map.entry.value=b', { Map: { a: 'b' } }],
    ['Tag.1.Key=a&Tag.1.Value=b&Tag.2.Key=c&Tag.2.Value=', { FlatMap: { a: 'b', c: '' } }],
    ['Tag.Key=a&Tag.Value=b', { FlatMap: { a: 'b' } }],
  ])('%s is read', (text, expected) => {
    expect(JSON.parse(JSON.stringify(read(text)))).toEqual(JSON.parse(JSON.stringify(expected)));
  });

  const malformed = (name: string, kind: string) =>
    `400 MalformedInput: Invalid value for parameter ${name}: it is not a valid ${kind}`;
  it.each<[string, string]>([
    ['Count=', malformed('Count', 'integer')],
    ['Count=1.5', malformed('Count', 'integer')],
    ['Long=1e3', malformed('Long', 'long')],
    ['Ratio=', malformed('Ratio', 'double')],
    ['Ratio=x', malformed('Ratio', 'double')],
    ['Ratio=Infinity', malformed('Ratio', 'double')],
    ['Flag=yes', malformed('Flag', 'boolean')],
    ['Bytes=a+b', malformed('Bytes', 'blob')],
    ['Time=now', malformed('Time', 'timestamp')],
    ['Times.member.2=x', malformed('Times.2', 'timestamp')],
    ['Tag.1.Value=b', '400 MissingParameter: The request must contain the parameter Tag.1.Key.'],
    ['Tag.1.Key=b', '400 MissingParameter: The request must contain the parameter Tag.1.Value.'],
    ['Text=%', '404 MalformedQueryString: The query string contains a syntax error.'],
    ['%zz=a', '404 MalformedQueryString: The query string contains a syntax error.'],
  ])('%s is refused', (text, message) => {
    expect(refusal(() => read(text))).toBe(message);
  });

  it('has 10,000 parameters at most', () => {
    expect(read(`Text=a${'&'.repeat(9_999)}`)).toEqual({ Text: 'a' });
    expect(refusal(() => read('&'.repeat(10_000)))).toBe(
      '413 RequestEntityTooLarge: The request has too many parameters.',
    );
  });
});
