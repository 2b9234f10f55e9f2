import type { JsonArray, JsonEntry, JsonNode, JsonObject } from '../text/json-text.ts';
import { type Condition, compileCondition, MATCH_TYPES } from './condition.ts';
import type { Leaf, Test } from './leaf.ts';
import { startsAfter } from './operand.ts';
import { refusalAt } from './refusal.ts';

/** A leaf of a policy: the conditions on one field, of which one must hold. */
export interface FieldRule {
  readonly kind: 'field';
  /** The keys from the policy's root down to this one, joined by dots. */
  readonly path: string;
  /** The conditions as the policy writes them. */
  readonly conditions: string;
  /** How many conditions there are. */
  readonly size: number;
  /** Plain strings, booleans and null among the conditions. */
  readonly values: ReadonlySet<Leaf>;
  readonly tests: readonly Test[];
  /** `exists: true` is among the conditions. */
  readonly present: boolean;
  /** `exists: false` is among the conditions. */
  readonly absent: boolean;
}

/** A nested object of a policy: all its rules must hold for one and the same object of the message. */
export interface NestedRule {
  readonly kind: 'nested';
  readonly path: string;
  readonly conditions: string;
  readonly rules: readonly Rule[];
}

/** `$or`: one of the alternatives must hold. */
export interface OrRule {
  readonly kind: 'or';
  readonly path: string;
  readonly conditions: string;
  readonly alternatives: readonly (readonly Rule[])[];
}

/** A whole policy whose rules may look into the same array, and then must hold for the same element of it. */
export interface JointRule {
  readonly kind: 'joint';
  readonly path: '';
  readonly conditions: string;
  readonly rules: readonly Rule[];
}

export type Rule = FieldRule | NestedRule | OrRule | JointRule;

/** A part of a policy without the whitespace between its tokens. */
export function compactText(node: JsonNode, text: string): string {
  return text.slice(node.start, node.end).replace(/("(?:[^"\\]|\\.)*")|\s+/g, '$1');
}

function fieldRule(path: string, list: JsonArray, text: string): FieldRule {
  const conditions: Condition[] = list.items.map((item) => compileCondition(item, text));
  if (conditions.length === 0) throw refusalAt('Empty arrays are not allowed', text, list.end);
  return {
    kind: 'field',
    path,
    conditions: compactText(list, text),
    size: conditions.length,
    values: new Set(conditions.flatMap((each) => (each.kind === 'value' ? [each.value] : []))),
    tests: conditions.flatMap((each) => (each.kind === 'test' ? [each.test] : [])),
    present: conditions.some((each) => each.kind === 'present'),
    absent: conditions.some((each) => each.kind === 'absent'),
  };
}

/**
 * `$or` counts as the operator only with two objects or more, none of which uses a match type as a field name;
 * otherwise it is a field's name like any other ("OR operator", SNS Developer Guide).
 */
function alternativesOf(entry: JsonEntry): JsonObject[] | undefined {
  if (entry.key !== '$or' || entry.value.kind !== 'array') return undefined;
  const objects = entry.value.items.filter((item): item is JsonObject => item.kind === 'object');
  if (objects.length < 2 || objects.length !== entry.value.items.length) return undefined;
  const reserved = objects.some((each) => each.entries.some(({ key }) => MATCH_TYPES.has(key)));
  return reserved ? undefined : objects;
}

function compileEntry(entry: JsonEntry, parent: string, text: string): Rule {
  const { key, value } = entry;
  const path = parent === '' ? key : `${parent}.${key}`;
  const alternatives = alternativesOf(entry);
  if (alternatives !== undefined) {
    return {
      kind: 'or',
      path,
      conditions: compactText(value, text),
      alternatives: alternatives.map((each) => compileObject(each, parent, text)),
    };
  }
  if (value.kind === 'array') return fieldRule(path, value, text);
  if (value.kind === 'object') {
    const rules = compileObject(value, path, text);
    return { kind: 'nested', path, conditions: compactText(value, text), rules };
  }
  throw refusalAt(`"${key}" must be an object or an array`, text, startsAfter(value));
}

/**
 * Compiles an object of a policy; of a repeated key the last one counts.
 *
 * @throws InvalidFilterPolicy with AWS's wording and place
 */
function compileObject(node: JsonObject, parent: string, text: string): Rule[] {
  if (node.entries.length === 0) {
    throw refusalAt('Empty objects are not allowed', text, node.end);
  }
  const rules = node.entries.map(
    (entry) => [entry.key, compileEntry(entry, parent, text)] as const,
  );
  return [...new Map(rules).values()];
}

/** The policy's root, which must be an object. */
export function compileRoot(node: JsonNode, text: string): Rule[] {
  if (node.kind !== 'object') throw refusalAt('Filter is not an object', text, startsAfter(node));
  return compileObject(node, '', text);
}
