import type { Message } from './message.ts';

const CHUNK_SIZE = 256;

interface Chunk {
  readonly number: number;
  readonly slots: (Message | undefined)[];
  live: number;
}

/**
 * A queue's messages by their sequence number. Numbers only grow, so chunks of slots replace a hash table: no rehash
 * pause at any size, and chunks whose messages have all gone are dropped.
 */
export class MessageTable {
  readonly #chunks = new Map<number, Chunk>();
  /** In ascending order of their numbers. */
  readonly #order: Chunk[] = [];
  #last: Chunk | undefined;

  /** Adds a message; its `seq` MUST be higher than any added before. */
  add(message: Message): void {
    const number = Math.floor(message.seq / CHUNK_SIZE);
    let chunk = this.#last;
    if (chunk === undefined || chunk.number !== number) {
      chunk = {
        number,
        slots: new Array<Message | undefined>(CHUNK_SIZE).fill(undefined),
        live: 0,
      };
      this.#chunks.set(number, chunk);
      this.#order.push(chunk);
      this.#last = chunk;
    }
    chunk.slots[message.seq % CHUNK_SIZE] = message;
    chunk.live += 1;
  }

  get(seq: number): Message | undefined {
    return this.#chunks.get(Math.floor(seq / CHUNK_SIZE))?.slots[seq % CHUNK_SIZE];
  }

  delete(seq: number): void {
    const chunk = this.#chunks.get(Math.floor(seq / CHUNK_SIZE));
    if (chunk?.slots[seq % CHUNK_SIZE] === undefined) return;
    chunk.slots[seq % CHUNK_SIZE] = undefined;
    chunk.live -= 1;
    if (chunk.live > 0) return;
    this.#chunks.delete(chunk.number);
    this.#order.splice(this.#position(chunk.number), 1);
    if (this.#last === chunk) this.#last = undefined;
  }

  /** The first message whose number is `seq` or higher. */
  next(seq: number): Message | undefined {
    const wanted = Math.floor(seq / CHUNK_SIZE);
    let slot = seq % CHUNK_SIZE;
    for (let place = this.#position(wanted); place < this.#order.length; place += 1) {
      const chunk = this.#order[place] as Chunk;
      if (chunk.number !== wanted) slot = 0;
      for (; slot < CHUNK_SIZE; slot += 1) {
        const message = chunk.slots[slot];
        if (message !== undefined) return message;
      }
    }
    return undefined;
  }

  /** Where the chunk of that number is, or would be. */
  #position(number: number): number {
    const order = this.#order;
    let low = 0;
    let high = order.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((order[middle] as Chunk).number < number) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
