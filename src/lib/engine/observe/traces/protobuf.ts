/** A field of a message: its name in JSON, and what its bytes are. A list of messages where it may be there again. */
export type Field = readonly [
  name: string,
  type:
    | 'text'
    | 'hex'
    | 'base64'
    | 'integer'
    | 'flag'
    | 'double'
    | 'fixed64'
    | Fields
    | readonly [Fields],
];

/** The fields of a message by their numbers; a function where messages contain themselves. */
export type Fields = () => Readonly<Record<number, Field>>;

/** Messages within messages at the most. */
const MAX_DEPTH = 20;

/**
 * Reads a protobuf message into what its JSON form would be ("JSON Protobuf Encoding" of OTLP). Fields that are not
 * described are passed over.
 * @throws RangeError where the bytes are no such message.
 * @see https://protobuf.dev/programming-guides/encoding/
 */
export function readProtobuf(bytes: Buffer, fields: Fields, depth = 0): Record<string, unknown> {
  if (depth > MAX_DEPTH) throw new RangeError('too many messages within messages');
  const known = fields();
  const found: Record<string, unknown> = {};
  const reader = new Reader(bytes);
  while (!reader.isAtEnd) {
    const tag = Number(reader.varint());
    const field = known[Math.floor(tag / 8)];
    const raw = reader.value(tag % 8);
    if (field === undefined) continue;
    const [name, type] = field;
    if (typeof type === 'function') {
      found[name] = readProtobuf(bytesOf(raw), type, depth + 1);
    } else if (typeof type === 'object') {
      const list = (found[name] ?? []) as unknown[];
      list.push(readProtobuf(bytesOf(raw), type[0], depth + 1));
      found[name] = list;
    } else {
      found[name] = scalar(raw, type);
    }
  }
  return found;
}

type Raw = bigint | Buffer;

function scalar(raw: Raw, type: Exclude<Field[1], Fields | readonly [Fields]>): unknown {
  switch (type) {
    case 'text':
      return bytesOf(raw).toString();
    case 'hex':
    case 'base64':
      return bytesOf(raw).toString(type);
    case 'double':
      return sized(raw, 8).readDoubleLE();
    case 'fixed64':
      return String(sized(raw, 8).readBigUInt64LE());
    case 'flag':
      return numberOf(raw) !== 0n;
    case 'integer':
      return String(BigInt.asIntN(64, numberOf(raw)));
  }
}

function bytesOf(raw: Raw): Buffer {
  if (typeof raw === 'bigint') throw new RangeError('a number in place of bytes');
  return raw;
}

function sized(raw: Raw, size: number): Buffer {
  const bytes = bytesOf(raw);
  if (bytes.length !== size) throw new RangeError(`${bytes.length} bytes in place of ${size}`);
  return bytes;
}

function numberOf(raw: Raw): bigint {
  if (typeof raw !== 'bigint') throw new RangeError('bytes in place of a number');
  return raw;
}

class Reader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  varint(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.#bytes.readUInt8(this.#at);
      this.#at += 1;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    throw new RangeError('a number of more than ten bytes');
  }

  /** @param wireType the lower three bits of a field's tag */
  value(wireType: number): Raw {
    switch (wireType) {
      case 0:
        return this.varint();
      case 1:
        return this.#take(8);
      case 2:
        return this.#take(Number(this.varint()));
      case 5:
        return this.#take(4);
      default:
        throw new RangeError(`the wire type ${wireType}`);
    }
  }

  #take(length: number): Buffer {
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new RangeError('it ends too early');
    const part = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return part;
  }
}
