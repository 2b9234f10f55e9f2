import { shownText } from '../text/shown-text.ts';
import type { FilterableMessage, FilterPolicyScope } from './index.ts';
import type { Leaf } from './leaf.ts';

/** What a message has in the place that a policy looks at. */
export type FieldValue =
  | { readonly kind: 'missing' }
  /** The body is no JSON object. */
  | { readonly kind: 'no body' }
  /** An attribute that policies don't look at. */
  | { readonly kind: 'unusable'; readonly problem: string }
  | {
      readonly kind: 'leaves';
      readonly leaves: readonly Leaf[];
      /** An attribute's data type; undefined for a field of the body. */
      readonly type: string | undefined;
    };

/** Values of an array that a sentence shows. */
const SHOWN_LEAVES = 5;

/** The values of an attribute, or of a field of the body, whichever the scope is about. */
export function fieldValue(
  scope: FilterPolicyScope,
  message: FilterableMessage,
  body: unknown,
  keys: readonly string[],
): FieldValue {
  if (scope === 'MessageAttributes') return attributeValue(message, keys);
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return { kind: 'no body' };
  const leaves = leavesAt(body, keys);
  return leaves.length > 0 ? { kind: 'leaves', leaves, type: undefined } : { kind: 'missing' };
}

/** Values as a part of a sentence: `"a"`, or `["a", "b"]` for several. */
export function shownLeaves({ leaves }: Extract<FieldValue, { kind: 'leaves' }>): string {
  const words = leaves
    .slice(0, SHOWN_LEAVES)
    .map((leaf) => (typeof leaf === 'string' ? `"${shownText(leaf)}"` : String(leaf)));
  const [only = ''] = words;
  if (leaves.length === 1) return only;
  return `[${words.join(', ')}${leaves.length > SHOWN_LEAVES ? ', …' : ''}]`;
}

function attributeValue({ attributes }: FilterableMessage, keys: readonly string[]): FieldValue {
  const name = keys[0] ?? '';
  const attribute =
    keys.length === 1 && Object.hasOwn(attributes, name) ? attributes[name] : undefined;
  if (attribute === undefined) return { kind: 'missing' };
  const { DataType: type, StringValue: text } = attribute;
  if (text === undefined) return { kind: 'unusable', problem: 'is Binary, which takes no part' };
  if (/^(?:String|Number)\.Array/.test(type)) {
    const leaves = arrayLeaves(text);
    return leaves === undefined
      ? { kind: 'unusable', problem: 'is no JSON array, though its type says so' }
      : { kind: 'leaves', leaves, type };
  }
  if (type.startsWith('Number')) {
    const value = Number(text);
    return Number.isNaN(value)
      ? { kind: 'unusable', problem: 'is no number, though its type says so' }
      : { kind: 'leaves', leaves: [value], type };
  }
  return type.startsWith('String')
    ? { kind: 'leaves', leaves: [text], type }
    : { kind: 'unusable', problem: `is ${shownText(type)}, which takes no part` };
}

function arrayLeaves(text: string): Leaf[] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value.filter(isLeaf) : undefined;
  } catch {
    return undefined;
  }
}

/** The leaves that a path leads to, through any object of the arrays on its way. */
function leavesAt(value: unknown, keys: readonly string[]): Leaf[] {
  if (Array.isArray(value)) return value.flatMap((item) => leavesAt(item, keys));
  const [key, ...rest] = keys;
  if (key === undefined) return isLeaf(value) ? [value] : [];
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return [];
  return leavesAt((value as Record<string, unknown>)[key], rest);
}

function isLeaf(value: unknown): value is Leaf {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value);
}
