import { crc32 } from 'node:zlib';

/** MS-DOS form of 1980-01-01: the same text makes the same zip at any time. */
const DOS_DATE = 0x21;
const VERSION = 20;
/** "Made by" Unix, so that the mode counts. */
const MADE_BY_UNIX = (3 << 8) | VERSION;
const REGULAR_FILE_MODE = 0o100644;

/** A zip with one file, uncompressed ("APPNOTE.TXT", PKWARE). @param name in ASCII. */
export function storedZip(name: string, text: string): Buffer {
  const content = Buffer.from(text);
  const nameBytes = Buffer.from(name);
  // What both headers say.
  const common = Buffer.alloc(26);
  common.writeUInt16LE(VERSION, 0);
  common.writeUInt16LE(DOS_DATE, 8);
  common.writeUInt32LE(crc32(content), 10);
  common.writeUInt32LE(content.length, 14);
  common.writeUInt32LE(content.length, 18);
  common.writeUInt16LE(nameBytes.length, 22);
  const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), common, nameBytes, content]);
  const rest = Buffer.alloc(14);
  rest.writeUInt32LE(REGULAR_FILE_MODE * 0x10000, 6);
  const madeBy = Buffer.alloc(2);
  madeBy.writeUInt16LE(MADE_BY_UNIX);
  const directory = Buffer.concat([
    Buffer.from('PK\x01\x02', 'latin1'),
    madeBy,
    common,
    rest,
    nameBytes,
  ]);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(1, 4);
  end.writeUInt16LE(1, 6);
  end.writeUInt32LE(directory.length, 8);
  end.writeUInt32LE(local.length, 12);
  return Buffer.concat([local, directory, Buffer.from('PK\x05\x06', 'latin1'), end]);
}
