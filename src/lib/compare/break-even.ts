/** Events a month between which is looked. */
const LEAST = 1_000;
const MOST = 1e12;

/**
 * From how many events a month on one way costs less than another, to two digits.
 * @param dollars of a month with so many events, of the one and of the other. @returns undefined where it never does.
 */
export function cheaperFrom(
  dollars: (events: number) => readonly [one: number, other: number],
): number | undefined {
  const isCheaper = (events: number): boolean => {
    const [one, other] = dollars(events);
    return one < other;
  };
  let high = LEAST;
  while (!isCheaper(high)) {
    high *= 2;
    if (high > MOST) return undefined;
  }
  if (high === LEAST) return LEAST;
  let low = high / 2;
  while (high / low > 1.01) {
    const middle = Math.sqrt(low * high);
    if (isCheaper(middle)) high = middle;
    else low = middle;
  }
  const step = 10 ** (Math.floor(Math.log10(high)) - 1);
  return Math.ceil(high / step) * step;
}
