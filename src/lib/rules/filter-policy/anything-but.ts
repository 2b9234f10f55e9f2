import type { JsonNode } from '../text/json-text.ts';
import type { Test } from './leaf.ts';
import { onGrid } from './numbers.ts';
import { ignoresCase, singleEntry, startsAfter } from './operand.ts';
import { refusalAt } from './refusal.ts';
import { matchesPieces, parseWildcard } from './wildcard.ts';

type TextTest = (text: string) => boolean;

function compileText(name: string, operand: JsonNode, text: string): TextTest {
  if (operand.kind !== 'string') {
    throw refusalAt(`${name} match pattern must be a string`, text, startsAfter(operand));
  }
  const pattern = operand.value;
  switch (name) {
    case 'prefix':
    case 'suffix':
      if (pattern === '') throw refusalAt('Null prefix/suffix not allowed', text, operand.end);
      return name === 'prefix'
        ? (value) => value.startsWith(pattern)
        : (value) => value.endsWith(pattern);
    case 'equals-ignore-case':
      return ignoresCase(pattern);
    default: {
      const parsed = parseWildcard(pattern);
      if ('problem' in parsed) throw refusalAt(parsed.problem, text, operand.end);
      return (value) => matchesPieces(parsed.pieces, value);
    }
  }
}

/** `{"anything-but": {"prefix": "a"}}` and its kin; the operand may be a list, of which none may hold. */
function negatedExpression(node: JsonNode, text: string): Test {
  if (node.kind !== 'object') throw new TypeError('an object is expected');
  const first = node.entries[0];
  if (first === undefined) {
    throw refusalAt('Anything-But expression name not found', text, node.end);
  }
  if (!['prefix', 'suffix', 'equals-ignore-case', 'wildcard'].includes(first.key)) {
    throw refusalAt(
      `Unsupported anything-but pattern: ${first.key}`,
      text,
      startsAfter(first.value),
    );
  }
  const operands = first.value.kind === 'array' ? first.value.items : [first.value];
  if (operands.length === 0) {
    throw refusalAt('Empty arrays are not allowed', text, first.value.end);
  }
  const tests = operands.map((operand) => compileText(first.key, operand, text));
  singleEntry(node, text);
  return (value) => typeof value !== 'string' || !tests.some((test) => test(value));
}

function negatedValues(items: readonly JsonNode[], text: string, end: number): Test {
  const strings = new Set<string>();
  const numbers = new Set<number>();
  for (const item of items) {
    if (item.kind === 'string') strings.add(item.value);
    else if (item.kind === 'number') numbers.add(onGrid(item.value));
    else {
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
    return typeof value !== 'number' || !numbers.has(onGrid(value));
  };
}

/**
 * Compiles the operand of `anything-but`: a string or number, a list of either, or a `prefix`, `suffix`, `wildcard`
 * or `equals-ignore-case` expression. The test holds for any value that the operand doesn't cover.
 *
 * @throws InvalidFilterPolicy with AWS's wording and place
 */
export function anythingBut(node: JsonNode, text: string): Test {
  switch (node.kind) {
    case 'object':
      return negatedExpression(node, text);
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
