import type { Connection } from '../../action.ts';

/** How far back receives are counted, in milliseconds. */
export const RECEIVERS_WINDOW = 60_000;

/** Receives are counted in pieces of this many milliseconds: the window reaches back between 55 and 60 s. */
const PIECE = 5_000;
const PIECES = RECEIVERS_WINDOW / PIECE;

/** Clients remembered of one queue; the one that was longest silent is forgotten for a new one. */
const MOST = 100;

/** What one client received lately. Counting costs a few array accesses: it happens with each receive. */
export class ReceiverTally {
  readonly #receives = new Uint32Array(PIECES);
  readonly #messages = new Uint32Array(PIECES);
  /** The number of the current piece since the epoch. */
  #piece = 0;
  /** When the client last began to receive, or was given messages; milliseconds since the epoch. */
  lastAt = 0;
  /** The connection of the last receive. */
  #connection: Connection | undefined;

  /** The client's port, as long as the connection of its last receive is open. */
  get port(): number | null {
    const open = this.#connection !== undefined && !this.#connection.destroyed;
    if (!open) this.#connection = undefined;
    return this.#connection?.remotePort ?? null;
  }

  /** A receive begins. */
  began(now: number, connection?: Connection): void {
    this.#connection = connection;
    const slot = this.#advance(now);
    this.#receives[slot] = (this.#receives[slot] ?? 0) + 1;
  }

  /** A receive was given messages. */
  took(count: number, now: number): void {
    const slot = this.#advance(now);
    this.#messages[slot] = (this.#messages[slot] ?? 0) + count;
  }

  /** The counts of the last minute. */
  counts(now: number): { readonly receives: number; readonly messages: number } {
    if (now - this.lastAt >= RECEIVERS_WINDOW) return { receives: 0, messages: 0 };
    this.#forget(now);
    return { receives: sum(this.#receives), messages: sum(this.#messages) };
  }

  #advance(now: number): number {
    this.#forget(now);
    this.lastAt = now;
    return this.#piece % PIECES;
  }

  /** Empties the pieces that lie between the last count and now. */
  #forget(now: number): void {
    const piece = Math.floor(now / PIECE);
    if (piece === this.#piece) return;
    const passed = Math.min(piece - this.#piece, PIECES);
    for (let back = 0; back < passed; back += 1) {
      this.#receives[(piece - back) % PIECES] = 0;
      this.#messages[(piece - back) % PIECES] = 0;
    }
    this.#piece = piece;
  }
}

/** Who receives from a queue, by `User-Agent`. */
export class Receivers {
  readonly #tallies = new Map<string, ReceiverTally>();

  /** The tally of a client that begins to receive. */
  began(userAgent: string, now: number, connection?: Connection): ReceiverTally {
    let tally = this.#tallies.get(userAgent);
    if (tally === undefined) {
      if (this.#tallies.size >= MOST) this.#forgetOne();
      tally = new ReceiverTally();
      this.#tallies.set(userAgent, tally);
    }
    tally.began(now, connection);
    return tally;
  }

  entries(): IterableIterator<[string, ReceiverTally]> {
    return this.#tallies.entries();
  }

  #forgetOne(): void {
    let silent: string | undefined;
    let lastAt = Number.POSITIVE_INFINITY;
    for (const [userAgent, tally] of this.#tallies) {
      if (tally.lastAt >= lastAt) continue;
      lastAt = tally.lastAt;
      silent = userAgent;
    }
    if (silent !== undefined) this.#tallies.delete(silent);
  }
}

function sum(numbers: Uint32Array): number {
  let total = 0;
  for (const each of numbers) total += each;
  return total;
}
