import { clausesOf } from './clauses.ts';
import type { Rule } from './compile.ts';
import { InvalidFilterPolicy, NestedFilterPolicy } from './refusal.ts';

/** Largest filter policy, in bytes of UTF-8 ("Filter policy constraints in Amazon SNS"). */
export const MAX_FILTER_POLICY_BYTES = 262_144;
/** Keys that a filter policy may have (same page); of a nested policy the top-level keys count. */
export const MAX_FILTER_POLICY_KEYS = 5;
/** Product of the numbers of values in a policy's lists (same page). */
export const MAX_FILTER_POLICY_COMBINATIONS = 150;

function product(rules: readonly Rule[], depth: number): number {
  return rules.reduce((total, rule) => total * combinations(rule, depth), 1);
}

/** Values of a list count times the depth they stand at; the alternatives of a `$or` add up. */
function combinations(rule: Rule, depth: number): number {
  switch (rule.kind) {
    case 'field':
      return rule.size * depth;
    case 'nested':
    case 'joint':
      return product(rule.rules, depth + 1);
    case 'or':
      return rule.alternatives.reduce((sum, rules) => sum + product(rules, depth), 0);
  }
}

/** @throws InvalidFilterPolicy when the policy has too many keys or combinations of values */
export function checkComplexity(rules: readonly Rule[]): void {
  if (rules.length > MAX_FILTER_POLICY_KEYS) {
    throw new InvalidFilterPolicy(
      `Filter policy can not have more than ${MAX_FILTER_POLICY_KEYS} keys`,
    );
  }
  if (product(rules, 1) > MAX_FILTER_POLICY_COMBINATIONS) {
    throw new InvalidFilterPolicy('Filter policy is too complex');
  }
}

/** Fields below one key that are matched together at most. Nested policies have at most 7: their values weigh more. */
const MAX_LINKED_FIELDS = 30;

/**
 * Refuses a policy on bodies with more dotted keys below one than the matcher follows. AWS names no such bound.
 *
 * @throws InvalidFilterPolicy
 */
export function checkLinkedFields(rules: readonly Rule[]): void {
  for (const rule of rules) {
    for (const clause of clausesOf(rule)) {
      if (clause.some((group) => group.length > MAX_LINKED_FIELDS)) {
        throw new InvalidFilterPolicy('Filter policy is too complex');
      }
    }
  }
}

/** @throws NestedFilterPolicy for a nested policy, which only message bodies have a use for */
export function refuseNesting(rules: readonly Rule[]): void {
  for (const rule of rules) {
    if (rule.kind === 'nested') {
      throw new NestedFilterPolicy();
    }
    if (rule.kind === 'or') rule.alternatives.forEach(refuseNesting);
  }
}
