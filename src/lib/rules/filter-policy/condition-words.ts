import { shownText } from '../text/shown-text.ts';

/** Conditions of one field that a sentence names; the rest is counted. */
const NAMED = 6;

/** A field's conditions as a policy writes them, as a part of a sentence: what the policy wants. */
export function describeConditions(conditions: readonly unknown[]): string {
  return listed(conditions.map(conditionInWords));
}

function conditionInWords(condition: unknown): string {
  if (typeof condition !== 'object' || condition === null) return shown(condition);
  const [entry] = Object.entries(condition);
  const [name, operand] = entry ?? ['', undefined];
  switch (name) {
    case 'exactly':
      return shown(operand);
    case 'prefix':
      return `text that begins with ${shown(operand)}`;
    case 'suffix':
      return `text that ends with ${shown(operand)}`;
    case 'equals-ignore-case':
      return `${shown(operand)} in any case`;
    case 'anything-but':
      return `anything but ${excludedInWords(operand)}`;
    case 'numeric':
      return numbersInWords(operand);
    case 'exists':
      return operand === true ? 'that it is there' : "that it isn't there";
    case 'cidr':
      return `an IP address in ${shownText(String(operand))}`;
    default:
      return shown(condition);
  }
}

function excludedInWords(operand: unknown): string {
  if (Array.isArray(operand)) return listed(operand.map(shown));
  if (typeof operand !== 'object' || operand === null) return shown(operand);
  return conditionInWords(operand);
}

/** `[">", 0, "<=", 100]` as `a number > 0 and <= 100`. */
function numbersInWords(operand: unknown): string {
  const parts: unknown[] = Array.isArray(operand) ? operand : [];
  const bounds: string[] = [];
  for (let at = 0; at + 1 < parts.length; at += 2) bounds.push(`${parts[at]} ${parts[at + 1]}`);
  return `a number ${bounds.join(' and ')}`;
}

/** `a, b or c`. */
function listed(words: readonly string[]): string {
  const rest = words.length - NAMED;
  const named = rest > 1 ? [...words.slice(0, NAMED), `${rest} others`] : words;
  const last = named.at(-1) ?? '';
  return named.length > 1 ? `${named.slice(0, -1).join(', ')} or ${last}` : last;
}

function shown(value: unknown): string {
  if (typeof value === 'string') return `"${shownText(value)}"`;
  return typeof value === 'bigint' ? String(value) : shownText(JSON.stringify(value) ?? '');
}
