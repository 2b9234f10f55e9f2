/** Lines beyond would not be told apart. */
const MAX_LINES = 6;

/** Knows the highest value that each queue had, so that a chart has lines of those that had the most. */
export class Peaks<P extends { readonly time: number }> {
  readonly #most = new Map<string, number>();
  /** Seconds since the epoch: what was seen until then is in. */
  #until = 0;

  /**
   * The queues of which a chart has lines: those whose value was the highest of all that was seen, of equal ones the
   * first. @param seen the oldest first; what was added before is not looked at again
   */
  fullest(
    ids: readonly string[],
    seen: readonly P[],
    value: (point: P, id: string) => number | null,
  ): ReadonlySet<string> {
    if (ids.length <= MAX_LINES) return new Set(ids);
    for (const point of seen.slice(seen.findLastIndex(({ time }) => time <= this.#until) + 1)) {
      for (const id of ids) this.#raise(id, value(point, id) ?? 0);
      this.#until = point.time;
    }
    const ranked = ids.toSorted((a, b) => this.#of(b) - this.#of(a));
    return new Set(ranked.slice(0, MAX_LINES));
  }

  #of(id: string): number {
    return this.#most.get(id) ?? 0;
  }

  #raise(id: string, value: number): void {
    if (value > this.#of(id)) this.#most.set(id, value);
  }
}
