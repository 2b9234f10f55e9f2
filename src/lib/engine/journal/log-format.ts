import { crc32 } from 'node:zlib';
import type { JournalKey } from './journal.ts';
import { PlainValues } from './plain-values.ts';
import type { PlacedWrite, Write } from './write.ts';

/**
 * How commits lie in a log. It begins with `MAGIC`; each commit is its length and its checksum (32 bits each, little
 * endian) and that many bytes of writes. A write is
 *
 * - one byte, 1 for a value and 0 for a removal; the table's name behind its length in one byte;
 * - the key: behind a byte of 0 a number as a double, else behind its length in one byte as the codec writes it;
 * - for a value, its length in 32 bits and the value in MessagePack, as the codec reads it.
 */
const MAGIC = Buffer.from('pubslog1', 'latin1');

/** Bytes before the writes of a commit. */
const COMMIT_HEAD = 8;

/** The longest key that is written, in bytes of the codec. LMDB's bound lies higher. */
const MAX_KEY_BYTES = 255;

/** Turns values into bytes and back. */
export interface Codec {
  encode(value: unknown): Uint8Array;
  decode(bytes: Uint8Array): unknown;
}

/** Thrown when a commit doesn't fit. */
class NoRoom extends Error {}

/** A buffer that holds what a log holds, and the commit that is to be written next. */
export class LogBuffer {
  /** Where the first commit begins. */
  static readonly BEGIN = MAGIC.length;
  readonly bytes: Buffer;
  /** Where the next commit begins. */
  used = LogBuffer.BEGIN;
  #at = 0;
  readonly #codec: Codec;
  readonly #plain: PlainValues;
  readonly #names = new Map<string, Uint8Array>();

  constructor(size: number, codec: Codec) {
    this.bytes = Buffer.allocUnsafeSlow(size);
    this.#codec = codec;
    this.#plain = new PlainValues(this.bytes);
    this.bytes.set(MAGIC);
  }

  /** Begins a log: its commits so far are forgotten. */
  begin(): void {
    this.used = LogBuffer.BEGIN;
  }

  /** Puts a commit behind the last one; it counts once `used` is set to `end`. Undefined where there is no room for it. */
  encode(writes: readonly Write[]): { writes: PlacedWrite[]; end: number } | undefined {
    const start = this.used + COMMIT_HEAD;
    this.#at = start;
    try {
      const placed = writes.map((write) => this.#place(write));
      const commit = this.bytes.subarray(start, this.#at);
      this.bytes.writeUInt32LE(commit.length, this.used);
      this.bytes.writeUInt32LE(crc32(commit), this.used + 4);
      return { writes: placed, end: this.#at };
    } catch (error) {
      if (error instanceof NoRoom) return undefined;
      throw error;
    }
  }

  #place({ table, key, value, last }: Write): PlacedWrite {
    this.#placeTable(table, value === undefined);
    this.#placeKey(key);
    if (value === undefined) return { table, key, last, start: 0, end: 0 };
    const start = this.#at + 4;
    const end = this.#plain.write(value, start) || this.#placeEncoded(value, start);
    this.bytes.writeUInt32LE(end - start, this.#at);
    this.#at = end;
    return { table, key, last, start, end };
  }

  #placeEncoded(value: unknown, start: number): number {
    const encoded = this.#codec.encode(value);
    this.#need(4 + encoded.length);
    this.bytes.set(encoded, start);
    return start + encoded.length;
  }

  #placeTable(table: string, removes: boolean): void {
    let name = this.#names.get(table);
    if (name === undefined) {
      name = Buffer.from(table, 'latin1');
      this.#names.set(table, name);
    }
    const { length } = name;
    this.#need(2 + length);
    this.bytes[this.#at] = removes ? 0 : 1;
    this.bytes[this.#at + 1] = length;
    this.#at += 2;
    // For a dozen bytes quicker than any copying call.
    for (let at = 0; at < length; at += 1) this.bytes[this.#at + at] = name[at] ?? 0;
    this.#at += length;
  }

  #placeKey(key: JournalKey): void {
    if (typeof key === 'number') {
      this.#need(9);
      this.bytes[this.#at] = 0;
      this.bytes.writeDoubleLE(key, this.#at + 1);
      this.#at += 9;
      return;
    }
    const encoded = this.#codec.encode(key);
    if (encoded.length > MAX_KEY_BYTES) throw new NoRoom();
    this.#need(1 + encoded.length);
    this.bytes[this.#at] = encoded.length;
    this.bytes.set(encoded, this.#at + 1);
    this.#at += 1 + encoded.length;
  }

  #need(bytes: number): void {
    if (this.#at + bytes > this.bytes.length) throw new NoRoom();
  }
}

/** A write as a log gives it back: `value` as the codec wrote it, undefined for a removal. */
export interface LoggedWrite {
  readonly table: string;
  readonly key: JournalKey;
  readonly value: Uint8Array | undefined;
}

/**
 * The writes of all commits in a log. A commit that is there in part only was never acknowledged: it ends the log.
 *
 * @throws Error for what no engine wrote
 */
export function readLog(log: Buffer, codec: Codec): LoggedWrite[] {
  const writes: LoggedWrite[] = [];
  // The first commit came with it.
  if (log.length < MAGIC.length) return writes;
  if (!log.subarray(0, MAGIC.length).equals(MAGIC)) throw new Error('is no log');
  let at = MAGIC.length;
  while (log.length - at >= COMMIT_HEAD) {
    const length = log.readUInt32LE(at);
    const start = at + COMMIT_HEAD;
    if (length > log.length - start) break;
    const commit = log.subarray(start, start + length);
    if (crc32(commit) !== log.readUInt32LE(at + 4)) throw new Error('holds a damaged commit');
    readCommit(commit, codec, writes);
    at = start + length;
  }
  return writes;
}

function readCommit(commit: Buffer, codec: Codec, writes: LoggedWrite[]): void {
  let at = 0;
  const take = (length: number) => {
    at += length;
    return commit.subarray(at - length, at);
  };
  while (at < commit.length) {
    const [kind = 0, nameLength = 0] = take(2);
    const table = take(nameLength).toString('latin1');
    const [keyLength = 0] = take(1);
    const key = keyLength === 0 ? take(8).readDoubleLE(0) : codec.decode(take(keyLength));
    const value = kind === 0 ? undefined : take(take(4).readUInt32LE(0));
    writes.push({ table, key: key as JournalKey, value });
  }
}
