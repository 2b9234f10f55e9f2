/** Times between tries, in milliseconds. */
export interface Backoff {
  readonly first: number;
  readonly most: number;
}

/**
 * How long to wait before another try: doubled each time up to a bound, and at random between half of that and all of
 * it, so that many clients don't come back together ("Timeouts, retries, and backoff with jitter", AWS Builders' Library).
 * @param failures how many tries have failed in a row, from 1.
 * @returns milliseconds.
 */
export function backoffDelay({ first, most }: Backoff, failures: number): number {
  const bound = Math.min(most, first * 2 ** (failures - 1));
  return bound * (0.5 + Math.random() / 2);
}
