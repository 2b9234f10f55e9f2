import type { JournalKey } from './journal.ts';
import type { PlacedWrite } from './write.ts';

type KeyText = string | number;

/**
 * What a log holds and the tables don't: of each key the latest write. A key that came and went meanwhile leaves
 * nothing, and most messages do that.
 */
export class Pending {
  readonly #tables = new Map<string, Map<KeyText, PlacedWrite>>();
  #size = 0;

  /** How many keys are to be written or removed. */
  get size(): number {
    return this.#size;
  }

  add(write: PlacedWrite): void {
    let table = this.#tables.get(write.table);
    if (table === undefined) {
      table = new Map();
      this.#tables.set(write.table, table);
    }
    const key = keyText(write.key);
    const before = table.get(key);
    if (before === undefined) this.#size += 1;
    if (before?.last !== true) {
      table.set(key, write);
    } else if (write.end === 0) {
      // The tables never had it.
      table.delete(key);
      this.#size -= 1;
    } else {
      table.set(key, { ...write, last: true });
    }
  }

  /** The names of the tables. */
  tables(): Iterable<string> {
    return this.#tables.keys();
  }

  /** All of it; the keys that are higher than any in their table come in their order. */
  *writes(): Generator<PlacedWrite> {
    for (const table of this.#tables.values()) yield* table.values();
  }

  /** What a table's keys are to become. */
  of(table: string): ReadonlyMap<KeyText, PlacedWrite> {
    return this.#tables.get(table) ?? new Map();
  }

  clear(): void {
    this.#tables.clear();
    this.#size = 0;
  }
}

/** Keys of one table in a map: a text begins with a letter where arrays begin with a bracket. */
export function keyText(key: JournalKey): KeyText {
  if (typeof key === 'number') return key;
  return typeof key === 'string' ? `s${key}` : JSON.stringify(key);
}
