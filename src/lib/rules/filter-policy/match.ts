import type { Body } from './body.ts';
import { clausesOf } from './clauses.ts';
import type { Rule } from './compile.ts';
import { clauseHolds } from './together.ts';

/** Where a message said no: undefined when all rules hold, else the rule that doesn't. */
export type Failure = Rule | undefined;

/** A compiled policy on bodies. */
interface BodyRules {
  readonly rules: readonly Rule[];
  /** The whole policy, where its rules may look into the same array; undefined where each stands for itself. */
  readonly joint: Rule | undefined;
}

function holds(rule: Rule, body: Body): boolean {
  return clausesOf(rule).some((clause) => clauseHolds(clause, body));
}

/** Follows a failure down to the field that caused it: the first that doesn't hold alone, else the whole rule. */
function innermost(rule: Rule, body: Body): Rule {
  if (rule.kind !== 'nested') return rule;
  const failed = rule.rules.find((inner) => !holds(inner, body));
  return failed === undefined ? rule : innermost(failed, body);
}

/**
 * Every rule of a policy that a body fails, each followed down to its cause. Empty where the body matches. Slower than
 * the first one alone, which is what a delivery needs.
 */
export function* failuresInBody({ rules, joint }: BodyRules, body: Body): Generator<Rule> {
  let failed = false;
  for (const rule of rules) {
    if (holds(rule, body)) continue;
    failed = true;
    yield innermost(rule, body);
  }
  // One by one they hold, and not for one element of an array.
  if (!failed && joint !== undefined && !holds(joint, body)) yield joint;
}

/** Matches a body. One without any leaf, or that is not an object, never matches. */
export function firstFailureInBody(policy: BodyRules, body: Body): Failure {
  const [first] = failuresInBody(policy, body);
  return first;
}
