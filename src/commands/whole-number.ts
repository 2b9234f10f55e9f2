import { usageError } from '../lib/rules/errors.ts';
import { shownText } from '../lib/rules/text/shown-text.ts';

/**
 * Reads the value of an option as a whole number.
 * @param name the option, or the variable that stands for it, as an error calls it
 * @param bounds the least and the most that it may be
 * @param hint what to type instead
 * @throws AppError (exit 2) for anything but digits within the bounds
 */
export function readWholeNumber(
  name: string,
  text: string,
  [least, most]: readonly [number, number],
  hint?: string,
): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= least && number <= most) return number;
  throw usageError(
    `${name} must be a whole number from ${least} to ${most}, not "${shownText(text)}".`,
    hint,
  );
}
