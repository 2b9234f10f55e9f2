import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type FilterPolicyScope,
  InvalidFilterPolicy,
  matchFilterPolicy,
  parseFilterPolicy,
} from '../../../src/lib/rules/filter-policy/index.ts';

const key = fc.constantFrom('a', 'b', 'c', 'a.b', '$or', '__proto__', 'constructor');
const word = fc.constantFrom('', 'a', 'ab', 'abc', 'B', '*', '\\', '1', '10.0.0.1');
const leaf = fc.oneof(word, fc.double({ noNaN: true }), fc.boolean(), fc.constant(null));
const wordOrWords = fc.oneof(word, fc.array(word, { minLength: 1, maxLength: 3 }));
const condition = fc.oneof(
  leaf,
  fc.record({ prefix: word }),
  fc.record({ suffix: word }),
  fc.record({ 'equals-ignore-case': word }),
  fc.record({ exists: fc.boolean() }),
  fc.record({ cidr: fc.constantFrom('10.0.0.0/8', '::/0') }),
  fc.record({ 'anything-but': wordOrWords }),
  fc.record({ 'anything-but': fc.record({ prefix: word }) }),
  fc.record({
    numeric: fc.tuple(fc.constantFrom('=', '<', '<=', '>', '>='), fc.integer({ min: -5, max: 5 })),
  }),
  fc.record({ numeric: fc.constant(['>', -1, '<=', 3]) }),
);
const field = fc.array(condition, { minLength: 1, maxLength: 3 });
const flatPolicy = fc.dictionary(key, field, { minKeys: 1, maxKeys: 4, noNullPrototype: true });
const nestedPolicy = fc.letrec<{ policy: object }>((tie) => ({
  policy: fc.dictionary(key, fc.oneof({ maxDepth: 2 }, field, tie('policy')), {
    minKeys: 1,
    maxKeys: 3,
    noNullPrototype: true,
  }),
})).policy;
const body = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    leaf,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(key, tie('value'), { maxKeys: 4, noNullPrototype: true }),
  ),
})).value;
const attribute = fc.record({
  DataType: fc.constantFrom('String', 'Number', 'String.Array', 'Number.int', 'Binary', 'String.x'),
  StringValue: fc.oneof(
    word,
    fc.array(leaf).map((list) => JSON.stringify(list)),
  ),
});
const attributes = fc.dictionary(key, attribute, { maxKeys: 4, noNullPrototype: true });
const scope = fc.constantFrom<FilterPolicyScope>('MessageAttributes', 'MessageBody');

/** The compiled policy, or undefined where SNS would refuse it; anything else that is thrown fails the property. */
function compile(policy: unknown, on: FilterPolicyScope) {
  try {
    return parseFilterPolicy(typeof policy === 'string' ? policy : JSON.stringify(policy), on);
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidFilterPolicy);
    return undefined;
  }
}

function bodyMatches(policy: unknown, value: unknown): boolean | undefined {
  const compiled = compile(policy, 'MessageBody');
  return (
    compiled && matchFilterPolicy(compiled, { attributes: {}, body: JSON.stringify(value) }).matched
  );
}

describe('filter policies', () => {
  it('are compiled or refused, whatever the text', () => {
    const text = fc.oneof(
      fc.string(),
      fc.json(),
      nestedPolicy.map((policy) => JSON.stringify(policy).slice(0, -1)),
    );
    fc.assert(fc.property(text, scope, (source, on) => void compile(source, on)));
  });

  it('answer any message without throwing, and always the same', () => {
    fc.assert(
      fc.property(
        nestedPolicy,
        scope,
        attributes,
        fc.oneof(fc.string(), fc.json()),
        (policy, on, given, text) => {
          const compiled = compile(policy, on);
          if (compiled === undefined) return;
          const first = matchFilterPolicy(compiled, { attributes: given, body: text });
          expect(matchFilterPolicy(compiled, { attributes: given, body: text })).toEqual(first);
          if (!first.matched) expect(JSON.parse(first.clause)).toBeTypeOf('object');
        },
      ),
    );
  });

  it('$or is the disjunction of its alternatives', () => {
    fc.assert(
      fc.property(flatPolicy, flatPolicy, body, (left, right, value) => {
        if ('$or' in left || '$or' in right) return;
        const one = bodyMatches(left, value);
        const other = bodyMatches(right, value);
        const either = bodyMatches({ $or: [left, right] }, value);
        if (one === undefined || other === undefined || either === undefined) return;
        expect(either).toBe(one || other);
      }),
    );
  });

  it('separate keys are a conjunction', () => {
    fc.assert(
      fc.property(field, field, body, (left, right, value) => {
        const both = bodyMatches({ a: left, b: right }, value);
        if (both === undefined) return;
        expect(both).toBe(
          bodyMatches({ a: left }, value) === true && bodyMatches({ b: right }, value) === true,
        );
      }),
    );
  });

  it('more conditions in a list never take a match away', () => {
    fc.assert(
      fc.property(field, condition, body, (conditions, more, value) => {
        const fewer = bodyMatches({ a: conditions }, { a: value });
        const wider = bodyMatches({ a: [...conditions, more] }, { a: value });
        if (fewer === true && wider !== undefined) expect(wider).toBe(true);
      }),
    );
  });

  it('anything-but is the opposite of the same condition on a single string', () => {
    fc.assert(
      fc.property(word, fc.oneof(word, fc.string()), (pattern, value) => {
        const positive = bodyMatches({ a: [{ prefix: pattern }] }, { a: value });
        const negative = bodyMatches(
          { a: [{ 'anything-but': { prefix: pattern } }] },
          { a: value },
        );
        if (positive !== undefined && negative !== undefined) expect(negative).toBe(!positive);
      }),
    );
  });

  it('attributes and body agree on plain strings and numbers', () => {
    const value = fc.oneof(fc.constantFrom('', 'a', 'ab', 'B'), fc.integer({ min: -9, max: 9 }));
    fc.assert(
      fc.property(flatPolicy, value, (policy, given) => {
        const onAttributes = compile(policy, 'MessageAttributes');
        if (onAttributes === undefined) return;
        const DataType = typeof given === 'number' ? 'Number' : 'String';
        const message = { attributes: { a: { DataType, StringValue: String(given) } }, body: '' };
        expect(matchFilterPolicy(onAttributes, message).matched).toBe(
          bodyMatches(policy, { a: given }),
        );
      }),
    );
  });
});
