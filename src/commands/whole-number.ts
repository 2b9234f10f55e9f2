import { usageError } from '../lib/rules/errors.ts';
import { shownText } from '../lib/rules/text/shown-text.ts';

/**
 * Reads the value of an option as a whole number.
 * @param name the option, or the variable that stands for it, as an error calls it
 * @param bounds the least and the most that it may be; without the second up to `Number.MAX_SAFE_INTEGER`
 * @param hint what to type instead
 * @throws AppError (exit 2) for anything but digits within the bounds
 */
export function readWholeNumber(
  name: string,
  text: string,
  [least, most]: readonly [number, number?],
  hint?: string,
): number {
  const number = Number(text);
  const isWithin = number >= least && number <= (most ?? Number.MAX_SAFE_INTEGER);
  if (/^\d+$/.test(text) && isWithin) return number;
  const bounds = most === undefined ? `from ${least}` : `from ${least} to ${most}`;
  throw usageError(`${name} must be a whole number ${bounds}, not "${shownText(text)}".`, hint);
}
