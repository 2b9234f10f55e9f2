import { usageError } from '../errors.ts';
import { shownText } from './shown-text.ts';

const COUNTS = { '': 1, k: 1e3, m: 1e6, b: 1e9, g: 1e9 } as const;
const SIZES = { '': 1, k: 2 ** 10, m: 2 ** 20 } as const;

/**
 * Reads a count such as `10M`, `2.5k`, `1e6`, `10_000` or `10,000`.
 * @param flag whose value it is, for the error. @returns a whole number from 1 to `most`. @throws AppError (exit 2).
 */
export function parseCount(flag: string, text: string, most: number): number {
  const plain = text.trim().replace(/(?<=\d)[_,](?=\d{3}(?!\d))/g, '');
  const [, digits, unit = ''] = /^(\d+(?:\.\d+)?(?:e\+?\d{1,3})?)([kmbg]?)$/i.exec(plain) ?? [];
  const factor = COUNTS[unit.toLowerCase() as keyof typeof COUNTS];
  const count = digits === undefined ? Number.NaN : exactProduct(digits, factor);
  if (Number.isInteger(count) && count >= 1 && count <= most) return count;
  throw usageError(
    `${flag} must be a whole number from 1 to ${most.toExponential().replace('e+', 'e')}, not "${shownText(text)}".`,
    `Such as ${flag} 10M, ${flag} 1e6 or ${flag} 10_000`,
  );
}

/**
 * Reads a size such as `2048`, `64KB` or `1MiB`; a KB is 1,024 bytes, as AWS counts them.
 * @param flag whose value it is, for the error. @returns bytes, from 1 to `most`. @throws AppError (exit 2).
 */
export function parseBytes(flag: string, text: string, most: number): number {
  const [, digits, unit = ''] = /^(\d+(?:\.\d+)?)\s*([km]?)(?:i?b)?$/i.exec(text.trim()) ?? [];
  const factor = SIZES[unit.toLowerCase() as keyof typeof SIZES];
  const bytes = digits === undefined ? Number.NaN : Math.round(Number(digits) * factor);
  if (bytes >= 1 && bytes <= most) return bytes;
  throw usageError(
    `${flag} must be a size from 1 byte to ${most / 1024} KB, not "${shownText(text)}".`,
    `Such as ${flag} 2048, ${flag} 64KB or ${flag} 0.5KB`,
  );
}

/** The product without what binary fractions leave over: 2.3 × 1e6 is 2,300,000. */
function exactProduct(digits: string, factor: number): number {
  const product = Number(digits) * factor;
  const whole = Math.round(product);
  return Math.abs(product - whole) < 1e-9 * Math.max(1, whole) ? whole : product;
}
