import type { JsonNode, JsonObject } from '../text/json-text.ts';
import type { Test } from './leaf.ts';
import { isNumeric, numberKey, readNumber } from './numbers.ts';
import { singleEntry, startsAfter } from './operand.ts';
import { refusalAt } from './refusal.ts';

/**
 * `{"anything-but": {"prefix": "a"}}`, the only expression that SNS takes here ("Using a prefix with the anything-but
 * operator", SNS Developer Guide). EventBridge takes more.
 */
function negatedPrefix(node: JsonObject, text: string): Test {
  const first = node.entries[0];
  if (first === undefined) {
    throw refusalAt('Anything-But expression name not found', text, node.end);
  }
  const { key, value: operand } = first;
  if (key !== 'prefix') {
    throw refusalAt(`Unsupported anything-but pattern: ${key}`, text, startsAfter(operand));
  }
  if (operand.kind !== 'string') {
    throw refusalAt('prefix match pattern must be a string', text, startsAfter(operand));
  }
  const prefix = operand.value;
  if (prefix === '') throw refusalAt('Null prefix/suffix not allowed', text, operand.end);
  singleEntry(node, text);
  return (value) => typeof value !== 'string' || !value.startsWith(prefix);
}

function negatedValues(items: readonly JsonNode[], text: string, end: number): Test {
  const strings = new Set<string>();
  const numbers = new Set<number | string>();
  for (const item of items) {
    if (item.kind === 'string') strings.add(item.value);
    else if (item.kind === 'number') {
      numbers.add(numberKey(readNumber(text.slice(item.start, item.end)) ?? item.value));
    } else {
      throw refusalAt(
        'Inside anything but list, start|null|boolean is not supported.',
        text,
        startsAfter(item),
      );
    }
  }
  if (strings.size > 0 === numbers.size > 0) {
    throw refusalAt(
      'Inside anything but list, either all values are number or string, mixed type is not supported',
      text,
      end,
    );
  }
  return (value) => {
    if (typeof value === 'string') return !strings.has(value);
    return !isNumeric(value) || !numbers.has(numberKey(value));
  };
}

/**
 * Compiles the operand of `anything-but`: a string or number, a list of either, or a `prefix` expression. The test holds for any value that the operand doesn't cover.
 *
 * @throws InvalidFilterPolicy with AWS's wording and place
 */
export function anythingBut(node: JsonNode, text: string): Test {
  switch (node.kind) {
    case 'object':
      return negatedPrefix(node, text);
    case 'array':
      return negatedValues(node.items, text, node.end);
    case 'string':
    case 'number':
      return negatedValues([node], text, node.end);
    default:
      throw refusalAt(
        'Value of anything-but must be an array or single string/number value.',
        text,
        startsAfter(node),
      );
  }
}
