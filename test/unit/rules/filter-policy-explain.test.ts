import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { explainDelivery } from '../../../src/lib/diagnose/explain/delivery-verdict.ts';
import { explainFilterPolicy } from '../../../src/lib/rules/filter-policy/explain.ts';
import {
  type FilterableAttributes,
  type FilterPolicyScope,
  InvalidFilterPolicy,
  matchFilterPolicy,
  parseFilterPolicy,
} from '../../../src/lib/rules/filter-policy/index.ts';

const key = fc.constantFrom('a', 'a', 'a', 'b', 'a.b', '$or', '__proto__');
const word = fc.constantFrom('', 'a', 'ab', 'B', '1', '-3', '10.0.0.1');
const leaf = fc.oneof(word, fc.integer({ min: -4, max: 4 }), fc.boolean(), fc.constant(null));
const condition = fc.oneof(
  leaf,
  fc.record({ prefix: word }),
  fc.record({ suffix: word }),
  fc.record({ 'equals-ignore-case': word }),
  fc.record({ exists: fc.boolean() }),
  fc.record({ cidr: fc.constant('10.0.0.0/8') }),
  fc.record({ 'anything-but': fc.oneof(word, fc.array(word, { minLength: 1, maxLength: 3 })) }),
  fc.record({ 'anything-but': fc.record({ prefix: word }) }),
  fc.record({ numeric: fc.constantFrom(['>', -1], ['=', 1], ['>', -1, '<=', 3]) }),
);
const field = fc.array(condition, { minLength: 1, maxLength: 3 });
const policy = fc.letrec<{ policy: object }>((tie) => ({
  policy: fc.dictionary(
    key,
    fc.oneof(
      { maxDepth: 2 },
      field,
      tie('policy'),
      fc.array(tie('policy'), { minLength: 2, maxLength: 2 }),
    ),
    { minKeys: 1, maxKeys: 3, noNullPrototype: true },
  ),
})).policy;
const body = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    leaf,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(key, tie('value'), { maxKeys: 4, noNullPrototype: true }),
  ),
})).value;
const bodyText = fc.oneof(
  body.map((value) => JSON.stringify(value)),
  fc.constantFrom('', '{', '{}', '[1]'),
);
const attributes: fc.Arbitrary<FilterableAttributes> = fc.dictionary(
  key,
  fc.oneof(
    fc.record({
      DataType: fc.constantFrom('String', 'Number', 'String.Array', 'Number.int', 'String.x'),
      StringValue: fc.oneof(
        word,
        fc.array(leaf, { maxLength: 3 }).map((list) => JSON.stringify(list)),
      ),
    }),
    fc.constant({ DataType: 'Binary' }),
  ),
  { maxKeys: 4, noNullPrototype: true },
);
const scope = fc.constantFrom<FilterPolicyScope>('MessageAttributes', 'MessageBody');

function compile(text: string, on: FilterPolicyScope) {
  try {
    return parseFilterPolicy(text, on);
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidFilterPolicy);
    return undefined;
  }
}

/** What is said of attributes of type String (or Number, for numbers) and a body. */
function reasons(
  given: object,
  message: { attributes?: Record<string, string | number>; body?: unknown },
  on: FilterPolicyScope = 'MessageAttributes',
) {
  const explanation = explainFilterPolicy(parseFilterPolicy(JSON.stringify(given), on), {
    attributes: Object.fromEntries(
      Object.entries(message.attributes ?? {}).map(([name, value]) => [
        name,
        {
          DataType: typeof value === 'number' ? 'Number' : 'String',
          StringValue: String(value),
        },
      ]),
    ),
    body: typeof message.body === 'string' ? message.body : JSON.stringify(message.body ?? {}),
  });
  return explanation.matched
    ? []
    : explanation.reasons.map(({ words, hint }) => (hint ? `${words} ${hint}` : words));
}

describe('an explanation', () => {
  it('says the same as the matcher, whatever policy and message, and names its clause', () => {
    let delivered = 0;
    let filtered = 0;
    fc.assert(
      fc.property(policy, scope, attributes, bodyText, (given, on, attributesOf, text) => {
        const compiled = compile(JSON.stringify(given), on);
        if (!compiled) return;
        const message = { attributes: attributesOf, body: text };
        const result = matchFilterPolicy(compiled, message);
        const explanation = explainFilterPolicy(compiled, message);
        expect(explanation.matched).toBe(result.matched);
        if (explanation.matched || result.matched) {
          delivered += 1;
          return;
        }
        filtered += 1;
        expect(explanation.reasons[0]?.clause).toBe(result.clause);
        for (const { words } of explanation.reasons) expect(words).toMatch(/^\S.*[.]$/s);
      }),
      { numRuns: 3000 },
    );
    expect(Math.min(delivered, filtered)).toBeGreaterThan(10);
  });

  it('says what the message has and what the policy wants', () => {
    expect(
      reasons({ event_type: ['order.created'] }, { attributes: { event_type: 'order.updated' } }),
    ).toEqual(['event_type is "order.updated"; the policy wants "order.created".']);
    expect(
      reasons(
        { total: [{ numeric: ['>', 100, '<=', 200] }], status: ['a', { prefix: 'b' }, null] },
        { body: { total: 29.99, status: 'c' } },
        'MessageBody',
      ),
    ).toEqual([
      'total is 29.99; the policy wants a number > 100 and <= 200.',
      'status is "c"; the policy wants "a", text that begins with "b" or null.',
    ]);
  });

  it('words every kind of condition', () => {
    const wanted = (...conditions: unknown[]) =>
      reasons({ a: conditions }, { attributes: { b: 'x' } })[0]?.replace(/^.*wants /, '');
    expect(wanted({ prefix: 'x' })).toBe('text that begins with "x".');
    expect(wanted({ suffix: 'x' })).toBe('text that ends with "x".');
    expect(wanted({ 'equals-ignore-case': 'a' })).toBe('"a" in any case.');
    expect(wanted({ 'anything-but': ['a', 'b'] })).toBe('anything but "a" or "b".');
    expect(wanted({ 'anything-but': { prefix: 'a' } })).toBe(
      'anything but text that begins with "a".',
    );
    expect(wanted({ exists: true })).toBe('that it is there.');
    expect(wanted({ cidr: '10.0.0.0/8' })).toBe('an IP address in 10.0.0.0/8.');
    expect(wanted(null, true)).toBe('null or true.');
    expect(wanted(...Array.from({ length: 7 }, (_, index) => index))).toBe(
      '0, 1, 2, 3, 4, 5 or 6.',
    );
    expect(wanted({ exists: false }, 'y')).toBeUndefined();
    expect(wanted(...Array.from({ length: 9 }, (_, index) => index))).toBe(
      '0, 1, 2, 3, 4, 5 or 3 others.',
    );
  });

  it('says where the field is, if the policy looks elsewhere', () => {
    expect(
      reasons(
        { total: [{ numeric: ['>', 1] }] },
        { attributes: { event_type: 'x' }, body: { total: 5 } },
      ),
    ).toEqual([
      'There is no attribute total; the policy wants a number > 1. ' +
        'The body has total (5), but this policy looks at attributes: publish it as one, or use the scope MessageBody.',
    ]);
    expect(
      reasons({ tier: ['gold'] }, { attributes: { tier: 'gold' }, body: { a: 1 } }, 'MessageBody'),
    ).toEqual([
      'The body has no tier; the policy wants "gold". ' +
        'There is an attribute tier ("gold"), but this policy looks at the body (scope MessageBody).',
    ]);
  });

  it('says what a value misses by little', () => {
    expect(
      reasons({ total: [{ numeric: ['>', 1] }] }, { attributes: { total: '5' } })[0],
    ).toContain('The attribute is of type String; as a Number it would pass.');
    expect(reasons({ id: ['5'] }, { attributes: { id: 5 } })[0]).toContain('as a String');
    expect(reasons({ tier: ['gold'] }, { attributes: { tier: 'Gold' } })[0]).toContain(
      'Only upper and lower case differ',
    );
    const inBody = (policy: object, body: object) => reasons(policy, { body }, 'MessageBody')[0];
    expect(inBody({ total: [5] }, { total: '5' })).toContain('without the quotes it would pass');
    expect(inBody({ total: [5] }, { total: [null, '5', 'x'] })).toContain('without the quotes');
    expect(inBody({ id: ['5'] }, { id: 5 })).toContain('It is a number in the body');
    expect(inBody({ id: ['5'] }, { id: [true, 5, 6] })).toContain('It is a number in the body');
    expect(inBody({ id: ['a'] }, { id: ['b', 'A'] })).toContain('Only upper and lower case');
    expect(inBody({ total: [0] }, { total: ' ' })).toBe('total is " "; the policy wants 0.');
  });

  it('shows five values, and that there are more', () => {
    const values = (count: number) => ({ a: Array.from({ length: count }, (_, n) => n) });
    const said = (count: number) =>
      reasons({ a: ['x'] }, { body: values(count) }, 'MessageBody')[0];
    expect(said(5)).toMatch(/^a is \[0, 1, 2, 3, 4\];/);
    expect(said(6)).toMatch(/^a is \[0, 1, 2, 3, 4, …\];/);
  });

  it('writes whole numbers that JavaScript has not', () => {
    const policy = parseFilterPolicy('{"a":[12345678901234567890]}', 'MessageBody');
    const explanation = explainFilterPolicy(policy, { attributes: {}, body: '{"a":1}' });
    expect(explanation).toMatchObject({
      reasons: [{ words: 'a is 1; the policy wants 12345678901234567890.' }],
    });
  });

  it.each([
    [{ DataType: 'Binary' }, 'is Binary, which takes no part'],
    [{ DataType: 'String.Array', StringValue: '{}' }, 'is no JSON array, though its type says so'],
    [{ DataType: 'Number', StringValue: 'x' }, 'is no number, though its type says so'],
    [{ DataType: 'Text', StringValue: 'x' }, 'is Text, which takes no part'],
  ])('says why the attribute %j takes no part', (attribute, problem) => {
    const policy = parseFilterPolicy('{"a":["y"]}', 'MessageAttributes');
    expect(explainFilterPolicy(policy, { attributes: { a: attribute }, body: '' })).toMatchObject({
      reasons: [{ words: `The attribute a ${problem}; the policy wants "y".` }],
    });
  });

  it('speaks of alternatives, of elements of an array, and of messages with nothing in them', () => {
    expect(reasons({ $or: [{ a: ['1'] }, { b: ['2'] }] }, { attributes: { a: 'x' } })).toEqual([
      'None of the 2 alternatives holds: (1) a is "x"; the policy wants "1". (2) There is no attribute b; the policy wants "2".',
    ]);
    expect(
      reasons(
        { items: { sku: ['a'], count: [2] } },
        {
          body: {
            items: [
              { sku: 'a', count: 1 },
              { sku: 'b', count: 2 },
            ],
          },
        },
        'MessageBody',
      ),
    ).toEqual(['No single element of items meets all that the policy wants of it.']);
    expect(
      reasons(
        { a: { $or: [{ b: ['1'] }, { c: ['2'] }] } },
        { body: { a: { b: 'x' } } },
        'MessageBody',
      ),
    ).toEqual([expect.stringMatching(/^None of the 2 alternatives of \S+ holds\.$/)]);
    expect(
      reasons({ $or: [{ a: ['1'] }, { b: ['2'] }], c: ['3'] }, { attributes: { a: '1' } }),
    ).toEqual(['There is no attribute c; the policy wants "3".']);
    expect(
      reasons({ a: { b: [1] }, 'a.c': [2] }, { body: { a: [{ b: 1 }, { c: 2 }] } }, 'MessageBody'),
    ).toEqual([
      'The parts of the policy hold one by one, but not for one and the same element of an array.',
    ]);
    expect(reasons({ 'a.b': ['x'] }, { body: { a: { b: 'y' } } }, 'MessageBody')).toEqual([
      'a.b is "y"; the policy wants "x".',
    ]);
    expect(reasons({ a: [{ exists: false }] }, {})).toEqual([
      "There is no attribute a; the policy wants that it isn't there. A message without attributes passes no policy on attributes.",
    ]);
    expect(reasons({ a: ['x'] }, { body: 'plain text' }, 'MessageBody')).toEqual([
      'The body is not a JSON object; the policy wants a in it: "x".',
    ]);
  });
});

describe('the verdict on a delivery', () => {
  const recipient = {
    name: 'email',
    rawDelivery: true,
    filterPolicy: undefined,
    filterPolicyScope: 'MessageAttributes',
  } as const;
  const attributesOf = (count: number): FilterableAttributes =>
    Object.fromEntries(
      Array.from({ length: count }, (_, index) => [
        `a${index}`,
        { DataType: 'String', StringValue: 'x' },
      ]),
    );

  it('lets ten attributes through raw delivery and not eleven, which an envelope carries', () => {
    const eleven = { attributes: attributesOf(11), body: '{}' };
    expect(explainDelivery(recipient, { attributes: attributesOf(10), body: '{}' })).toMatchObject({
      delivered: true,
    });
    expect(explainDelivery(recipient, eleven)).toMatchObject({
      delivered: false,
      obstacles: [{ by: 'raw delivery', words: expect.stringContaining('11 attributes') }],
    });
    expect(explainDelivery({ ...recipient, rawDelivery: false }, eleven).delivered).toBe(true);
  });

  it('names all that is in the way', () => {
    const { obstacles } = explainDelivery(
      { ...recipient, filterPolicy: '{"tier":["gold"]}' },
      { attributes: attributesOf(11), body: '{}' },
    );
    expect(obstacles.map(({ by }) => by)).toEqual(['filter policy', 'raw delivery']);
    expect(obstacles[0]?.clause).toBe('{"tier":["gold"]}');
  });
});
