import { type Body, DONE, follow, isObject, type Json } from './body.ts';
import type { Clause } from './clauses.ts';
import type { FieldRule } from './compile.ts';
import type { Leaf } from './leaf.ts';

/** Whether one value satisfies one of a field's conditions. */
export function holdsForLeaf(rule: FieldRule, value: Leaf): boolean {
  if (rule.values.has(value)) return true;
  if (rule.present && value !== null && value !== '') return true;
  for (const test of rule.tests) if (test(value)) return true;
  return false;
}

/** Whether any leaf of a value, through arrays at any depth, satisfies the field. */
function holdsForAny(rule: FieldRule, value: Json): boolean {
  if (Array.isArray(value)) return value.some((item) => holdsForAny(rule, item));
  return !isObject(value) && holdsForLeaf(rule, value);
}

/** Whether all fields of a clause hold for a body. Takes time in proportion to the body. */
export function clauseHolds(clause: Clause, body: Body): boolean {
  return clause.every((group) => groupHolds(group, body));
}

function groupHolds(group: readonly FieldRule[], body: Body): boolean {
  const { object } = body;
  if (object === undefined) return false;
  const [only] = group;
  if (group.length === 1 && only !== undefined && !only.path.includes('.')) {
    const value = Object.hasOwn(object, only.path) ? object[only.path] : undefined;
    if (value !== undefined && holdsForAny(only, value)) return true;
    return only.absent && !body.hasLeafAt(only.path);
  }
  let wanted = 0;
  group.forEach((field, index) => {
    if (!field.absent || body.hasLeafAt(field.path)) wanted |= 1 << index;
  });
  return togetherIn(object, 0, { open: wanted, ended: 0 }, group).includes(wanted);
}

/**
 * The sets of fields that hold together, as bit masks, without those that are part of another. All fields that look
 * into one array must hold for one and the same element of it, where that is an object or an array itself; values
 * directly in an array go with all of its elements ("array consistency" in AWS's Event Ruler). So the sets of such
 * elements stay apart, while those of an object's keys add up.
 */
type Family = readonly number[];

const NONE: Family = [0];
/** Sets that are followed at most. Nested policies have at most 35: AWS's bound on combinations keeps them small. */
const MOST_SETS = 64;

/** The fields that look at one value, as bit masks. */
interface Looking {
  /** Those whose paths go on below it. */
  readonly open: number;
  /** Those whose paths end with it. */
  readonly ended: number;
}

/** @param at how many characters of the open paths lead to this value */
function togetherIn(
  value: Json,
  at: number,
  looking: Looking,
  group: readonly FieldRule[],
): Family {
  if (Array.isArray(value)) return togetherInElements(value, at, looking, group);
  if (!isObject(value)) return familyOf(heldFor(value, looking.ended, group));
  let family = NONE;
  if (looking.open === 0) return family;
  for (const key in value) {
    const child = value[key];
    if (child !== undefined) family = both(family, byKey(key, child, at, looking.open, group));
  }
  return family;
}

function togetherInElements(
  items: readonly Json[],
  at: number,
  looking: Looking,
  group: readonly FieldRule[],
): Family {
  const all = looking.open | looking.ended;
  let held = 0;
  let family = NONE;
  for (const item of items) {
    if (Array.isArray(item) || isObject(item)) {
      if (family[0] !== all) family = either(family, togetherIn(item, at, looking, group));
    } else {
      held |= heldFor(item, looking.ended & ~held, group);
    }
  }
  return both(family, familyOf(held));
}

/** Which of the fields hold for a value that is neither object nor array. */
function heldFor(value: Leaf, fields: number, group: readonly FieldRule[]): number {
  let held = 0;
  for (let index = 0; fields >> index > 0; index += 1) {
    const field = group[index];
    if (field === undefined || (fields & (1 << index)) === 0) continue;
    if (holdsForLeaf(field, value)) held |= 1 << index;
  }
  return held;
}

function familyOf(held: number): Family {
  return held === 0 ? NONE : [held];
}

function byKey(
  key: string,
  child: Json,
  at: number,
  open: number,
  group: readonly FieldRule[],
): Family {
  let ended = 0;
  let further = 0;
  for (let index = 0; index < group.length; index += 1) {
    const field = group[index];
    if (field === undefined || (open & (1 << index)) === 0) continue;
    const next = follow(field.path, at, key);
    if (next === undefined) continue;
    if (next === DONE) ended |= 1 << index;
    else further |= 1 << index;
  }
  if (further === 0 && ended === 0) return NONE;
  return togetherIn(child, at + key.length + 1, { open: further, ended }, group);
}

function both(one: Family, other: Family): Family {
  if (other.length === 1 && other[0] === 0) return one;
  if (one.length === 1 && one[0] === 0) return other;
  return largest(one.flatMap((left) => other.map((right) => left | right)));
}

function either(one: Family, other: Family): Family {
  const added = other.filter((set) => !one.some((known) => (set & known) === set));
  return added.length === 0 ? one : largest([...one, ...added]);
}

function largest(sets: readonly number[]): Family {
  const unique = [...new Set(sets)];
  const kept = unique.filter(
    (set) => !unique.some((other) => other !== set && (set & other) === set),
  );
  return kept.length <= MOST_SETS
    ? kept
    : kept.sort((a, b) => sizeOf(b) - sizeOf(a)).slice(0, MOST_SETS);
}

function sizeOf(set: number): number {
  let size = 0;
  for (let rest = set; rest !== 0; rest &= rest - 1) size += 1;
  return size;
}
