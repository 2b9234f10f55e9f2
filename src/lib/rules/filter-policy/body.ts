import { isDeeperThan } from '../text/json-depth.ts';
import { type JsonNode, JsonTextError, readJson } from '../text/json-text.ts';
import type { Leaf } from './leaf.ts';
import { readNumber } from './numbers.ts';

/** A value of JSON with integers as exact as they were written. */
export type Json = Leaf | Json[] | JsonObject;
export type JsonObject = { [key: string]: Json };

/** Nesting that the JSON reader behind SNS follows; what lies deeper is not JSON to it (Jackson's default). */
export const MAX_BODY_DEPTH = 1000;
/** Digits from which on an integer may be more than a `number` holds exactly. */
const MANY_DIGITS = /[0-9]{16}/;

/** Reads JSON as filter policies see it; undefined for text that is none, or is nested too deeply. */
export function readFilterable(text: string): Json | undefined {
  // Each level takes two characters: short texts need no look.
  if (text.length > 2 * MAX_BODY_DEPTH && isDeeperThan(text, MAX_BODY_DEPTH)) return undefined;
  try {
    if (!MANY_DIGITS.test(text)) return JSON.parse(text) as Json;
    return plain(readJson(text, MAX_BODY_DEPTH), text);
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof JsonTextError) return undefined;
    throw error;
  }
}

function plain(node: JsonNode, text: string): Json {
  switch (node.kind) {
    case 'array':
      return node.items.map((item) => plain(item, text));
    case 'object': {
      // Without a prototype, `__proto__` is a key like any other.
      const object: JsonObject = Object.create(null);
      for (const { key, value } of node.entries) object[key] = plain(value, text);
      return object;
    }
    case 'number':
      return readNumber(text.slice(node.start, node.end)) ?? node.value;
    default:
      return node.value;
  }
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Where a key of an object leads on a dotted path of which the first `at` characters are used up: to the place after
 * the next dot, to `DONE` where the path ends with this key, or nowhere. A key that has dots itself is one path with
 * the nested keys of the same names.
 */
export function follow(path: string, at: number, key: string): number | undefined {
  if (!path.startsWith(key, at)) return undefined;
  const end = at + key.length;
  if (end === path.length) return DONE;
  return path[end] === '.' ? end + 1 : undefined;
}

/** The end of a path. */
export const DONE = -1;

/** The leaves that a path leads to, in order, through any object of the arrays on its way. */
export function* leavesAt(root: Json, path: string): Generator<Leaf> {
  const open: [value: Json, at: number][] = [[root, 0]];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [value, at] = next;
    if (Array.isArray(value)) {
      for (let index = value.length - 1; index >= 0; index -= 1)
        open.push([value[index] ?? null, at]);
    } else if (!isObject(value)) {
      if (at === DONE) yield value;
    } else if (at !== DONE) {
      for (const key of Object.keys(value).reverse()) {
        const further = follow(path, at, key);
        if (further !== undefined) open.push([value[key] ?? null, further]);
      }
    }
  }
}

function hasAnyLeaf(root: Json): boolean {
  const open: Json[] = [root];
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    if (Array.isArray(value)) for (const item of value) open.push(item);
    else if (isObject(value)) for (const key in value) open.push(value[key] ?? null);
    else return true;
  }
  return false;
}

/** A message's body, read once however many policies look at it. */
export class Body {
  /** The body as an object that has a leaf; undefined for any other, which matches no policy. */
  readonly object: JsonObject | undefined;
  /** Whether it is an object at all. */
  readonly isObject: boolean;
  readonly #hasLeaf = new Map<string, boolean>();

  constructor(text: string) {
    const value = readFilterable(text);
    this.isObject = isObject(value);
    this.object = isObject(value) && hasAnyLeaf(value) ? value : undefined;
  }

  /** Whether a path leads to any leaf; only leaves exist for `exists`. */
  hasLeafAt(path: string): boolean {
    let found = this.#hasLeaf.get(path);
    if (found === undefined) {
      found = this.object !== undefined && leavesAt(this.object, path).next().done === false;
      this.#hasLeaf.set(path, found);
    }
    return found;
  }
}
