/** Bounds of a number in a filter policy ("Filter policy constraints in Amazon SNS"). */
export const MAX_FILTER_NUMBER = 1e9;
/** SNS compares numbers with five digits after the decimal point (same page). */
const PRECISION = 1e5;

/** A number on the grid that SNS compares on: numbers that round to the same point are equal to it. */
export function onGrid(value: number): number {
  const scaled = Math.round(value * PRECISION);
  return Number.isFinite(scaled) ? scaled : value;
}

/** Whether SNS takes two numbers for the same. */
export function sameNumber(a: number, b: number): boolean {
  return onGrid(a) === onGrid(b);
}
