import type { FieldRule, Rule } from './compile.ts';

/**
 * One way through the alternatives of a policy: fields that must all hold. Those of a group begin with the same key
 * and so may look into the same array; groups are independent of each other.
 */
export type Clause = readonly (readonly FieldRule[])[];

const known = new WeakMap<Rule, readonly Clause[]>();

/** The ways in which a rule holds: at most as many as the policy has combinations of values. */
export function clausesOf(rule: Rule): readonly Clause[] {
  let clauses = known.get(rule);
  if (clauses === undefined) {
    clauses = ways([rule]).map(grouped);
    known.set(rule, clauses);
  }
  return clauses;
}

function ways(rules: readonly Rule[]): FieldRule[][] {
  let soFar: FieldRule[][] = [[]];
  for (const rule of rules) {
    const own = waysOf(rule);
    const [only] = own;
    if (own.length > 1 || only === undefined) {
      soFar = soFar.flatMap((fields) => own.map((more) => [...fields, ...more]));
    } else {
      for (const fields of soFar) for (const field of only) fields.push(field);
    }
  }
  return soFar;
}

function waysOf(rule: Rule): FieldRule[][] {
  switch (rule.kind) {
    case 'field':
      return [[rule]];
    case 'nested':
    case 'joint':
      return ways(rule.rules);
    case 'or':
      return rule.alternatives.flatMap(ways);
  }
}

function grouped(fields: readonly FieldRule[]): Clause {
  const groups = new Map<string, FieldRule[]>();
  for (const field of fields) {
    const first = firstKey(field.path);
    const group = groups.get(first);
    if (group === undefined) groups.set(first, [field]);
    else group.push(field);
  }
  return [...groups.values()];
}

function firstKey(path: string): string {
  const dot = path.indexOf('.');
  return dot < 0 ? path : path.slice(0, dot);
}

/** Whether rules may look into the same array, so that holding one by one isn't holding together. */
export function areLinked(rules: readonly Rule[]): boolean {
  const owners = new Map<string, Rule>();
  for (const rule of rules) {
    for (const clause of clausesOf(rule)) {
      for (const group of clause) {
        const first = firstKey(group[0]?.path ?? '');
        const owner = owners.get(first);
        if (owner !== undefined && owner !== rule) return true;
        owners.set(first, rule);
      }
    }
  }
  return false;
}
