import type { JsonArray, JsonNode } from '../text/json-text.ts';
import type { Test } from './leaf.ts';
import { isFilterNumber, MAX_FILTER_NUMBER, onGrid } from './numbers.ts';
import { startsAfter } from './operand.ts';
import { refusalAt } from './refusal.ts';

/** Where a list's reader stands: at an item, or past the closing bracket when there is none. */
function placeOf(list: JsonArray, index: number): number {
  const item = list.items[index];
  return item === undefined ? list.end : startsAfter(item);
}

function sourceOf(list: JsonArray, index: number, text: string): string {
  const item = list.items[index];
  if (item === undefined) return ']';
  if (item.kind === 'string') return item.value;
  return item.kind === 'array' || item.kind === 'object'
    ? text.charAt(item.start)
    : text.slice(item.start, item.end);
}

function bound(list: JsonArray, index: number, name: string, text: string): number {
  const item = list.items[index];
  if (item?.kind !== 'number') {
    throw refusalAt(`Value of ${name} must be numeric`, text, placeOf(list, index));
  }
  if (Math.abs(item.value) > MAX_FILTER_NUMBER) {
    const limit = '1.0E9';
    throw refusalAt(`Value must be between -${limit} and ${limit}, inclusive`, text, item.end);
  }
  return onGrid(item.value);
}

function noMore(list: JsonArray, used: number, message: string, text: string): void {
  if (list.items.length > used) throw refusalAt(message, text, placeOf(list, used));
}

function above(operator: string, limit: number): (value: number) => boolean {
  return operator === '>' ? (value) => value > limit : (value) => value >= limit;
}

function below(operator: string, limit: number): (value: number) => boolean {
  return operator === '<' ? (value) => value < limit : (value) => value <= limit;
}

function onNumbers(test: (value: number) => boolean): Test {
  return (value) => isFilterNumber(value) && test(onGrid(value));
}

/**
 * Compiles the list of a `numeric` condition: `=`, `<`, `<=`, `>` or `>=` with a number, or a lower bound followed by
 * an upper one ("Numeric value matching", SNS Developer Guide).
 *
 * @throws InvalidFilterPolicy with AWS's wording and place
 */
export function numericRange(node: JsonNode, text: string): Test {
  if (node.kind !== 'array') {
    throw refusalAt('Value of numeric must be an array.', text, startsAfter(node));
  }
  const [first] = node.items;
  if (first?.kind !== 'string') {
    const source = sourceOf(node, 0, text);
    throw refusalAt(`Invalid member in numeric match: ${source}`, text, placeOf(node, 0));
  }
  const operator = first.value;
  const tooMany = 'Too many elements in numeric expression';
  switch (operator) {
    case '=': {
      const wanted = bound(node, 1, 'equals', text);
      noMore(node, 2, tooMany, text);
      return onNumbers((value) => value === wanted);
    }
    case '<':
    case '<=': {
      const top = bound(node, 1, operator, text);
      noMore(node, 2, tooMany, text);
      return onNumbers(below(operator, top));
    }
    case '>':
    case '>=': {
      const bottom = bound(node, 1, operator, text);
      const over = above(operator, bottom);
      if (node.items.length === 2) return onNumbers(over);
      return closedRange(node, text, bottom, over);
    }
    default:
      throw refusalAt(`Unrecognized numeric range operator: ${operator}`, text, placeOf(node, 1));
  }
}

function closedRange(
  node: JsonArray,
  text: string,
  bottom: number,
  over: (value: number) => boolean,
): Test {
  const second = node.items[2];
  if (second?.kind !== 'string') {
    const source = sourceOf(node, 2, text);
    throw refusalAt(`Bad value in numeric range: ${source}`, text, placeOf(node, 2));
  }
  if (second.value !== '<' && second.value !== '<=') {
    throw refusalAt(`Bad numeric range operator: ${second.value}`, text, second.end);
  }
  const top = bound(node, 3, second.value, text);
  noMore(node, 4, 'Too many terms in numeric range expression', text);
  if (top <= bottom) throw refusalAt('Bottom must be less than top', text, node.end);
  const under = below(second.value, top);
  return onNumbers((value) => over(value) && under(value));
}
