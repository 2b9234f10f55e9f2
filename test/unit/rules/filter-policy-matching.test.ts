import { describe, expect, it } from 'vitest';
import {
  type FilterPolicyScope,
  matchFilterPolicy,
  parseFilterPolicy,
} from '../../../src/lib/rules/filter-policy/index.ts';

type Attributes = Record<string, { DataType: string; StringValue?: string }>;

function passes(
  policy: object,
  scope: FilterPolicyScope,
  message: { attributes?: Attributes; body?: unknown },
) {
  const body = typeof message.body === 'string' ? message.body : JSON.stringify(message.body ?? '');
  const compiled = parseFilterPolicy(JSON.stringify(policy), scope);
  return matchFilterPolicy(compiled, { attributes: message.attributes ?? {}, body }).matched;
}

const text = (value: string) => ({ DataType: 'String', StringValue: value });
const number = (value: string) => ({ DataType: 'Number', StringValue: value });
const list = (value: unknown) => ({ DataType: 'String.Array', StringValue: JSON.stringify(value) });

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
    [['rugby'], { DataType: 'String.Array', StringValue: 'no json' }, false],
    [['rugby'], { DataType: 'String.sport', StringValue: 'rugby' }, true],
    [['rugby'], { DataType: 'Binary' }, false],
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

    [[{ prefix: 'bas' }], text('baseball'), true],
    [[{ prefix: 'bas' }], text('rugby'), false],
    [[{ prefix: '' }], text('anything'), true],
    [[{ prefix: { 'equals-ignore-case': 'BAS' } }], text('baseball'), true],
    [[{ suffix: 'ball' }], text('baseball'), true],
    [[{ suffix: 'ball' }], text('ballet'), false],
    [[{ 'equals-ignore-case': 'tennis' }], text('TeNNis'), true],
    [[{ 'equals-ignore-case': 'tennis' }], text('tennis!'), false],
    [[{ exactly: 'tennis' }], text('tennis'), true],
    [[{ wildcard: '*ball' }], text('football'), true],
    [[{ wildcard: '*ball' }], text('ball'), true],
    [[{ wildcard: 'a*b*c' }], text('a-b-b-c'), true],
    [[{ wildcard: 'a*b*c' }], text('abd'), false],
    [[{ wildcard: 'ab*ba' }], text('aba'), false],
    [[{ wildcard: 'a\\*b' }], text('a*b'), true],
    [[{ wildcard: 'a\\*b' }], text('axb'), false],

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
    [[{ 'anything-but': { prefix: ['a', 'b'] } }], text('b1'), false],
    [[{ 'anything-but': { suffix: 'ball' } }], text('football'), false],
    [[{ 'anything-but': { wildcard: '*ball*' } }], text('ballet'), false],
    [[{ 'anything-but': { wildcard: '*ball*' } }], text('tennis'), true],
    [[{ 'anything-but': { 'equals-ignore-case': ['A', 'b'] } }], text('B'), false],
    [[{ 'anything-but': { 'equals-ignore-case': ['A', 'b'] } }], text('c'), true],
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

  it.each(cases)('%j on %j: %s', (conditions, attribute, matched) => {
    const attributes: Attributes = { other: text('present') };
    if (attribute !== undefined) attributes.field = attribute;
    expect(passes({ field: conditions }, 'MessageAttributes', { attributes })).toBe(matched);
  });
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

  it('reads $or as a name where it is no list of two objects', () => {
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
    [{ 'order.status': ['x'] }, { order: { status: 'x' } }, false],
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
    [{ a: ['x'] }, [{ a: 'x' }], false],
    [{ a: ['x'] }, 'not json', false],
    [{ a: ['x'] }, '', false],
  ];

  it.each(cases)('%j on %j: %s', (policy, body, matched) => {
    expect(passes(policy, 'MessageBody', { body })).toBe(matched);
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
