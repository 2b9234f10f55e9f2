import type { NestedRule, OrRule, Rule } from './compile.ts';

function isOr(rule: Rule): rule is OrRule {
  return rule.kind === 'or';
}

function nestedKeys(rules: readonly Rule[]): string[] {
  return rules.flatMap((rule) => (rule.kind === 'nested' ? [rule.key] : []));
}

/** Nested rules of one key become one, so that they are held against the same object. */
function merge(rules: readonly Rule[]): Rule[] {
  const nested = new Map<string, NestedRule>();
  const merged: Rule[] = [];
  for (const rule of rules) {
    if (rule.kind !== 'nested') {
      merged.push(rule);
      continue;
    }
    const earlier = nested.get(rule.key);
    const inner = [...(earlier?.rules ?? []), ...rule.rules];
    nested.set(rule.key, { ...rule, rules: withAlternativesInside(inner) ?? merge(inner) });
  }
  return [...merged, ...nested.values()];
}

/** Every way to take one alternative of each `$or`. */
function choices(ors: readonly OrRule[]): Rule[][] {
  return ors.reduce<Rule[][]>(
    (soFar, { alternatives }) =>
      soFar.flatMap((chosen) => alternatives.map((rules) => [...chosen, ...rules])),
    [[]],
  );
}

/**
 * A policy and the alternatives of its `$or` can look into the same array: then they speak of one and the same object
 * of it. Such rules are written out, each alternative together with what stands beside the `$or`; undefined where
 * nothing is shared.
 */
export function withAlternativesInside(rules: readonly Rule[]): Rule[] | undefined {
  const ors = rules.filter(isOr);
  const [first] = ors;
  const beside = rules.filter((rule) => !isOr(rule));
  const inside = ors.map(({ alternatives }) => new Set(alternatives.flatMap(nestedKeys)));
  const all = [...nestedKeys(beside), ...inside.flatMap((keys) => [...keys])];
  if (first === undefined || new Set(all).size === all.length) return undefined;
  const alternatives = choices(ors).map((chosen) => merge([...beside, ...chosen]));
  return [{ ...first, alternatives }];
}
