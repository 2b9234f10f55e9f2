import { describe, expect, it } from 'vitest';
import {
  InvalidFilterPolicy,
  parseFilterPolicy,
} from '../../../src/lib/rules/filter-policy/index.ts';

function refusal(text: string, scope: 'MessageAttributes' | 'MessageBody' = 'MessageAttributes') {
  try {
    parseFilterPolicy(text, scope);
  } catch (error) {
    if (error instanceof InvalidFilterPolicy) return error.message;
    throw error;
  }
  return 'accepted';
}

describe('what SNS refuses, with place', () => {
  it.each([
    ['{"a":[]}', 'Empty arrays are not allowed', 8],
    ['{"a":"b"}', '"a" must be an object or an array', 7],
    ['{"a":1}', '"a" must be an object or an array', 7],
    ['{"a":[["b"]]}', 'Match value must be String, number, true, false, or null', 8],
    ['{"a":[{}]}', 'Match expression name not found', 9],
    ['{"a":[{"foo":1}]}', 'Unrecognized match type foo', 15],
    ['{"a":[{"prefix":1}]}', 'prefix match pattern must be a string', 18],
    ['{"a":[{"suffix":[]}]}', 'suffix match pattern must be a string', 18],
    ['{"a":[{"wildcard":"a*"}]}', 'Unrecognized match type wildcard', 20],
    ['{"a":[{"prefix":{"equals-ignore-case":"a"}}]}', 'prefix match pattern must be a string', 18],
    ['{"a":[{"equals-ignore-case":1}]}', 'equals-ignore-case match pattern must be a string', 30],
    ['{"a":[{"exists":"yes"}]}', 'exists match pattern must be either true or false.', 18],
    ['{"a":[{"prefix":"a","suffix":"b"}]}', 'Only one key allowed in match expression', 31],
    ['{"a":[{"cidr":"10.0.0.1"}]}', "Malformed CIDR, one '/' required", 25],
    ['{"a":[{"numeric":5}]}', 'Value of numeric must be an array.', 19],
    ['{"a":[{"numeric":[]}]}', 'Invalid member in numeric match: ]', 20],
    ['{"a":[{"numeric":[5]}]}', 'Invalid member in numeric match: 5', 20],
    ['{"a":[{"numeric":["=","5"]}]}', 'Value of equals must be numeric', 24],
    ['{"a":[{"numeric":["<"]}]}', 'Value of < must be numeric', 23],
    ['{"a":[{"numeric":["!",5]}]}', 'Unrecognized numeric range operator: !', 24],
    ['{"a":[{"numeric":["=",5,6]}]}', 'Too many elements in numeric expression', 26],
    ['{"a":[{"numeric":[">",5,6]}]}', 'Bad value in numeric range: 6', 26],
    ['{"a":[{"numeric":[">",5,">",6]}]}', 'Bad numeric range operator: >', 28],
    ['{"a":[{"numeric":[">",5,"<",6,7]}]}', 'Too many terms in numeric range expression', 32],
    ['{"a":[{"numeric":[">",5,"<",5]}]}', 'Bottom must be less than top', 31],
    [
      '{"a":[{"anything-but":true}]}',
      'Value of anything-but must be an array or single string/number value.',
      27,
    ],
    [
      '{"a":[{"anything-but":[true]}]}',
      'Inside anything but list, start|null|boolean is not supported.',
      28,
    ],
    ['{"a":[{"anything-but":{"foo":"b"}}]}', 'Unsupported anything-but pattern: foo', 31],
    ['{"a":[{"anything-but":{"suffix":"b"}}]}', 'Unsupported anything-but pattern: suffix', 34],
    ['{"a":[{"anything-but":{"wildcard":"b"}}]}', 'Unsupported anything-but pattern: wildcard', 36],
    [
      '{"a":[{"anything-but":{"equals-ignore-case":"b"}}]}',
      'Unsupported anything-but pattern: equals-ignore-case',
      46,
    ],
    ['{"a":[{"anything-but":{"prefix":["b"]}}]}', 'prefix match pattern must be a string', 34],
    ['{"a":[{"anything-but":{"prefix":false}}]}', 'prefix match pattern must be a string', 38],
    ['{"a":[{"anything-but":{"prefix":""}}]}', 'Null prefix/suffix not allowed', 35],
    ['{"a":{}}', 'Empty objects are not allowed', 8],
    ['["a"]', 'Filter is not an object', 2],
  ])('%s: %s', (text, message, column) => {
    const place = `\n at [Source: (String)"${text}"; line: 1, column: ${column}]`;
    expect(refusal(text)).toBe(message + place);
  });

  it('names the line', () => {
    expect(refusal('{\n  "a": [\n  ]\n}')).toMatch(/line: 3, column: 4\]$/);
  });

  it('names the line behind a line break at the very beginning', () => {
    expect(refusal('\n{"a":[]}')).toMatch(/line: 2, column: 8\]$/);
  });

  it('quotes no more than 500 characters of a long policy', () => {
    const text = `{"a":["${'x'.repeat(600)}"],"b":[]}`;
    expect(refusal(text)).toContain(`"[truncated ${text.length - 500} chars]; line: 1`);
  });

  it('shows the place and not the text of what is not JSON', () => {
    const place = (column: number) =>
      '\n at [Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); ' +
      `line: 1, column: ${column}]`;
    expect(refusal('{invalidjson}')).toBe(
      "failed to parse JSON. Unexpected character ('i' (code 105)): was expecting double-quote to start field name" +
        place(2),
    );
    expect(refusal('invalid')).toBe(
      "failed to parse JSON. Unrecognized token 'invalid': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')" +
        place(8),
    );
  });

  it.each([
    'truely',
    '',
    '{',
    '{"a"',
    '{"a":[1,]}',
    '{"a":[01]}',
    "{'a':[1]}",
    '{"a":["x]}',
    '{"a":[1]} x',
    '{"a":["\\q"]}',
  ])('text that is not JSON: %s', (text) => {
    expect(refusal(text)).toMatch(/^failed to parse JSON\. Un/);
  });

  it.each(['{"a":[{"anything-but":["x",1]}]}', '{"a":[{"anything-but":[]}]}'])(
    'lists that are mixed or empty after anything-but: %s',
    (text) => {
      expect(refusal(text)).toMatch(
        /^Inside anything but list, either all values are number or string/,
      );
    },
  );

  it.each(['1000000001', '-1000000001'])('a bound beyond 1e9: %s', (bound) => {
    expect(refusal(`{"a":[{"numeric":["<",${bound}]}]}`)).toMatch(/^Value must be between/);
    expect(refusal(`{"a":[{"numeric":["<",1e9]}]}`)).toBe('accepted');
  });
});

describe('limits', () => {
  const keys = (count: number) =>
    JSON.stringify(Object.fromEntries(Array.from({ length: count }, (_, at) => [`k${at}`, ['v']])));
  const values = (count: number) => Array.from({ length: count }, (_, at) => `v${at}`);

  it('five keys', () => {
    expect(refusal(keys(5))).toBe('accepted');
    expect(refusal(keys(6))).toBe('Filter policy can not have more than 5 keys');
  });

  it('counts only the top-level keys of a nested policy', () => {
    const nested = { a: JSON.parse(keys(4)), b: JSON.parse(keys(2)) };
    expect(refusal(JSON.stringify(nested), 'MessageBody')).toBe('accepted');
  });

  it('150 combinations of values', () => {
    expect(refusal(JSON.stringify({ a: values(15), b: values(10) }))).toBe('accepted');
    expect(refusal(JSON.stringify({ a: values(151) }))).toBe('Filter policy is too complex');
    expect(refusal(JSON.stringify({ a: values(16), b: values(10) }))).toBe(
      'Filter policy is too complex',
    );
  });

  it('weighs values of a nested policy by their depth', () => {
    const policy = (last: number) =>
      JSON.stringify({ a: { b: { c: values(4) } }, d: { e: values(2) }, f: values(last) });
    expect(refusal(policy(3), 'MessageBody')).toBe('accepted');
    expect(refusal(policy(4), 'MessageBody')).toBe('Filter policy is too complex');
  });

  it('30 dotted keys below one, in alternatives that AWS counts as one key', () => {
    const alternative = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, at) => [`a.k${at}`, ['v']]));
    const policy = (count: number) => JSON.stringify({ $or: [alternative(count), { b: ['v'] }] });
    expect(refusal(policy(30), 'MessageBody')).toBe('accepted');
    expect(refusal(policy(31), 'MessageBody')).toBe('Filter policy is too complex');
    expect(refusal(policy(1000))).toBe('accepted');
  });

  it('256 KB', () => {
    expect(refusal(JSON.stringify({ a: ['x'.repeat(262_134)] }))).toBe('accepted');
    expect(refusal(JSON.stringify({ a: ['x'.repeat(262_135)] }))).toBe(
      'Filter policy is too large',
    );
  });

  it('no nesting on attributes, inside $or neither', () => {
    const message = 'Filter policy scope MessageAttributes does not support nested filter policy';
    expect(refusal('{"a":{"b":["c"]}}')).toBe(message);
    expect(refusal('{"$or":[{"a":{"b":["c"]}},{"d":["e"]}]}')).toBe(message);
    expect(refusal('{"a":{"b":["c"]}}', 'MessageBody')).toBe('accepted');
  });
});
