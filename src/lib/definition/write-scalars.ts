/** A length of time in its largest whole unit, such as `4d`, `90s` or `0s`. */
export function writeDuration(seconds: number): string {
  const units = [
    [86_400, 'd'],
    [3600, 'h'],
    [60, 'm'],
  ] as const;
  const [size, unit] = units.find(([each]) => seconds > 0 && seconds % each === 0) ?? [1, 's'];
  return `${seconds / size}${unit}`;
}

/** Fields without those that have no value. */
export function given(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
