import type { JsonEntry, JsonNode, JsonObject } from '../text/json-text.ts';
import { refusalAt } from './refusal.ts';

/** How far AWS's reader has come when it meets a value: past a scalar or an opening mark; inside an open string. */
export function startsAfter(node: JsonNode): number {
  return node.kind === 'number' || node.kind === 'boolean' || node.kind === 'null'
    ? node.end
    : node.start + 1;
}

export function nonStringRefusal(name: string, operand: JsonNode, text: string): Error {
  return refusalAt(`${name} match pattern must be a string`, text, startsAfter(operand));
}

/**
 * The only entry of a match expression.
 *
 * @throws InvalidFilterPolicy when there is none or more than one; AWS words that differently for expressions that
 * hold lists
 */
export function singleEntry(node: JsonObject, text: string, list = false): JsonEntry {
  const [entry, second] = node.entries;
  if (entry === undefined) throw refusalAt('Match expression name not found', text, node.end);
  if (second !== undefined) {
    const message = list
      ? 'Too many elements in numeric expression'
      : 'Only one key allowed in match expression';
    throw refusalAt(message, text, startsAfter(second.value));
  }
  return entry;
}

/** A test for text that is equal but for case. */
export function ignoresCase(wanted: string): (text: string) => boolean {
  const lower = wanted.toLowerCase();
  return (text) => text.toLowerCase() === lower;
}
