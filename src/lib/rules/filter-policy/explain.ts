import { failuresInAttributes, hasFilterableAttribute } from './attributes.ts';
import { type Body, readFilterable } from './body.ts';
import type { FieldRule, Rule } from './compile.ts';
import { describeConditions } from './condition-words.ts';
import { clauseOf, type FilterableMessage, type FilterPolicy, filterableBody } from './index.ts';
import { failuresInBody } from './match.ts';
import { type FieldValue, fieldValue, shownLeaves } from './message-values.ts';
import { typeHint } from './type-hint.ts';

/** Why one clause of a policy lets a message not pass. */
export interface FilterReason {
  /** The clause as JSON with its dotted path, as `matchFilterPolicy` names it. */
  readonly clause: string;
  /** One sentence: what the message has, and what the policy wants. */
  readonly words: string;
  /** What may have been meant; undefined where nothing suggests itself. */
  readonly hint: string | undefined;
}

/** Whether a message passes a policy; if not, every clause that says no. */
export type FilterExplanation =
  | { readonly matched: true }
  | { readonly matched: false; readonly reasons: readonly FilterReason[] };

/** What a clause is held against. */
interface Look {
  readonly policy: FilterPolicy;
  readonly message: FilterableMessage;
  readonly body: Body;
}

/** Like `matchFilterPolicy`, by the same rules, with every failing clause in words. Never throws. */
export function explainFilterPolicy(
  policy: FilterPolicy,
  message: FilterableMessage,
): FilterExplanation {
  const look = { policy, message, body: filterableBody(message) };
  const failures = [...failuresOf(look, policy.rules, policy.joint)];
  if (failures.length === 0) return { matched: true };
  return { matched: false, reasons: failures.map((rule) => reasonOf(look, rule)) };
}

function failuresOf(
  { policy, message, body }: Look,
  rules: readonly Rule[],
  joint?: Rule,
): Iterable<Rule> {
  return policy.scope === 'MessageBody'
    ? failuresInBody({ rules, joint }, body)
    : failuresInAttributes(rules, message.attributes);
}

function reasonOf(look: Look, rule: Rule): FilterReason {
  const clause = clauseOf(rule);
  switch (rule.kind) {
    case 'field': {
      const value = fieldValue(look.policy.scope, look.message, look.body, rule.path);
      return { clause, words: fieldWords(look, rule, value), hint: fieldHint(look, rule, value) };
    }
    case 'joint':
      return {
        clause,
        words:
          'The parts of the policy hold one by one, but not for one and the same element of an array.',
        hint: undefined,
      };
    case 'nested':
      return {
        clause,
        words: `No single element of ${rule.path} meets all that the policy wants of it.`,
        hint: undefined,
      };
    case 'or':
      return { clause, words: alternativesWords(look, rule), hint: undefined };
  }
}

function fieldWords({ policy }: Look, rule: FieldRule, value: FieldValue): string {
  const wanted = describeConditions(conditionsOf(rule));
  const inBody = policy.scope === 'MessageBody';
  switch (value.kind) {
    case 'no body':
      return `The body is not a JSON object; the policy wants ${rule.path} in it: ${wanted}.`;
    case 'missing':
      return inBody
        ? `The body has no ${rule.path}; the policy wants ${wanted}.`
        : `There is no attribute ${rule.path}; the policy wants ${wanted}.`;
    case 'unusable':
      return `The attribute ${rule.path} ${value.problem}; the policy wants ${wanted}.`;
    case 'leaves':
      return `${rule.path} is ${shownLeaves(value)}; the policy wants ${wanted}.`;
  }
}

function conditionsOf({ conditions }: FieldRule): readonly unknown[] {
  const list = readFilterable(conditions);
  return Array.isArray(list) ? list : [];
}

function fieldHint(look: Look, rule: FieldRule, value: FieldValue): string | undefined {
  const { policy, message, body } = look;
  const inBody = policy.scope === 'MessageBody';
  if (value.kind === 'leaves') return typeHint(rule, value);
  if (value.kind === 'missing' && !rule.absent) {
    const other = inBody ? 'MessageAttributes' : 'MessageBody';
    const elsewhere = fieldValue(other, message, body, rule.path);
    if (elsewhere.kind === 'leaves') return scopeHint(inBody, rule.path, shownLeaves(elsewhere));
  }
  if (!inBody && !hasFilterableAttribute(message.attributes)) {
    return 'A message without attributes passes no policy on attributes.';
  }
  if (inBody && value.kind === 'missing' && rule.absent) {
    return 'A body without any value passes no policy.';
  }
  return undefined;
}

function scopeHint(inBody: boolean, path: string, shown: string): string {
  return inBody
    ? `There is an attribute ${path} (${shown}), but this policy looks at the body (scope MessageBody).`
    : `The body has ${path} (${shown}), but this policy looks at attributes: publish it as one, or use the scope MessageBody.`;
}

function alternativesWords(look: Look, rule: Extract<Rule, { kind: 'or' }>): string {
  const count = rule.alternatives.length;
  // Below the root the alternatives belong to an object that would have to be found again.
  if (!look.policy.rules.includes(rule))
    return `None of the ${count} alternatives of ${rule.path} holds.`;
  const each = rule.alternatives.map((rules, index) => {
    const [first] = failuresOf(look, rules);
    return `(${index + 1}) ${first ? reasonOf(look, first).words : 'it would hold alone.'}`;
  });
  return `None of the ${count} alternatives holds: ${each.join(' ')}`;
}
