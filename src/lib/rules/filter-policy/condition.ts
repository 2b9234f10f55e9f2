import { compileCidr } from '../cidr.ts';
import type { JsonNode } from '../text/json-text.ts';
import { anythingBut } from './anything-but.ts';
import type { Leaf, Test } from './leaf.ts';
import { isNumeric, numberKey, readNumber } from './numbers.ts';
import { numericRange } from './numeric-range.ts';
import { ignoresCase, nonStringRefusal, singleEntry, startsAfter } from './operand.ts';
import { refusalAt } from './refusal.ts';

/** One condition of a field, compiled. `exists: false` looks at the whole message and so is apart. */
export type Condition =
  | { kind: 'value'; value: Leaf }
  | { kind: 'test'; test: Test }
  | { kind: 'present' }
  | { kind: 'absent' };

/** Names that conditions have; a `$or` whose objects use one as a field name is not an `$or`. */
export const MATCH_TYPES: ReadonlySet<string> = new Set([
  'exactly',
  'prefix',
  'suffix',
  'equals-ignore-case',
  'anything-but',
  'numeric',
  'exists',
  'cidr',
]);

function onStrings(test: (text: string) => boolean): Condition {
  return { kind: 'test', test: (value) => typeof value === 'string' && test(value) };
}

function textOperand(name: string, operand: JsonNode, text: string): string {
  if (operand.kind !== 'string') throw nonStringRefusal(name, operand, text);
  return operand.value;
}

function cidr(operand: JsonNode, text: string): Condition {
  // AWS names "prefix" here as well.
  const block = textOperand('prefix', operand, text);
  const inside = compileCidr(block);
  if (inside === undefined) {
    const problem = block.includes('/')
      ? `Malformed CIDR, invalid: ${block}`
      : "Malformed CIDR, one '/' required";
    throw refusalAt(problem, text, operand.end);
  }
  return onStrings(inside);
}

function exists(operand: JsonNode, text: string): Condition {
  if (operand.kind !== 'boolean') {
    throw refusalAt(
      'exists match pattern must be either true or false.',
      text,
      startsAfter(operand),
    );
  }
  return { kind: operand.value ? 'present' : 'absent' };
}

function matchExpression(name: string, operand: JsonNode, text: string): Condition {
  switch (name) {
    case 'exactly':
      return { kind: 'value', value: textOperand('exact', operand, text) };
    case 'prefix': {
      const wanted = textOperand(name, operand, text);
      return onStrings((value) => value.startsWith(wanted));
    }
    case 'suffix': {
      const wanted = textOperand(name, operand, text);
      return onStrings((value) => value.endsWith(wanted));
    }
    case 'equals-ignore-case':
      return onStrings(ignoresCase(textOperand(name, operand, text)));
    case 'anything-but':
      return { kind: 'test', test: anythingBut(operand, text) };
    case 'numeric':
      return { kind: 'test', test: numericRange(operand, text) };
    case 'exists':
      return exists(operand, text);
    case 'cidr':
      return cidr(operand, text);
    default:
      throw refusalAt(`Unrecognized match type ${name}`, text, startsAfter(operand));
  }
}

/**
 * Compiles one element of a field's list.
 *
 * @throws InvalidFilterPolicy with AWS's wording and place
 */
export function compileCondition(node: JsonNode, text: string): Condition {
  if (node.kind === 'number') {
    const wanted = numberKey(readNumber(text.slice(node.start, node.end)) ?? node.value);
    return { kind: 'test', test: (value) => isNumeric(value) && numberKey(value) === wanted };
  }
  if (node.kind === 'array') {
    throw refusalAt(
      'Match value must be String, number, true, false, or null',
      text,
      node.start + 1,
    );
  }
  if (node.kind !== 'object') return { kind: 'value', value: node.value };
  const entry = node.entries[0];
  if (entry === undefined) throw refusalAt('Match expression name not found', text, node.end);
  const condition = matchExpression(entry.key, entry.value, text);
  singleEntry(node, text, entry.key === 'numeric' || entry.key === 'anything-but');
  return condition;
}
