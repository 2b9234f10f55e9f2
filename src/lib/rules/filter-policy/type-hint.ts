import type { FieldRule } from './compile.ts';
import type { Leaf } from './leaf.ts';
import type { FieldValue } from './message-values.ts';
import { holdsForLeaf } from './together.ts';

/**
 * What a value misses by little: it would do as a number or as text, or in another case. Tried with the policy's own
 * conditions.
 */
export function typeHint(
  rule: FieldRule,
  { leaves, type }: Extract<FieldValue, { kind: 'leaves' }>,
): string | undefined {
  if (leaves.some((leaf) => holdsForLeaf(rule, leaf))) return undefined;
  if (leaves.some((leaf) => isNumberText(leaf) && holdsForLeaf(rule, Number(leaf)))) {
    return type === undefined
      ? 'It is text in the body; without the quotes it would pass.'
      : `The attribute is of type ${type}; as a Number it would pass.`;
  }
  if (leaves.some((leaf) => typeof leaf === 'number' && holdsForLeaf(rule, String(leaf)))) {
    return type === undefined
      ? 'It is a number in the body, and the policy wants text.'
      : `The attribute is of type ${type}; as a String it would pass.`;
  }
  const wanted = [...rule.values].filter((value) => typeof value === 'string');
  const near = (leaf: Leaf) =>
    typeof leaf === 'string' && wanted.some((value) => value.toLowerCase() === leaf.toLowerCase());
  if (leaves.some(near)) return 'Only upper and lower case differ, and they count.';
  return undefined;
}

function isNumberText(leaf: Leaf): leaf is string {
  return typeof leaf === 'string' && leaf.trim() !== '' && !Number.isNaN(Number(leaf));
}
