let last: { readonly now: number; readonly keys: Record<string, string> } = {
  now: Number.NaN,
  keys: {},
};

/**
 * The condition keys of a moment, in milliseconds since the epoch ("AWS global condition context keys"). Many policies
 * are evaluated in one moment: they share them.
 */
export function timeKeys(now: number): Readonly<Record<string, string>> {
  if (last.now !== now) {
    const keys = {
      'aws:CurrentTime': new Date(now).toISOString(),
      'aws:EpochTime': String(Math.floor(now / 1000)),
    };
    last = { now, keys };
  }
  return last.keys;
}
