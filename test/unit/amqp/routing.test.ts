import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchesKey, type Routing, routingOf } from '../../../src/lib/amqp/routing.ts';
import {
  type FilterableAttributes,
  matchFilterPolicy,
  parseFilterPolicy,
} from '../../../src/lib/rules/filter-policy/index.ts';

/** What a topic exchange does ("AMQP 0-9-1 specification", 3.1.3.3): an empty key has no words. */
function routes(binding: string, key: string): boolean {
  const words = (text: string): string[] => (text === '' ? [] : text.split('.'));
  const match = (pattern: readonly string[], left: readonly string[]): boolean => {
    const [first, ...rest] = pattern;
    if (first === undefined) return left.length === 0;
    if (first === '#')
      return match(rest, left) || (left.length > 0 && match(pattern, left.slice(1)));
    const [word, ...others] = left;
    return word !== undefined && (first === '*' || first === word) && match(rest, others);
  };
  return match(words(binding), words(key));
}

const routing = (
  policy: unknown,
  scope: 'MessageAttributes' | 'MessageBody' = 'MessageAttributes',
): Routing =>
  routingOf({
    filterPolicy: policy === undefined ? undefined : JSON.stringify(policy),
    filterPolicyScope: scope,
  });

/** Words that meet often, wildcards and empty ones among them. */
const text = fc
  .array(fc.constantFrom('a', 'b', 'order', 'or', '*', '#', ''), { minLength: 1, maxLength: 4 })
  .map((words) => words.join('.'));
const filled = text.filter((each) => each !== '');
const rule = fc.oneof(
  filled,
  filled.map((prefix) => ({ prefix })),
  fc.boolean().map((exists) => ({ exists })),
);

describe('bindings of a filter', () => {
  it('lead to a queue what the filter lets through, and nothing else', () => {
    let bound = 0;
    fc.assert(
      fc.property(
        fc.array(rule, { minLength: 1, maxLength: 3 }),
        fc.option(filled, { nil: undefined }),
        (rules, type) => {
          const policy = { event_type: rules };
          const { keys } = routing(policy);
          if (keys === undefined) return;
          bound += 1;
          const compiled = parseFilterPolicy(JSON.stringify(policy), 'MessageAttributes');
          const attributes: FilterableAttributes =
            type === undefined ? {} : { event_type: { DataType: 'String', StringValue: type } };
          const { matched } = matchFilterPolicy(compiled, { attributes, body: '{}' });
          expect(keys.some((key) => routes(key, type ?? ''))).toBe(matched);
        },
      ),
      { numRuns: 5000 },
    );
    expect(bound).toBeGreaterThan(500);
  });

  it.each([
    [undefined, ['#']],
    [{}, ['#']],
    [{ event_type: ['b', 'a', 'b'] }, ['a', 'b']],
    [{ event_type: [{ prefix: 'order.' }] }, ['order.*.#']],
    [{ event_type: [{ exists: true }] }, ['*.#']],
    [{ event_type: ['a*'] }, ['a*']],
    [{ event_type: ['x'.repeat(255)] }, ['x'.repeat(255)]],
    [{ event_type: [{ prefix: `${'x'.repeat(251)}.` }] }, [`${'x'.repeat(251)}.*.#`]],
  ])('of %j are %j', (policy, keys) => {
    expect(routing(policy)).toEqual({ keys });
  });

  it.each([
    { currency: ['EUR'] },
    { event_type: ['a'], currency: ['EUR'] },
    { $or: [{ event_type: ['a'] }, { event_type: ['b'] }] },
    { event_type: [{ prefix: 'order' }] },
    { event_type: [{ suffix: '.created' }] },
    { event_type: [{ wildcard: 'order.*' }] },
    { event_type: [{ 'anything-but': ['a'] }] },
    { event_type: [{ 'equals-ignore-case': 'A' }] },
    { event_type: [{ numeric: ['=', 1] }] },
    { event_type: [{ exists: false }] },
    { event_type: [null] },
    { event_type: [5] },
    { event_type: ['a', '*'] },
    { event_type: ['a.#'] },
    { event_type: ['a"b'] },
    { event_type: [{ prefix: 'a\\b.' }] },
    { event_type: [{ prefix: '#.' }] },
    { event_type: ['x'.repeat(256)] },
    { event_type: [{ prefix: `${'x'.repeat(252)}.` }] },
  ])('there are none of %j', (policy) => {
    expect(routing(policy)).toEqual({ keys: undefined, why: expect.any(String) });
  });

  it('there are none of a filter that looks into the body', () => {
    expect(routing({ event_type: ['a'] }, 'MessageBody').keys).toBeUndefined();
  });

  it('knows what an exchange takes', () => {
    fc.assert(
      fc.property(text, text, (binding, key) => {
        expect(matchesKey(binding, key)).toBe(routes(binding, key));
      }),
    );
  });
});
