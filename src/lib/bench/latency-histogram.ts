/** Distribution of durations in a fixed amount of memory, however many there are. */
export interface LatencyHistogram {
  readonly count: number;
  /** @param ms milliseconds, from 0; more than `LONGEST_MS` counts as that. */
  add(ms: number): void;
  /**
   * A percentile by the nearest rank, in milliseconds: at most 1 % above the exact one, and never above the longest.
   * @param share above 0, up to 1. @returns 0 where there are none.
   */
  percentile(share: number): number;
}

/** Ticks of a millisecond: what the shortest durations are told apart by. */
const TICKS = 100;
/** Buckets for each doubling of the duration: each is less than 1 % wide. */
const STEPS = 128;
const LONGEST_TICKS = 2 ** 31 - 1;
/** Longest duration that is told from longer ones: six hours. */
export const LONGEST_MS = LONGEST_TICKS / TICKS;

/**
 * Creates an empty histogram: up to `STEPS` ticks each has a bucket of its own, from there on each doubling has as many
 * buckets of the same width.
 */
export function createLatencyHistogram(): LatencyHistogram {
  const buckets = new Uint32Array(bucketOf(LONGEST_TICKS) + 1);
  let count = 0;
  let longest = 0;
  return {
    get count() {
      return count;
    },
    add(ms) {
      const ticks = Math.min(LONGEST_TICKS, Math.max(0, Math.round(ms * TICKS)));
      const bucket = bucketOf(ticks);
      buckets[bucket] = (buckets[bucket] ?? 0) + 1;
      count++;
      longest = Math.max(longest, ms);
    },
    percentile(share) {
      let left = Math.max(1, Math.ceil(share * count));
      for (const [bucket, inIt] of buckets.entries()) {
        left -= inIt;
        if (left <= 0) return Math.min(longest, lastTickOf(bucket) / TICKS);
      }
      return 0;
    },
  };
}

/** How often a duration is halved until it is told by single ticks. */
function halvingsOf(ticks: number): number {
  return Math.max(0, 32 - Math.clz32(ticks) - Math.log2(2 * STEPS));
}

function bucketOf(ticks: number): number {
  const halvings = halvingsOf(ticks);
  return halvings * STEPS + (ticks >>> halvings);
}

/** The longest duration that a bucket counts, in ticks. */
function lastTickOf(bucket: number): number {
  const halvings = Math.max(0, Math.floor(bucket / STEPS) - 1);
  return (bucket - halvings * STEPS + 1) * 2 ** halvings - 1;
}
