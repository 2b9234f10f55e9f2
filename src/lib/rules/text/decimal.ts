/** A number as JSON writes it; a sign and leading zeros may also be there. */
const NUMBER = /^([+-]?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,4}))?$/;

/**
 * Compares two numbers by their decimal text, whatever their length: neither becomes a binary number on the way.
 * @returns below, above or 0 as for `Array.sort`; undefined where one of them is not a number.
 */
export function compareDecimals(left: string, right: string): number | undefined {
  const a = read(left);
  const b = read(right);
  if (a === undefined || b === undefined) return undefined;
  const places = Math.max(a.places, b.places);
  const difference = scaled(a, places) - scaled(b, places);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** `digits` with so many of them behind the point; negative for zeros to add. */
interface Decimal {
  readonly digits: bigint;
  readonly places: number;
}

function read(text: string): Decimal | undefined {
  const match = NUMBER.exec(text);
  if (!match) return undefined;
  const [, sign, whole = '', fraction = '', exponent = '0'] = match;
  const digits = BigInt(whole + fraction);
  return {
    digits: sign === '-' ? -digits : digits,
    places: fraction.length - Number(exponent),
  };
}

function scaled({ digits, places }: Decimal, to: number): bigint {
  return digits * 10n ** BigInt(to - places);
}
