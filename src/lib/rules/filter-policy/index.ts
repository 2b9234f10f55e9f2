import { type JsonNode, JsonTextError, readJson } from '../text/json-text.ts';
import { type FilterableAttributes, firstFailureInAttributes } from './attributes.ts';
import { compileRoot, type Rule } from './compile.ts';
import { checkComplexity, MAX_FILTER_POLICY_BYTES, refuseNesting } from './limits.ts';
import { firstFailureInBody } from './match.ts';
import { InvalidFilterPolicy, refusalAt } from './refusal.ts';
import type { FilterPolicyScope } from './scope.ts';

import { withAlternativesInside } from './shared-arrays.ts';

export type { FilterableAttributes } from './attributes.ts';
export { InvalidFilterPolicy } from './refusal.ts';
export type { FilterPolicyScope } from './scope.ts';

/** A policy that was checked and compiled; every message can be matched against it without parsing it again. */
export interface FilterPolicy {
  readonly scope: FilterPolicyScope;
  readonly rules: readonly Rule[];
  /** What must hold as well where a `$or` and its neighbours look into one array of the body. */
  readonly joint: readonly Rule[];
}

export interface FilterableMessage {
  readonly attributes: FilterableAttributes;
  readonly body: string;
}

/**
 * Whether a message passes; if not, `clause` is the first condition that failed, as JSON with its dotted path:
 * `{"order.status":["shipped"]}`.
 */
export type FilterResult = { matched: true } | { matched: false; clause: string };

function read(text: string): JsonNode {
  try {
    return readJson(text);
  } catch (error) {
    if (error instanceof JsonTextError) {
      throw refusalAt(`failed to parse JSON. ${error.message}`, text, error.offset);
    }
    throw error;
  }
}

/**
 * Checks and compiles the JSON text of a `FilterPolicy` ("Amazon SNS subscription filter policies"). `{}` filters
 * nothing, which is how SNS takes a policy off.
 *
 * @throws InvalidFilterPolicy whose message is what AWS writes after `Invalid parameter: FilterPolicy: `
 */
export function parseFilterPolicy(text: string, scope: FilterPolicyScope): FilterPolicy {
  if (new TextEncoder().encode(text).length > MAX_FILTER_POLICY_BYTES) {
    throw new InvalidFilterPolicy('Filter policy is too large');
  }
  const root = read(text);
  if (root.kind === 'object' && root.entries.length === 0) return { scope, rules: [], joint: [] };
  const rules = compileRoot(root, text);
  if (scope === 'MessageAttributes') refuseNesting(rules);
  checkComplexity(rules);
  const joint = scope === 'MessageBody' ? (withAlternativesInside(rules) ?? []) : [];
  return { scope, rules, joint };
}

const MATCHED: FilterResult = { matched: true };
const bodies = new WeakMap<FilterableMessage, { value: unknown }>();

/** The body as JSON, read once for a message however many subscriptions look at it; undefined where it is none. */
export function filterableBody(message: FilterableMessage): unknown {
  let read = bodies.get(message);
  if (read === undefined) {
    read = { value: undefined };
    try {
      read.value = JSON.parse(message.body);
    } catch {
      // A body that is no JSON matches no policy.
    }
    bodies.set(message, read);
  }
  return read.value;
}

/** A rule as JSON with its dotted path. */
export function clauseOf({ path, conditions }: Rule): string {
  return `{${JSON.stringify(path)}:${conditions}}`;
}

/**
 * Matches one message. Pure, and never throws: a body that is no JSON object simply doesn't match. Pass the same
 * message object for every subscription of a topic, so that its body is read only once.
 */
export function matchFilterPolicy(policy: FilterPolicy, message: FilterableMessage): FilterResult {
  if (policy.rules.length === 0) return MATCHED;
  const failure =
    policy.scope === 'MessageBody'
      ? firstFailureInBody(policy, filterableBody(message))
      : firstFailureInAttributes(policy.rules, message.attributes);
  return failure === undefined ? MATCHED : { matched: false, clause: clauseOf(failure) };
}
