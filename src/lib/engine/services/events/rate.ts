const UNIT_MS = { minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const;

/**
 * The milliseconds between two events of a schedule such as `rate(5 minutes)`. "A value of 1 … the unit must be singular."
 *
 * @returns undefined for what is no such expression.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
 */
export function rateMs(expression: string): number | undefined {
  const [, digits, unit = '', plural] =
    /^rate\(([1-9]\d{0,8}) (minute|hour|day)(s?)\)$/.exec(expression) ?? [];
  if (digits === undefined || (digits === '1') !== (plural === '')) return undefined;
  return Number(digits) * UNIT_MS[unit as keyof typeof UNIT_MS];
}
