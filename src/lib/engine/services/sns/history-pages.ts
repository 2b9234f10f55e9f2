/** Bytes of a topic's first page, and of its largest ones: most topics are small. */
const FIRST_PAGE = 16 * 1024;
const LARGEST_PAGE = 512 * 1024;

/** Lines of text with their times, on a page outside the heap that is filled from its beginning. */
interface Page {
  readonly buffer: Buffer;
  used: number;
  /** Where each line begins. */
  readonly starts: number[];
  readonly times: number[];
}

/** The newest lines of one topic, the oldest dropped page by page. */
export class HistoryPages {
  readonly #pages: Page[] = [];
  #messages = 0;
  /** What the pages take, filled or not. */
  bytes = 0;
  /** The time from which on nothing is missing, in milliseconds since the epoch. */
  from: number;

  constructor(from: number) {
    this.from = from;
  }

  /** How many messages would be left without the oldest page. */
  get messagesAfterFirst(): number {
    return this.#messages - (this.#pages[0]?.times.length ?? 0);
  }

  /** @param line ends with a line feed. */
  add(line: string, time: number): void {
    const page = this.#pageFor(line);
    page.starts.push(page.used);
    page.times.push(time);
    page.used += page.buffer.write(line, page.used);
    this.#messages += 1;
  }

  dropFirst(): void {
    const page = this.#pages.shift();
    if (page === undefined) return;
    this.bytes -= page.buffer.length;
    this.#messages -= page.times.length;
    // Others of the same millisecond may be left.
    this.from = Math.max(this.from, (page.times.at(-1) ?? 0) + 1);
  }

  /**
   * The lines from `time` on, many at once; of those the newest `most`. What was written is never changed, so they stay
   * as they are.
   */
  since(time: number, most = Number.POSITIVE_INFINITY): Uint8Array[] {
    const found: Uint8Array[] = [];
    let left = most;
    for (const { buffer, used, starts, times } of [...this.#pages].reverse()) {
      if (left <= 0) break;
      const first = times.findIndex((each) => each >= time);
      if (first < 0) continue;
      const index = Math.max(first, times.length - left);
      left -= times.length - index;
      found.unshift(buffer.subarray(starts[index], used));
    }
    return found;
  }

  /** The lines that have these bytes in them, the oldest first. */
  containing(bytes: Uint8Array): Uint8Array[] {
    const found: Uint8Array[] = [];
    for (const { buffer, used, starts } of this.#pages) {
      const written = buffer.subarray(0, used);
      let at = written.indexOf(bytes);
      while (at >= 0) {
        const index = lastAtMost(starts, at);
        const end = starts[index + 1] ?? used;
        found.push(buffer.subarray(starts[index], end));
        at = written.indexOf(bytes, end);
      }
    }
    return found;
  }

  #pageFor(line: string): Page {
    const last = this.#pages.at(-1);
    // A character takes three bytes at most: most lines need no closer look.
    if (last !== undefined) {
      const room = last.buffer.length - last.used;
      if (line.length * 3 <= room || Buffer.byteLength(line) <= room) return last;
    }
    const usual = Math.min((last?.buffer.length ?? FIRST_PAGE / 2) * 2, LARGEST_PAGE);
    const buffer = Buffer.allocUnsafeSlow(Math.max(usual, Buffer.byteLength(line)));
    const page: Page = { buffer, used: 0, starts: [], times: [] };
    this.#pages.push(page);
    this.bytes += buffer.length;
    return page;
  }
}

/** The index of the last of ascending numbers that is not greater than `number`. */
function lastAtMost(numbers: readonly number[], number: number): number {
  let low = 0;
  let high = numbers.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((numbers[middle] ?? 0) <= number) low = middle;
    else high = middle - 1;
  }
  return low;
}
