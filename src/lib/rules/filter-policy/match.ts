import type { FieldRule, Rule } from './compile.ts';
import type { Leaf } from './leaf.ts';

type Json = Leaf | Json[] | { [key: string]: Json };
type JsonObject = { [key: string]: Json };

/** Where a message said no: undefined when all rules hold, else the rule that doesn't. */
export type Failure = Rule | undefined;

const NOTHING: JsonObject = {};

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

function own(object: JsonObject, key: string): Json | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

/** Whether the path leads to a leaf, through any object of the arrays on its way; only leaves exist for `exists`. */
function hasLeafAt(value: Json | undefined, keys: readonly string[], depth: number): boolean {
  if (Array.isArray(value)) return value.some((item) => hasLeafAt(item, keys, depth));
  const key = keys[depth];
  if (key === undefined) return value !== undefined && !isObject(value);
  return isObject(value) && hasLeafAt(own(value, key), keys, depth + 1);
}

/** Whether a rule holds for one object of the body; `root` is the whole body, which `exists: false` looks at. */
function holdsIn(rule: Rule, object: JsonObject, root: JsonObject): boolean {
  switch (rule.kind) {
    case 'field':
      return (
        holdsForAny(rule, own(object, rule.key)) || (rule.absent && !hasLeafAt(root, rule.keys, 0))
      );
    case 'nested': {
      const holds = (each: JsonObject) => rule.rules.every((inner) => holdsIn(inner, each, root));
      return objectsOf(own(object, rule.key)).some(holds);
    }
    case 'or':
      return rule.alternatives.some((rules) => rules.every((each) => holdsIn(each, object, root)));
  }
}

/** The objects among which one must satisfy all rules of a nested policy; an empty one stands for a missing parent. */
function objectsOf(value: Json | undefined): JsonObject[] {
  if (isObject(value)) return [value];
  const found = Array.isArray(value) ? value.flatMap(flatObjects) : [];
  return found.length > 0 ? found : [NOTHING];
}

function flatObjects(value: Json): JsonObject[] {
  if (Array.isArray(value)) return value.flatMap(flatObjects);
  return isObject(value) ? [value] : [];
}

/** Follows a failure down to the field that caused it: the first that no object satisfies, else the whole rule. */
function innermost(rule: Rule, object: JsonObject, root: JsonObject): Rule {
  if (rule.kind !== 'nested') return rule;
  const objects = objectsOf(own(object, rule.key));
  const failed = rule.rules.find((inner) => !objects.some((each) => holdsIn(inner, each, root)));
  return failed === undefined ? rule : innermost(failed, objects[0] ?? NOTHING, root);
}

function hasAnyLeaf(value: Json): boolean {
  if (Array.isArray(value)) return value.some(hasAnyLeaf);
  return isObject(value) ? Object.values(value).some(hasAnyLeaf) : true;
}

/** A compiled policy on bodies. */
interface BodyRules {
  readonly rules: readonly Rule[];
  readonly joint: readonly Rule[];
}

/**
 * Every rule of a policy that a body fails, each followed down to its cause. Empty where the body matches. Slower than
 * the first one alone, which is what a delivery needs.
 */
export function* failuresInBody({ rules, joint }: BodyRules, body: unknown): Generator<Rule> {
  const value = body as Json | undefined;
  if (!isObject(value) || !hasAnyLeaf(value)) {
    for (const rule of rules) yield innermost(rule, NOTHING, NOTHING);
    return;
  }
  let failed = false;
  for (const rule of rules) {
    if (holdsIn(rule, value, value)) continue;
    failed = true;
    yield innermost(rule, value, value);
  }
  // These say the same once more, of one object at a time.
  if (!failed) yield* joint.filter((rule) => !holdsIn(rule, value, value));
}

/** Matches a body that was read as JSON. A body without any leaf, or that is no object, never matches. */
export function firstFailureInBody({ rules, joint }: BodyRules, body: unknown): Failure {
  const value = body as Json | undefined;
  const [first] = rules;
  if (!isObject(value) || !hasAnyLeaf(value)) return first && innermost(first, NOTHING, NOTHING);
  const failed = rules.find((rule) => !holdsIn(rule, value, value));
  if (failed !== undefined) return innermost(failed, value, value);
  return joint.find((rule) => !holdsIn(rule, value, value));
}
