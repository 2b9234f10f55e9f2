import { describe, expect, it } from 'vitest';
import {
  type FilterPolicyScope,
  matchFilterPolicy,
  parseFilterPolicy,
} from '../../../src/lib/rules/filter-policy/index.ts';

/** JSON with each `bigint` as an integer, which `JSON.stringify` doesn't write. */
function json(value: unknown): string {
  const text = JSON.stringify(value ?? null, (_, each) =>
    typeof each === 'bigint' ? `${each}n` : each,
  );
  return text.replace(/"(-?\d+)n"/g, '$1');
}

type Attributes = Record<string, { DataType: string; StringValue?: string }>;

function passes(
  policy: object,
  scope: FilterPolicyScope,
  message: { attributes?: Attributes; body?: unknown },
) {
  const body = typeof message.body === 'string' ? message.body : json(message.body ?? '');
  const compiled = parseFilterPolicy(json(policy), scope);
  return matchFilterPolicy(compiled, { attributes: message.attributes ?? {}, body }).matched;
}

const text = (value: string) => ({ DataType: 'String', StringValue: value });
const number = (value: string) => ({ DataType: 'Number', StringValue: value });
const list = (value: unknown) => ({ DataType: 'String.Array', StringValue: json(value) });

describe('one field of the attributes', () => {
  const cases: [
    conditions: unknown[],
    attribute: Attributes[string] | undefined,
    matched: boolean,
  ][] = [
    [['rugby', 'tennis'], text('rugby'), true],
    [['rugby', 'tennis'], text('baseball'), false],
    [['rugby'], text('Rugby'), false],
    [['rugby'], list(['rugby', 'baseball']), true],
    [['rugby'], list(['baseball']), false],
    [['rugby'], list([]), false],
    [[1], { DataType: 'Number.Array', StringValue: '[1,2]' }, true],
    [[3], { DataType: 'Number.Array', StringValue: '[1,2]' }, false],
    [['rugby'], { DataType: 'String.Array', StringValue: 'no json' }, false],
    [['rugby'], { DataType: 'String.sport', StringValue: 'rugby' }, true],
    [['rugby'], { DataType: 'Binary' }, false],
    [[{ exists: true }], { DataType: 'Binary' }, false],
    [[{ exists: true }], { DataType: 'String' }, false],
    [['rugby'], undefined, false],
    [[true, null], list([true]), true],
    [[true, null], list([null]), true],
    [[true], list(['true']), false],
    [[true], text('true'), false],
    [['say \\"hi\\"'], text('say "hi"'), true],
    [['say "hi"'], text('say "hi"'), false],

    [[100], number('100'), true],
    [[100], number('100.0'), true],
    [[100], number('1e2'), true],
    [[100], text('100'), false],
    [['100'], number('100'), false],
    [[100], list([100, 'x']), true],
    [[100], { DataType: 'Number.int', StringValue: '100' }, true],
    [[{ numeric: ['=', 301.5] }], number('3.015e2'), true],
    [[{ numeric: ['=', 301.5] }], number('301.50000001'), true],
    [[{ numeric: ['=', 301.5] }], number('301.50001'), false],
    [[{ numeric: ['<', 0] }], number('-0.00001'), true],
    [[{ numeric: ['<', 0] }], number('0'), false],
    [[{ numeric: ['<=', 0] }], number('0'), true],
    [[{ numeric: ['>', 0, '<=', 150] }], number('150'), true],
    [[{ numeric: ['>', 0, '<=', 150] }], number('0'), false],
    [[{ numeric: ['>=', 0, '<', 150] }], number('0'), true],
    [[{ numeric: ['>=', 0, '<', 150] }], number('150'), false],
    [[{ numeric: ['>', 0] }], text('1'), false],
    [[{ numeric: ['>', 0] }], number('1000000000'), true],
    [[{ numeric: ['>', 0] }], number('1000000000.00001'), false],
    [[999999999.000001], number('999999999'), true],
    [[9007199254740993n], number('9007199254740993'), true],
    [[9007199254740993n], number('9007199254740992'), false],
    [[9007199254740993n], list([9007199254740993n, 'x']), true],
    [[{ 'anything-but': [9007199254740993n] }], number('9007199254740993'), false],
    [[{ 'anything-but': [9007199254740993n] }], number('9007199254740992'), true],
    [[{ numeric: ['>', 0] }], number('9007199254740993'), false],

    [[{ prefix: 'bas' }], text('baseball'), true],
    [[{ prefix: 'bas' }], text('rugby'), false],
    [[{ prefix: '' }], text('anything'), true],
    [[{ suffix: 'ball' }], text('baseball'), true],
    [[{ suffix: 'ball' }], text('ballet'), false],
    [[{ 'equals-ignore-case': 'tennis' }], text('TeNNis'), true],
    [[{ 'equals-ignore-case': 'tennis' }], text('tennis!'), false],
    [[{ exactly: 'tennis' }], text('tennis'), true],

    [[{ 'anything-but': ['rugby', 'tennis'] }], text('baseball'), true],
    [[{ 'anything-but': ['rugby', 'tennis'] }], text('rugby'), false],
    [[{ 'anything-but': ['rugby', 'tennis'] }], list(['rugby', 'baseball']), true],
    [[{ 'anything-but': ['rugby', 'tennis'] }], list(['rugby']), false],
    [[{ 'anything-but': 'rugby' }], number('5'), true],
    [[{ 'anything-but': 'rugby' }], undefined, false],
    [[{ 'anything-but': [100, 500] }], number('101'), true],
    [[{ 'anything-but': [100, 500] }], number('100.1'), true],
    [[{ 'anything-but': [100, 500] }], number('1e2'), false],
    [
      [{ 'anything-but': [100, 500] }],
      { DataType: 'Number.Array', StringValue: '[100, 50]' },
      true,
    ],
    [[{ 'anything-but': { prefix: 'order-' } }], text('data-entry'), true],
    [[{ 'anything-but': { prefix: 'order-' } }], text('order-number'), false],
    [[{ 'anything-but': ['x'] }, { exists: false }], undefined, true],

    [[{ exists: true }], text('fans'), true],
    [[{ exists: true }], undefined, false],
    [[{ exists: false }], undefined, true],
    [[{ exists: false }], text('fans'), false],
    [[{ exists: true }], { DataType: 'Binary' }, false],

    [[{ cidr: '10.0.0.0/24' }], text('10.0.0.255'), true],
    [[{ cidr: '10.0.0.0/24' }], text('10.0.1.0'), false],
    [[{ cidr: '10.0.0.0/24' }], text('10.0.0.256'), false],
    [[{ cidr: '0.0.0.0/0' }], text('255.1.2.3'), true],
    [[{ cidr: '2001:db8::/32' }], text('2001:db8:1::1'), true],
    [[{ cidr: '2001:db8::/32' }], text('2001:db9::1'), false],
    [[{ cidr: '::ffff:10.0.0.0/104' }], text('::ffff:10.1.2.3'), true],
  ];

  it.each(cases.map((each) => [`${json(each[0])} on ${json(each[1])}`, ...each] as const))(
    '%s',
    (_, conditions, attribute, matched) => {
      const attributes: Attributes = { other: text('present') };
      if (attribute !== undefined) attributes.field = attribute;
      expect(passes({ field: conditions }, 'MessageAttributes', { attributes })).toBe(matched);
    },
  );
});

describe('attributes as a whole', () => {
  it('needs every key', () => {
    const policy = { store: ['example_corp'], price: [{ numeric: ['>=', 100] }] };
    const attributes = { store: text('example_corp'), price: number('99') };
    expect(passes(policy, 'MessageAttributes', { attributes })).toBe(false);
    attributes.price = number('100');
    expect(passes(policy, 'MessageAttributes', { attributes })).toBe(true);
  });

  it('never matches a message without attributes, even where a key must not exist', () => {
    const policy = { store: [{ exists: false }] };
    expect(passes(policy, 'MessageAttributes', { attributes: {} })).toBe(false);
    expect(passes(policy, 'MessageAttributes', { attributes: { b: { DataType: 'Binary' } } })).toBe(
      false,
    );
  });

  it('takes one of the alternatives of $or, together with the other keys', () => {
    const policy = {
      source: ['aws.cloudwatch'],
      $or: [{ metricName: ['CPUUtilization'] }, { namespace: ['AWS/EC2'] }],
    };
    const source = text('aws.cloudwatch');
    const matches = (attributes: Attributes) => passes(policy, 'MessageAttributes', { attributes });
    expect(matches({ source, metricName: text('CPUUtilization') })).toBe(true);
    expect(matches({ source, namespace: text('AWS/EC2') })).toBe(true);
    expect(matches({ source })).toBe(false);
    expect(matches({ namespace: text('AWS/EC2') })).toBe(false);
  });

  it('reads $or as a name where it is not a list of two objects', () => {
    const attributes = { $or: text('plain') };
    expect(passes({ $or: ['plain'] }, 'MessageAttributes', { attributes })).toBe(true);
    expect(
      passes({ $or: [{ prefix: 'pl' }, { suffix: 'x' }] }, 'MessageAttributes', { attributes }),
    ).toBe(true);
  });

  it('lets everything pass when the policy is empty', () => {
    expect(passes({}, 'MessageAttributes', {})).toBe(true);
  });
});

describe('the body', () => {
  const cases: [policy: object, body: unknown, matched: boolean][] = [
    [{ store: ['a'] }, { store: 'a' }, true],
    [{ store: ['a'] }, { store: ['b', 'a'] }, true],
    [{ store: ['a'] }, { store: [['b', ['a']]] }, true],
    [{ store: ['a'] }, { store: { name: 'a' } }, false],
    [{ store: [1] }, { store: '1' }, false],
    [{ store: [1] }, { store: 1.0 }, true],
    [{ store: [true, null] }, { store: null }, true],
    [{ store: [false] }, { store: false }, true],
    [{ order: { status: ['x'] } }, { order: { status: 'x' } }, true],
    [{ order: { status: ['x'] } }, { order: [{ status: 'y' }, { status: 'x' }] }, true],
    [
      { order: { status: ['x'], n: [1] } },
      {
        order: [
          { status: 'x', n: 2 },
          { status: 'y', n: 1 },
        ],
      },
      false,
    ],
    [
      { order: { status: ['x'], n: [1] } },
      {
        order: [
          { status: 'x', n: 2 },
          { status: 'x', n: 1 },
        ],
      },
      true,
    ],
    [
      { order: { items: { sku: ['s'] } } },
      { order: [{ items: [] }, { items: [{ sku: 's' }] }] },
      true,
    ],
    [{ order: { status: [{ exists: false }] } }, { other: 1 }, true],
    [{ order: { status: [{ exists: false }] } }, { order: { status: 'x' } }, false],
    [{ order: [{ exists: true }] }, { order: { status: 'x' } }, false],
    [{ order: [{ exists: false }] }, { order: { status: 'x' } }, true],
    [{ order: [{ exists: true }] }, { order: null }, false],
    [{ order: [{ exists: true }] }, { order: [] }, false],
    [{ order: [{ exists: false }] }, { order: [], other: 1 }, true],
    [{ order: [{ exists: false }] }, {}, false],
    [{ order: { $or: [{ a: [1] }, { b: [2] }] } }, { order: { b: 2 } }, true],
    [{ order: { $or: [{ a: [1] }, { b: [2] }] } }, { order: { a: 2, b: 1 } }, false],
    [{ a: { b: [{ exists: false }] } }, { a: [{ b: 1 }, { c: 2 }] }, false],
    [{ a: { b: [{ exists: false }] } }, { a: [], z: 1 }, true],
    [{ a: { b: [{ exists: false }], c: [2] } }, { a: [{ c: 1 }, { c: 2 }] }, true],
    [{ price: [{ 'anything-but': [100, 500] }] }, { price: [100, 50] }, true],
    [{ price: [{ 'anything-but': [100, 500] }] }, { price: 100 }, false],
    [{ constructor: [{ exists: true }] }, { a: 1 }, false],
    [{ a: [9007199254740993n] }, { a: 9007199254740993n }, true],
    [{ a: [9007199254740993n] }, { a: 9007199254740992n }, false],
    [{ a: [{ exists: false }] }, { a: null }, false],
    [{ a: [{ exists: false }] }, { a: '' }, false],
    [{ a: ['x'] }, [{ a: 'x' }], false],
    [{ a: ['x'] }, 'not json', false],
    [{ a: ['x'] }, '', false],
  ];

  it.each(cases.map((each) => [`${json(each[0])} on ${json(each[1])}`, ...each] as const))(
    '%s',
    (_, policy, body, matched) => {
      expect(passes(policy, 'MessageBody', { body })).toBe(matched);
    },
  );
});

describe('a dotted key and nested keys', () => {
  const policies = [
    { 'a.b.c': ['x'] },
    { a: { 'b.c': ['x'] } },
    { 'a.b': { c: ['x'] } },
    { a: { b: { c: ['x'] } } },
  ];
  const bodies = (value: string) => [
    { a: { b: { c: value } } },
    { 'a.b.c': value },
    { 'a.b': { c: value } },
    { a: { 'b.c': value } },
    { a: [{ 'b.c': 'other' }, { b: [{ c: value }] }] },
  ];
  it.each(policies)('are one path in policy and body: %j', (policy) => {
    for (const body of bodies('x')) expect(passes(policy, 'MessageBody', { body })).toBe(true);
    for (const body of bodies('y')) expect(passes(policy, 'MessageBody', { body })).toBe(false);
    for (const body of [{ a: { b: 'x' } }, { 'a.b.c.d': 'x' }, { 'a.b': 'x' }, { b: { c: 'x' } }]) {
      expect(passes(policy, 'MessageBody', { body })).toBe(false);
    }
  });

  it('is there for exists in any spelling', () => {
    for (const body of bodies('x')) {
      expect(passes({ 'a.b.c': [{ exists: false }] }, 'MessageBody', { body })).toBe(false);
      expect(passes({ a: { b: { c: [{ exists: true }] } } }, 'MessageBody', { body })).toBe(true);
    }
  });

  it.each<[body: object, matched: boolean]>([
    [{ a: { b: 1 }, 'a.c': 2 }, true],
    [{ a: [{ b: 1 }], 'a.c': 2 }, true],
    [{ a: [{ b: 1 }, { c: 2 }] }, false],
    [{ a: [{ b: 1 }, { b: 1, c: 2 }] }, true],
  ])(
    'speak of one element of an array, in two keys of a policy as well: %j: %s',
    (body, matched) => {
      expect(passes({ a: { b: [1] }, 'a.c': [2] }, 'MessageBody', { body })).toBe(matched);
      expect(passes({ a: { b: [1], c: [2] } }, 'MessageBody', { body })).toBe(matched);
    },
  );

  it('stay names of attributes as they are', () => {
    const attributes = { 'a.b': text('x') };
    expect(passes({ 'a.b': ['x'] }, 'MessageAttributes', { attributes })).toBe(true);
  });
});

describe('$or beside a nested policy', () => {
  const policy = { a: { b: [1] }, $or: [{ a: { c: [4] } }, { a: { d: [5] } }, { z: [6] }] };
  it.each<[body: unknown, matched: boolean]>([
    [{ a: { b: 1, c: 4 } }, true],
    [{ a: [{ b: 1 }, { b: 1, d: 5 }] }, true],
    [{ a: [{ b: 1 }, { c: 4 }] }, false],
    [{ a: [{ b: 1 }, { c: 4 }], z: 6 }, true],
    [{ a: { c: 4 }, z: 6 }, false],
  ])('speaks of one object of an array: %j: %s', (body, matched) => {
    expect(passes(policy, 'MessageBody', { body })).toBe(matched);
  });
});

describe('the clause that said no', () => {
  it.each([
    [{ a: ['x'], b: [{ prefix: 'y' }] }, { a: 'x', b: 'z' }, '{"b":[{"prefix":"y"}]}'],
    [{ o: { s: ['x'] } }, { o: { s: 'y' } }, '{"o.s":["x"]}'],
    [{ o: { s: ['x'], t: ['y'] } }, { o: { s: 'x', t: 'z' } }, '{"o.t":["y"]}'],
    [{ $or: [{ a: [1] }, { b: [2] }] }, { a: 2 }, '{"$or":[{"a":[1]},{"b":[2]}]}'],
  ])('%j on %j is %s', (policy, body, clause) => {
    const compiled = parseFilterPolicy(JSON.stringify(policy), 'MessageBody');
    const result = matchFilterPolicy(compiled, { attributes: {}, body: JSON.stringify(body) });
    expect(result).toEqual({ matched: false, clause });
  });
});
