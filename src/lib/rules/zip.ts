import { crc32, deflateRawSync } from 'node:zlib';

/** A file of a zip. */
export interface ZipEntry {
  /** With `/` between its parts. */
  readonly name: string;
  readonly content: Uint8Array;
  readonly isExecutable: boolean;
}

/** MS-DOS form of 1980-01-01, the earliest time that a zip can say: the same files make the same zip at any time. */
const DOS_DATE = 0x21;
const UTF8_NAMES = 0x0800;
const VERSION = 20;
/** "Made by" Unix, so that the mode of a file counts. */
const MADE_BY_UNIX = (3 << 8) | VERSION;
const STORED = 0;
const DEFLATED = 8;
const REGULAR_FILE = 0o100000;

/**
 * Makes a zip ("APPNOTE.TXT", PKWARE). The same entries in the same order make the same bytes.
 * @param compress false where they have to be the same whichever zlib there is.
 */
export function makeZip(entries: readonly ZipEntry[], compress: boolean): Buffer {
  const files: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, content, isExecutable } of entries) {
    const data = compress ? deflateRawSync(content, { level: 9 }) : Buffer.from(content);
    const nameBytes = Buffer.from(name);
    // What both headers say.
    const common = Buffer.alloc(26);
    common.writeUInt16LE(VERSION, 0);
    common.writeUInt16LE(UTF8_NAMES, 2);
    common.writeUInt16LE(compress ? DEFLATED : STORED, 4);
    common.writeUInt16LE(0, 6);
    common.writeUInt16LE(DOS_DATE, 8);
    common.writeUInt32LE(crc32(content), 10);
    common.writeUInt32LE(data.length, 14);
    common.writeUInt32LE(content.length, 18);
    common.writeUInt16LE(nameBytes.length, 22);
    files.push(Buffer.from('PK\x03\x04', 'latin1'), common, nameBytes, data);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE((REGULAR_FILE | (isExecutable ? 0o755 : 0o644)) * 0x10000, 6);
    rest.writeUInt32LE(offset, 10);
    const madeBy = Buffer.alloc(2);
    madeBy.writeUInt16LE(MADE_BY_UNIX);
    directory.push(Buffer.from('PK\x01\x02', 'latin1'), madeBy, common, rest, nameBytes);
    offset += 4 + common.length + nameBytes.length + data.length;
  }
  const size = directory.reduce((sum, { length }) => sum + length, 0);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(entries.length, 4);
  end.writeUInt16LE(entries.length, 6);
  end.writeUInt32LE(size, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...files, ...directory, Buffer.from('PK\x05\x06', 'latin1'), end]);
}
