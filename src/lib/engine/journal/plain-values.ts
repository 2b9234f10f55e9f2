/** Bytes before a text: a byte for its kind, and its length in two or four bytes. */
const SHORT_TEXT_HEAD = 3;
const LONG_TEXT_HEAD = 5;

/** No character takes more bytes in UTF-8, for each of its units. */
const MAX_UNIT_BYTES = 3;

/** Up to this length, in characters, a text of ASCII is written quicker here than by a call of Node's. */
const SHORT_TEXT = 64;

/**
 * Writes texts, numbers, null, and lists of them straight into a buffer, as MessagePack. Messages are made of these; the
 * codec, which knows all values, takes twice the time, because it writes to a buffer of its own first.
 *
 * @see https://github.com/msgpack/msgpack/blob/master/spec.md
 */
export class PlainValues {
  readonly #bytes: Buffer;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  /** Writes a value from `start` on. @returns where it ends; 0 for a value of another kind, and where there is too little room. */
  write(value: unknown, start: number): number {
    this.#at = start;
    return this.#write(value) ? this.#at : 0;
  }

  #write(value: unknown): boolean {
    if (typeof value === 'string') return this.#writeText(value);
    if (typeof value === 'number') return this.#writeNumber(value);
    if (value === null) return this.#writeByte(0xc0);
    return Array.isArray(value) && this.#writeList(value);
  }

  #writeList(values: readonly unknown[]): boolean {
    // Longer ones are rare.
    if (values.length > 15 || !this.#writeByte(0x90 | values.length)) return false;
    for (const value of values) if (!this.#write(value)) return false;
    return true;
  }

  #writeText(text: string): boolean {
    const most = text.length * MAX_UNIT_BYTES;
    const head = most < 0x10000 ? SHORT_TEXT_HEAD : LONG_TEXT_HEAD;
    const at = this.#at;
    if (at + head + most > this.#bytes.length) return false;
    const length = this.#writeAscii(text, at + head) || this.#bytes.write(text, at + head);
    if (head === SHORT_TEXT_HEAD) {
      this.#bytes[at] = 0xda;
      this.#view.setUint16(at + 1, length);
    } else {
      this.#bytes[at] = 0xdb;
      this.#view.setUint32(at + 1, length);
    }
    this.#at = at + head + length;
    return true;
  }

  /** @returns its length; 0 for a text that is long, or has other characters. */
  #writeAscii(text: string, start: number): number {
    const { length } = text;
    if (length > SHORT_TEXT) return 0;
    for (let index = 0; index < length; index += 1) {
      const unit = text.charCodeAt(index);
      if (unit > 0x7f) return 0;
      this.#bytes[start + index] = unit;
    }
    return length;
  }

  #writeNumber(value: number): boolean {
    if (value >>> 0 === value && value < 0x80) return this.#writeByte(value);
    const at = this.#at;
    if (at + 9 > this.#bytes.length) return false;
    this.#bytes[at] = 0xcb;
    this.#view.setFloat64(at + 1, value);
    this.#at = at + 9;
    return true;
  }

  #writeByte(byte: number): boolean {
    if (this.#at >= this.#bytes.length) return false;
    this.#bytes[this.#at] = byte;
    this.#at += 1;
    return true;
  }
}
