import type { MessageRow } from '../../src/lib/dashboard/api/index.ts';

/**
 * Rows in the order in which they are shown, the newest first. Putting new ones on top and changing one costs the same
 * however many there are.
 */
export class RowBuffer {
  readonly #max: number;
  /** The oldest first. */
  #rows: MessageRow[] = [];
  /** By id: the place in `#rows`, plus what was ever taken from its beginning, less what was put there. */
  readonly #numbers = new Map<string, number>();
  #first = 0;

  /** @param max rows beyond are dropped, the oldest first */
  constructor(max: number) {
    this.#max = max;
  }

  get size(): number {
    return this.#rows.length;
  }

  /** A row by its place, the newest at 0; undefined beyond the last. */
  at(place: number): MessageRow | undefined {
    return this.#rows[this.#rows.length - 1 - place];
  }

  has(id: string): boolean {
    return this.#numbers.has(id);
  }

  clear(): void {
    this.#rows = [];
    this.#numbers.clear();
  }

  /** Puts rows on top. @param rows the newest first; none of them is there yet */
  addNewer(rows: readonly MessageRow[]): void {
    for (const row of rows.toReversed()) {
      this.#numbers.set(row.id, this.#first + this.#rows.length);
      this.#rows.push(row);
    }
    const dropped = this.#rows.splice(0, Math.max(0, this.#rows.length - this.#max));
    for (const { id } of dropped) this.#numbers.delete(id);
    this.#first += dropped.length;
  }

  /** Puts rows below the last, as far as there is room. @param rows the newest first */
  addOlder(rows: readonly MessageRow[]): void {
    const fresh = rows.filter(({ id }) => !this.has(id)).slice(0, this.#max - this.#rows.length);
    for (const { id } of fresh) this.#numbers.set(id, --this.#first);
    this.#rows.unshift(...fresh.toReversed());
  }

  /** Keeps the rows that a test lets through, and puts others among them by their times. */
  sift(keep: (row: MessageRow) => boolean, others: readonly MessageRow[]): void {
    const rows = [...this.#rows.filter(keep), ...others].sort((a, b) => a.time - b.time);
    this.clear();
    this.#first = 0;
    this.addNewer(rows.reverse());
  }

  /** Replaces the row of the same id. @returns whether there was one */
  replace(row: MessageRow): boolean {
    const number = this.#numbers.get(row.id);
    if (number === undefined) return false;
    this.#rows[number - this.#first] = row;
    return true;
  }
}
