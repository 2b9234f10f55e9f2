import { readFilterable } from './body.ts';
import type { Rule } from './compile.ts';
import type { Leaf } from './leaf.ts';
import type { Failure } from './match.ts';
import { readNumber } from './numbers.ts';
import { holdsForLeaf } from './together.ts';

/** Message attributes as SNS hands them over; binary values take no part in filtering. */
export type FilterableAttributes = Readonly<
  Record<string, { DataType: string; StringValue?: string }>
>;

/**
 * SNS compares a string attribute in the form that JSON writes it in: a policy has to escape quotes and backslashes
 * twice to match them ("Filter policy constraints in Amazon SNS", attribute-based filtering).
 */
function escaped(leaf: Leaf): Leaf {
  return typeof leaf === 'string' && /["\\]/.test(leaf) ? leaf.replace(/["\\]/g, '\\$&') : leaf;
}

/** The values of an array's text; undefined where it is none. */
export function arrayLeaves(text: string): Leaf[] | undefined {
  const value = readFilterable(text);
  return Array.isArray(value)
    ? value.filter((item): item is Leaf => item === null || typeof item !== 'object')
    : undefined;
}

/** The values that a policy sees of one attribute; undefined when the attribute takes no part. */
function leavesOf(attribute: FilterableAttributes[string] | undefined): Leaf[] | undefined {
  const text = attribute?.StringValue;
  if (attribute === undefined || text === undefined) return undefined;
  const type = attribute.DataType;
  if (type === 'String') return [escaped(text)];
  if (type.startsWith('String.Array') || type.startsWith('Number.Array'))
    return (arrayLeaves(text) ?? []).map(escaped);
  if (type.startsWith('Number')) {
    const value = readNumber(text);
    return value === undefined ? undefined : [value];
  }
  return type.startsWith('String') ? [escaped(text)] : undefined;
}

function holds(rule: Rule, attributes: FilterableAttributes): boolean {
  switch (rule.kind) {
    case 'field': {
      const leaves = Object.hasOwn(attributes, rule.path)
        ? leavesOf(attributes[rule.path])
        : undefined;
      if (leaves === undefined) return rule.absent;
      for (const leaf of leaves) if (holdsForLeaf(rule, leaf)) return true;
      return false;
    }
    case 'or':
      return rule.alternatives.some((rules) => rules.every((each) => holds(each, attributes)));
    case 'nested':
    case 'joint':
      return false;
  }
}

/** Whether a message has any attribute that a policy sees. */
export function hasFilterableAttribute(attributes: FilterableAttributes): boolean {
  for (const name in attributes) if (leavesOf(attributes[name]) !== undefined) return true;
  return false;
}

/**
 * Every rule that a message's attributes fail; all of them where it has none. Empty where they match. Slower than the
 * first one alone, which is what a delivery needs.
 */
export function* failuresInAttributes(
  rules: readonly Rule[],
  attributes: FilterableAttributes,
): Generator<Rule> {
  let failed = false;
  for (const rule of rules) {
    if (holds(rule, attributes)) continue;
    failed = true;
    yield rule;
  }
  if (!failed && !hasFilterableAttribute(attributes)) yield* rules;
}

/** Matches a message's attributes. A message without attributes never matches ("Key matching in Amazon SNS"). */
export function firstFailureInAttributes(
  rules: readonly Rule[],
  attributes: FilterableAttributes,
): Failure {
  for (const rule of rules) if (!holds(rule, attributes)) return rule;
  return hasFilterableAttribute(attributes) ? undefined : rules[0];
}
