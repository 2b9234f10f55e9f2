import type { FieldRule, Rule } from './compile.ts';
import type { Leaf } from './leaf.ts';

type Json = Leaf | Json[] | { [key: string]: Json };
type JsonObject = { [key: string]: Json };

/** Where a message said no: undefined when all rules hold, else the first rule that doesn't. */
export type Failure = Rule | undefined;

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether one value satisfies one of a field's conditions. */
export function holdsForLeaf(rule: FieldRule, value: Leaf): boolean {
  if (rule.values.has(value)) return true;
  if (rule.present && value !== null && value !== '') return true;
  for (const test of rule.tests) if (test(value)) return true;
  return false;
}

/** Whether any leaf of a value, through arrays at any depth, satisfies the field. */
function holdsForAny(rule: FieldRule, value: Json | undefined): boolean {
  if (Array.isArray(value)) return value.some((item) => holdsForAny(rule, item));
  return value !== undefined && !isObject(value) && holdsForLeaf(rule, value);
}

/** Whether the value holds a leaf: only leaves exist for `exists`. */
function hasLeaf(value: Json | undefined): boolean {
  if (Array.isArray(value)) return value.some(hasLeaf);
  return value !== undefined && !isObject(value);
}

function own(object: JsonObject, key: string): Json | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

function holdsIn(rule: Rule, object: JsonObject): boolean {
  switch (rule.kind) {
    case 'field': {
      const value = own(object, rule.key);
      return holdsForAny(rule, value) || (rule.absent && !hasLeaf(value));
    }
    case 'nested':
      return holdsForSome(rule.rules, own(object, rule.key));
    case 'or':
      return rule.alternatives.some((rules) => rules.every((each) => holdsIn(each, object)));
  }
}

/** Whether all rules hold for the object, or for one and the same object of an array. */
function holdsForSome(rules: readonly Rule[], value: Json | undefined): boolean {
  if (Array.isArray(value)) return value.some((item) => holdsForSome(rules, item));
  // Where the parent is missing, so are its fields: `exists: false` holds.
  const object = isObject(value) ? value : {};
  return rules.every((rule) => holdsIn(rule, object));
}

/** Matches a body that was read as JSON. A body without any leaf, or that is no object, never matches. */
export function firstFailureInBody(rules: readonly Rule[], body: unknown): Failure {
  const value = body as Json | undefined;
  if (!isObject(value) || !Object.values(value).some(hasAnyLeaf)) return rules[0];
  return rules.find((rule) => !holdsIn(rule, value));
}

function hasAnyLeaf(value: Json): boolean {
  if (Array.isArray(value)) return value.some(hasAnyLeaf);
  return isObject(value) ? Object.values(value).some(hasAnyLeaf) : true;
}
