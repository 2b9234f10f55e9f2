import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { explainFilterPolicy } from '../../../src/lib/rules/filter-policy/explain.ts';
import {
  InvalidFilterPolicy,
  matchFilterPolicy,
  parseFilterPolicy,
} from '../../../src/lib/rules/filter-policy/index.ts';
import { cpuTime } from '../../fixtures/cpu-time.ts';

function passes(policy: unknown, body: string): boolean {
  const compiled = parseFilterPolicy(JSON.stringify(policy), 'MessageBody');
  return matchFilterPolicy(compiled, { attributes: {}, body }).matched;
}

// The rules once more, as AWS's Event Ruler states them and with no thought of speed: an event is a list of paths with
// values, each knowing the elements of arrays that it lies in; a rule wants one of them for each of its paths, and all
// of them in the same element of an array that they share.

type Json = number | Json[] | { [key: string]: Json };

interface Field {
  readonly path: string;
  readonly value: number;
  readonly elements: ReadonlyMap<Json, number>;
}

function fieldsOf(value: Json, path: string, elements: ReadonlyMap<Json, number>): Field[] {
  if (typeof value === 'number') return [{ path, value, elements }];
  if (Array.isArray(value)) {
    return value.flatMap((item, index) =>
      typeof item === 'number'
        ? fieldsOf(item, path, elements)
        : fieldsOf(item, path, new Map([...elements, [value, index]])),
    );
  }
  return Object.entries(value).flatMap(([key, child]) =>
    fieldsOf(child, path === '' ? key : `${path}.${key}`, elements),
  );
}

type Wanted = { readonly path: string; readonly value: number | 'absent' };

function waysThrough(policy: object, path: string): Wanted[][] {
  let ways: Wanted[][] = [[]];
  for (const [key, rule] of Object.entries(policy)) {
    const at = path === '' ? key : `${path}.${key}`;
    let more: Wanted[][];
    if (key === '$or') more = (rule as object[]).flatMap((each) => waysThrough(each, path));
    else if (!Array.isArray(rule)) more = waysThrough(rule, at);
    else {
      more = rule.map((each) => [
        { path: at, value: typeof each === 'number' ? each : ('absent' as const) },
      ]);
    }
    ways = ways.flatMap((way) => more.map((each) => [...way, ...each]));
  }
  return ways;
}

function holdTogether(way: readonly Wanted[], fields: readonly Field[], chosen: Field[]): boolean {
  const [first, ...rest] = way;
  if (first === undefined) return true;
  if (first.value === 'absent') {
    return fields.every(({ path }) => path !== first.path) && holdTogether(rest, fields, chosen);
  }
  return fields.some(
    (field) =>
      field.path === first.path &&
      field.value === first.value &&
      chosen.every(({ elements }) =>
        [...elements].every(([array, index]) => (field.elements.get(array) ?? index) === index),
      ) &&
      holdTogether(rest, fields, [...chosen, field]),
  );
}

const key = fc.constantFrom('a', 'a', 'b', 'c', 'a.b', 'a.c', 'b.c', 'a.b.c');
const conditions = fc.array(fc.constantFrom(1, 1, 2, { exists: false }), {
  minLength: 1,
  maxLength: 1,
});
const policies = fc.letrec<{ policy: object; field: object }>((tie) => ({
  field: fc.oneof({ maxDepth: 2 }, conditions, tie('policy')),
  policy: fc
    .tuple(
      fc.dictionary(key, tie('field'), { minKeys: 1, maxKeys: 2 }),
      fc.option(
        fc.array(fc.dictionary(key, tie('field'), { minKeys: 1, maxKeys: 2 }), {
          minLength: 2,
          maxLength: 2,
        }),
        { nil: undefined, freq: 2 },
      ),
    )
    .map(([fields, $or]) => ($or === undefined ? fields : { ...fields, $or })),
})).policy;
const bodies = fc.letrec<{ object: Json; value: Json; element: Json }>((tie) => ({
  object: fc.dictionary(key, tie('value'), { minKeys: 1, maxKeys: 4 }),
  element: fc.oneof(
    { maxDepth: 5 },
    fc.constantFrom(1, 2),
    tie('object'),
    fc.array(tie('element'), { maxLength: 3 }),
  ),
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(1, 2),
    fc.array(tie('element'), { maxLength: 3 }),
    tie('object'),
  ),
})).object;

describe('filter policies on bodies', () => {
  it('match as the rules say, whatever is nested, dotted, or in arrays', () => {
    let matched = 0;
    let judged = 0;
    fc.assert(
      fc.property(policies, bodies, (policy, body) => {
        const fields = fieldsOf(body as Json, '', new Map());
        if (fields.length === 0) return;
        let result: boolean;
        try {
          result = passes(policy, JSON.stringify(body));
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidFilterPolicy);
          return;
        }
        judged += 1;
        if (result) matched += 1;
        expect(result).toBe(waysThrough(policy, '').some((way) => holdTogether(way, fields, [])));
      }),
      { numRuns: 2000 },
    );
    expect(matched).toBeGreaterThan(40);
    // Half of what is made up is not a policy; the property says something where many are.
    expect(judged).toBeGreaterThan(400);
  });

  it('match arrays in arrays as the rules say, for fields of which one lies below the other', () => {
    const below = fc.constantFrom('a.b', 'a.b.c', 'a');
    const joint = fc
      .tuple(below, below, fc.constantFrom(1, 2))
      .map(([one, other, value]) => ({ a: [1], $or: [{ [one]: [value] }, { [other]: [2] }] }));
    const nested = fc.letrec<{ item: Json }>((tie) => ({
      item: fc.oneof(
        { maxDepth: 5 },
        fc.constantFrom<Json>(1, 2, { b: 1 }, { b: 2 }, { b: [1, { c: 2 }] }),
        fc.array(tie('item'), { minLength: 1, maxLength: 3 }),
      ),
    })).item;
    let refused = 0;
    fc.assert(
      fc.property(joint, nested, (policy, a) => {
        const expected = waysThrough(policy, '').some((way) =>
          holdTogether(way, fieldsOf({ a }, '', new Map()), []),
        );
        if (!expected) refused += 1;
        expect(passes(policy, JSON.stringify({ a }))).toBe(expected);
      }),
      { numRuns: 200 },
    );
    expect(refused).toBeGreaterThan(20);
    expect(refused).toBeLessThan(190);
  });

  const many = (count: number, item: string) => Array(count).fill(item).join(',');
  it.each([
    [
      'exists: false in each element',
      { a: { b: [{ exists: false }] } },
      `{"a":[${many(80_000, '{}')},{"b":1}]}`,
    ],
    [
      'exists: false beside a value',
      { a: { b: [{ exists: false }], c: [1] } },
      `{"a":[${many(30_000, '{"c":2}')}]}`,
    ],
    [
      'alternatives',
      {
        $or: Array.from({ length: 15 }, (_, at) => ({
          a: { [`k${at}`]: [{ exists: false }, 7], c: [9] },
        })),
      },
      `{"a":[${many(25_000, '{"k1":1}')}]}`,
    ],
    [
      'a dotted key of many parts',
      { [Array(5_000).fill('a').join('.')]: [1] },
      `{"a":[${many(25_000, '{"a.a":2}')}]}`,
    ],
    ['arrays in arrays', { a: [1] }, `{"a":[${many(60_000, '[]')}]}`],
    [
      'arrays in arrays, for two fields',
      { 'a.b': [1], a: [2] },
      `{"a":[${many(30_000, '[2,[{"b":2}]]')}]}`,
    ],
    [
      'many keys',
      { 'a.b': [1] },
      `{${Array.from({ length: 20_000 }, (_, at) => `"a.${at}":2`).join(',')}}`,
    ],
  ])('take no longer than the body is long: %s', async (_, policy, body) => {
    const compiled = parseFilterPolicy(JSON.stringify(policy), 'MessageBody');
    const message = { attributes: {}, body };
    const used = await cpuTime(() => {
      expect(matchFilterPolicy(compiled, message).matched).toBe(false);
      expect(explainFilterPolicy(compiled, { ...message }).matched).toBe(false);
    });
    // A tenth of this is usual; with a square in it, it was minutes.
    expect(used).toBeLessThan(5_000);
  });

  it.each([1000, 1001])('follow a thousand levels and no more: %i', (depth) => {
    // The field itself is one of them.
    const body = `{"a":${'['.repeat(depth - 1)}1${']'.repeat(depth - 1)}}`;
    expect(passes({ a: [1] }, body)).toBe(depth === 1000);
    const digits = `{"a":${'['.repeat(depth - 1)}9007199254740993${']'.repeat(depth - 1)}}`;
    expect(passes({ a: [{ exists: true }] }, digits)).toBe(depth === 1000);
  });

  it.each([5_000, 100_000])('say no to a body nested %i deep, without a fault', (depth) => {
    for (const [open, close] of [
      ['[', ']'],
      ['{"a":', '}'],
    ]) {
      const body = `{"a":${open?.repeat(depth)}1${close?.repeat(depth)}}`;
      expect(passes({ a: [1] }, body)).toBe(false);
      expect(passes({ b: [{ exists: false }] }, body)).toBe(false);
    }
    expect(passes({ a: [1] }, '['.repeat(depth))).toBe(false);
  });

  it.each([
    ['in one inner array', '[[1,{"b":2}]]', true],
    ['in two of them', '[[1],[{"b":2}]]', false],
    ['one in the outer array', '[1,[{"b":2}]]', true],
    ['in arrays of one inner array', '[[[1],[{"b":2}]]]', false],
  ])('take a value and a nested one %s together or not', (_, a, expected) => {
    const policy = { a: [1], $or: [{ 'a.b': [2] }, { 'a.c': [2] }] };
    expect(passes(policy, `{"a":${a}}`)).toBe(expected);
  });

  it.each(['toString', '__proto__', 'constructor'])('have no field %s of their own', (name) => {
    const policy = JSON.stringify({ [name]: [{ exists: true }] });
    const passesIt = (body: string) =>
      matchFilterPolicy(parseFilterPolicy(policy, 'MessageBody'), { attributes: {}, body }).matched;
    expect([passesIt('{"a":1}'), passesIt(`{"${name}":1}`)]).toEqual([false, true]);
  });

  it('ignore brackets inside of strings', () => {
    expect(passes({ a: [1] }, `{"a":1,"b":"${'['.repeat(5_000)}\\""}`)).toBe(true);
  });
});
