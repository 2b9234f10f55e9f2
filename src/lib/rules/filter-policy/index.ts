import { type JsonNode, JsonTextError, readJson } from '../text/json-text.ts';
import { type FilterableAttributes, firstFailureInAttributes } from './attributes.ts';
import { Body } from './body.ts';
import { areLinked } from './clauses.ts';
import { compactText, compileRoot, type JointRule, type Rule } from './compile.ts';
import {
  checkComplexity,
  checkLinkedFields,
  MAX_FILTER_POLICY_BYTES,
  refuseNesting,
} from './limits.ts';
import { firstFailureInBody } from './match.ts';
import { InvalidFilterPolicy, placeInJson } from './refusal.ts';
import type { FilterPolicyScope } from './scope.ts';

export type { FilterableAttributes } from './attributes.ts';
export { InvalidFilterPolicy, NestedFilterPolicy } from './refusal.ts';
export type { FilterPolicyScope } from './scope.ts';

/** A policy that was checked and compiled; every message can be matched against it without parsing it again. */
export interface FilterPolicy {
  readonly scope: FilterPolicyScope;
  readonly rules: readonly Rule[];
  /** The whole policy, where its rules may look into the same array of a body; undefined where none of them do. */
  readonly joint: JointRule | undefined;
}

export interface FilterableMessage {
  readonly attributes: FilterableAttributes;
  readonly body: string;
}

/**
 * Whether a message passes; if not, `clause` is the first condition that failed, as JSON with its dotted path:
 * `{"payment.state":["captured"]}`.
 */
export type FilterResult = { matched: true } | { matched: false; clause: string };

function read(text: string): JsonNode {
  try {
    return readJson(text);
  } catch (error) {
    if (error instanceof JsonTextError) {
      const place = placeInJson(text, error.offset);
      throw new InvalidFilterPolicy(`failed to parse JSON. ${error.message}${place}`);
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
  if (root.kind === 'object' && root.entries.length === 0) {
    return { scope, rules: [], joint: undefined };
  }
  const rules = compileRoot(root, text);
  if (scope === 'MessageAttributes') refuseNesting(rules);
  checkComplexity(rules);
  return compiled(root, rules, text, scope);
}

/**
 * Checks and compiles the pattern of an event source mapping's filter, which is matched against records as a policy is
 * against bodies; SNS's bounds on keys and values don't hold for it ("Filter rule syntax", Lambda Developer Guide).
 *
 * @throws InvalidFilterPolicy
 */
export function parseEventPattern(text: string): FilterPolicy {
  const root = read(text);
  return compiled(root, compileRoot(root, text), text, 'MessageBody');
}

function compiled(
  root: JsonNode,
  rules: readonly Rule[],
  text: string,
  scope: FilterPolicyScope,
): FilterPolicy {
  if (scope === 'MessageAttributes' || !areLinked(rules)) {
    if (scope === 'MessageBody') checkLinkedFields(rules);
    return { scope, rules, joint: undefined };
  }
  const joint: JointRule = { kind: 'joint', path: '', conditions: compactText(root, text), rules };
  checkLinkedFields([joint]);
  return { scope, rules, joint };
}

const MATCHED: FilterResult = { matched: true };
const bodies = new WeakMap<FilterableMessage, Body>();

/** A message's body, read once however many subscriptions look at it. */
export function filterableBody(message: FilterableMessage): Body {
  let body = bodies.get(message);
  if (body === undefined) {
    body = new Body(message.body);
    bodies.set(message, body);
  }
  return body;
}

/** A rule as JSON with its dotted path. */
export function clauseOf({ kind, path, conditions }: Rule): string {
  if (kind === 'joint') return conditions;
  return `{${JSON.stringify(path)}:${conditions}}`;
}

/**
 * Matches one message. Pure, and never throws: a body that is not a JSON object simply doesn't match. Pass the same
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
