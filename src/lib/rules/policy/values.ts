import type { PolicyValue } from './canonical-statement.ts';
import { InvalidPolicy } from './invalid-policy.ts';

export function isObject(
  value: PolicyValue | undefined,
): value is { readonly [key: string]: PolicyValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A string or a list of them. @throws InvalidPolicy for anything else, an empty list included */
export function stringList(value: PolicyValue | undefined, where: string): string[] {
  const list = Array.isArray(value) ? value : [value];
  if (list.length === 0) throw new InvalidPolicy(`${where} is empty`);
  return list.map((item) => {
    if (typeof item !== 'string')
      throw new InvalidPolicy(`${where} must be a string or a list of strings`);
    return item;
  });
}

/** Values of a condition: strings, numbers and booleans, all as text. @throws InvalidPolicy for anything else */
export function conditionValues(value: PolicyValue, where: string): string[] {
  const list = Array.isArray(value) ? value : [value];
  return list.map((item) => {
    if (typeof item === 'string') return item;
    if (typeof item === 'number' || typeof item === 'boolean') return String(item);
    throw new InvalidPolicy(`${where} must hold strings, numbers or booleans`);
  });
}
