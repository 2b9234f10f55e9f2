/** Ids of messages, which can be looked for in memory without making a text of what is there. */
export class IdSet {
  readonly #ids = new Set<string>();
  readonly #keys = new Set<number>();
  readonly #bytes = Buffer.alloc(8);
  readonly #words = new Uint32Array(this.#bytes.buffer, this.#bytes.byteOffset, 2);

  constructor(ids: Iterable<string> = []) {
    for (const id of ids) this.add(id);
  }

  get size(): number {
    return this.#ids.size;
  }

  add(id: string): void {
    if (this.#ids.has(id)) return;
    this.#ids.add(id);
    this.#bytes.fill(0);
    this.#bytes.write(id, 'latin1');
    this.#keys.add(keyOf(this.#words[0] ?? 0, this.#words[1] ?? 0));
  }

  has(id: string): boolean {
    return this.#ids.has(id);
  }

  /** Whether there may be an id that begins with these eight bytes; false where there is none for sure. */
  mayHave(first: number, second: number): boolean {
    return this.#keys.has(keyOf(first, second));
  }
}

function keyOf(first: number, second: number): number {
  return (first ^ Math.imul(second, 0x9e3779b1)) >>> 0;
}
