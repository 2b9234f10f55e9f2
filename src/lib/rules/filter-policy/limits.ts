import type { Rule } from './compile.ts';
import { InvalidFilterPolicy } from './refusal.ts';

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

/** @throws InvalidFilterPolicy for a nested policy, which only message bodies have a use for */
export function refuseNesting(rules: readonly Rule[]): void {
  for (const rule of rules) {
    if (rule.kind === 'nested') {
      throw new InvalidFilterPolicy(
        'Filter policy scope MessageAttributes does not support nested filter policy',
      );
    }
    if (rule.kind === 'or') rule.alternatives.forEach(refuseNesting);
  }
}
