/** A whole number with a comma between thousands. (`toLocaleString` would load ICU: 10 ms of every start.) */
export function grouped(number: number): string {
  return String(Math.round(number)).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** A count in at most six characters: `99999`, `123k`, `1.2M`, `45M`. */
export function shownCount(count: number): string {
  if (count < 100_000) return String(count);
  if (count < 1_000_000) return `${Math.floor(count / 1000)}k`;
  const millions = count / 1_000_000;
  return millions < 10
    ? `${(Math.floor(millions * 10) / 10).toFixed(1)}M`
    : `${Math.floor(millions)}M`;
}

/** A rate a second: `0`, `0.3`, `12`, `4500`. */
export function shownRate(rate: number): string {
  if (rate === 0) return '0';
  if (rate < 9.95) return Math.max(0.1, rate).toFixed(1);
  return shownCount(Math.round(rate));
}

/** The local time of day, `14:03:59`. @param time milliseconds since the epoch. */
export function clockTime(time: number): string {
  const date = new Date(time);
  return [date.getHours(), date.getMinutes(), date.getSeconds()]
    .map((part) => String(part).padStart(2, '0'))
    .join(':');
}
