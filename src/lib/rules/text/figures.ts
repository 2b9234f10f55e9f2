/** A number with so many decimals at the most. */
export function roundTo(value: number, decimals: number): number {
  const factor = 10 ** decimals;
  return Math.round(value * factor) / factor;
}

/**
 * A percentile by the nearest rank: the smallest value that at least this share of all values does not exceed.
 * @param sorted ascending. @param share above 0, up to 1.
 * @returns 0 where there are no values.
 */
export function percentile(sorted: ArrayLike<number>, share: number): number {
  const rank = Math.max(1, Math.ceil(share * sorted.length));
  return sorted[rank - 1] ?? 0;
}
