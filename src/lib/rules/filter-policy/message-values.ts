import { shownText } from '../text/shown-text.ts';
import { arrayLeaves } from './attributes.ts';
import { type Body, leavesAt } from './body.ts';
import type { FilterableMessage, FilterPolicyScope } from './index.ts';
import type { Leaf } from './leaf.ts';
import { readNumber } from './numbers.ts';

/** What a message has in the place that a policy looks at. */
export type FieldValue =
  | { readonly kind: 'missing' }
  /** The body is not a JSON object. */
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
  body: Body,
  path: string,
): FieldValue {
  if (scope === 'MessageAttributes') return attributeValue(message, path);
  if (body.object === undefined) return { kind: body.isObject ? 'missing' : 'no body' };
  const leaves = [...leavesAt(body.object, path)];
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

function attributeValue({ attributes }: FilterableMessage, name: string): FieldValue {
  const attribute = Object.hasOwn(attributes, name) ? attributes[name] : undefined;
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
    const value = readNumber(text);
    return value === undefined
      ? { kind: 'unusable', problem: 'is no number, though its type says so' }
      : { kind: 'leaves', leaves: [value], type };
  }
  return type.startsWith('String')
    ? { kind: 'leaves', leaves: [text], type }
    : { kind: 'unusable', problem: `is ${shownText(type)}, which takes no part` };
}
