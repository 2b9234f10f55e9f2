/** A number from 0 to below 1, another one each time. */
export type Random = () => number;

/**
 * Random numbers that a seed repeats (mulberry32). Not for secrets.
 * @param seed any whole number. @param stream tells apart what has the same seed, such as an event's place.
 */
export function seededRandom(seed: number, stream: number): Random {
  let state = (Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) + Math.imul(stream, 0xc2b2ae35)) | 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  // The first values of neighbouring streams are alike.
  for (let index = 0; index < 4; index++) next();
  return next;
}

/** A whole number from `least` to `most`, both possible. */
export function randomInteger(random: Random, least: number, most: number): number {
  return least + Math.floor(random() * (most - least + 1));
}

/** One of a list that is not empty. */
export function randomChoice<T>(random: Random, values: readonly [T, ...T[]]): T {
  return values[randomInteger(random, 0, values.length - 1)] ?? values[0];
}

/** A UUID of version 4 made of random numbers (RFC 9562). */
export function randomUuidFrom(random: Random): string {
  const digits = Array.from({ length: 32 }, () => Math.floor(random() * 16).toString(16));
  digits[12] = '4';
  digits[16] = (8 + Math.floor(random() * 4)).toString(16);
  return digits.join('').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
