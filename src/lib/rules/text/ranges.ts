import { usageError } from '../errors.ts';

/** From one number to another, both included; the second may be `Infinity`. */
export type Range = readonly [from: number, to: number];

/** Whole numbers from 1, as ranges in order that don't touch; numbers are added in any order. */
export class Ranges {
  private readonly list: [from: number, to: number][] = [];

  static of(...ranges: readonly Range[]): Ranges {
    const made = new Ranges();
    for (const [from, to] of ranges) made.add(from, to);
    return made;
  }

  /** All numbers from 1. */
  static all(): Ranges {
    return Ranges.of([1, Number.POSITIVE_INFINITY]);
  }

  /**
   * Reads ranges such as `3,7-9,120-`; an open one goes on without end.
   * @throws AppError (exit 2) that names the flag.
   */
  static parse(text: string, flag: string): Ranges {
    const made = new Ranges();
    for (const part of text.split(',')) {
      const [, first, dash, last] = /^(\d+)(-(\d*))?$/.exec(part.trim()) ?? [];
      const from = Number(first);
      const to = dash === undefined ? from : last ? Number(last) : Number.POSITIVE_INFINITY;
      if (!Number.isSafeInteger(from) || from < 1 || to < from) {
        throw usageError(
          `${flag} must be numbers and ranges from 1, not "${text}".`,
          `${flag} 3,7-9,120-`,
        );
      }
      made.add(from, to);
    }
    return made;
  }

  add(from: number, to: number = from): void {
    // Numbers mostly come in order: looked for from the end.
    let at = this.list.length;
    while (at > 0 && (this.list[at - 1]?.[0] ?? 0) > from) at--;
    this.list.splice(at, 0, [from, to]);
    this.join(at);
    this.join(at - 1);
  }

  addAll(others: Ranges): void {
    for (const [from, to] of others.list) this.add(from, to);
  }

  has(number: number): boolean {
    return this.list.some(([from, to]) => from <= number && number <= to);
  }

  /** What is in both. */
  and(others: Ranges): Ranges {
    const both = new Ranges();
    for (const [from, to] of this.list) {
      for (const other of others.list) {
        const begin = Math.max(from, other[0]);
        const end = Math.min(to, other[1]);
        if (begin <= end) both.add(begin, end);
      }
    }
    return both;
  }

  get isEmpty(): boolean {
    return this.list.length === 0;
  }

  /** The greatest of them; 0 where there is none. */
  get last(): number {
    return this.list.at(-1)?.[1] ?? 0;
  }

  /** As `parse` reads it. */
  toString(): string {
    return this.list
      .map(([from, to]) => {
        if (to === Number.POSITIVE_INFINITY) return `${from}-`;
        return from === to ? String(from) : `${from}-${to}`;
      })
      .join(',');
  }

  /** Makes one range of that at a place and those behind it that it touches. */
  private join(at: number): void {
    const range = this.list[at];
    if (range === undefined) return;
    for (;;) {
      const next = this.list[at + 1];
      if (next === undefined || next[0] > range[1] + 1) return;
      range[1] = Math.max(range[1], next[1]);
      this.list.splice(at + 1, 1);
    }
  }
}
