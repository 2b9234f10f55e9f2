const BARS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const;

/**
 * The latest values as bars, the newest at the right; the highest shown one is a full bar, and only 0 is the lowest.
 * @param values not negative; null leaves a gap. @param width in characters; blanks fill it at the left.
 */
export function sparkline(values: readonly (number | null)[], width: number): string {
  const shown = values.slice(Math.max(0, values.length - width));
  const highest = Math.max(0, ...shown.map((value) => value ?? 0));
  const bars = shown.map((value) => (value === null ? ' ' : bar(value, highest)));
  return bars.join('').padStart(width);
}

function bar(value: number, highest: number): string {
  if (value <= 0) return BARS[0];
  return BARS[Math.max(1, Math.ceil((value / highest) * (BARS.length - 1)))] ?? BARS[7];
}
