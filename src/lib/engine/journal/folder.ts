import { randomUUID } from 'node:crypto';
import {
  closeSync,
  existsSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { makeFolder } from '../../process/make-folder.ts';
import { damaged, tooNew } from './damaged.ts';

/** Raised whenever what the journal's tables hold can't be read by the version before. */
export const FORMAT = 4;

/** The earliest that is read: without logs, and each message by itself. No release wrote one before. */
const OLDEST_FORMAT = 2;

const FORMAT_FILE = 'format.json';
const FORMAT_TEXT = `${JSON.stringify({ format: FORMAT })}\n`;

/** LMDB's name for the file that holds everything. */
export const DATA_FILE = 'data.mdb';

/** Where a state folder keeps the journal. */
export function journalFolder(stateDir: string): string {
  return join(stateDir, 'journal');
}

/**
 * Makes a journal folder in one step: it appears complete or not at all, so that one without its format or its data is
 * known to be damaged.
 *
 * @param fill puts an empty database into the folder it is given
 */
export async function createJournalFolder(
  folder: string,
  fill: (draft: string) => Promise<void>,
): Promise<void> {
  const draft = `${folder}.${randomUUID()}`;
  makeFolder(draft, { mode: 0o700 });
  try {
    await fill(draft);
    writeFileSync(join(draft, FORMAT_FILE), FORMAT_TEXT);
    renameSync(draft, folder);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    throw error;
  }
}

/**
 * Looks at a journal folder without opening or changing anything in it.
 *
 * @returns its format: `FORMAT`, or an earlier one that is read.
 * @throws AppError `StateDamaged` or `StateTooNew`
 */
export function checkJournalFolder(folder: string): number {
  const format = readFormat(folder);
  if (format > FORMAT) throw tooNew(dirname(folder), format);
  if (format < OLDEST_FORMAT)
    throw damaged(dirname(folder), new Error(`format ${format} is unknown`));
  const data = join(folder, DATA_FILE);
  if (!existsSync(data)) throw damaged(dirname(folder), new Error(`${DATA_FILE} is missing`));
  const flaw = findFlaw(data);
  if (flaw !== undefined) throw damaged(dirname(folder), new Error(`${DATA_FILE}: ${flaw}`));
  return format;
}

/** Marks a folder that was looked at as one of this version, so that an earlier one doesn't read it in part. */
export function raiseFormat(folder: string): void {
  const draft = join(folder, `${FORMAT_FILE}.${randomUUID()}`);
  writeFileSync(draft, FORMAT_TEXT);
  renameSync(draft, join(folder, FORMAT_FILE));
}

function readFormat(folder: string): number {
  let format: unknown;
  try {
    ({ format } = JSON.parse(readFileSync(join(folder, FORMAT_FILE), 'utf8')));
  } catch (cause) {
    throw damaged(dirname(folder), cause);
  }
  if (typeof format !== 'number' || !Number.isInteger(format) || format < 1) {
    throw damaged(dirname(folder), new Error(`${FORMAT_FILE} has no format number`));
  }
  return format;
}

const LMDB_MAGIC = 0xbeefc0de;
const LMDB_VERSION = 2;

/** Offsets within a meta page, of which a database has two, at its start. */
const META = { magic: 24, version: 28, pageSize: 48, freeRoot: 88, mainRoot: 136, length: 168 };

/** The root of a tree that has no pages. */
const NO_PAGE = 2n ** 64n - 1n;

/**
 * LMDB maps the file into memory and trusts its meta pages: reading past the end of a file that was cut short would
 * kill the process, so the little that can be known beforehand is looked at first.
 */
function findFlaw(path: string): string | undefined {
  const size = BigInt(statSync(path).size);
  const file = openSync(path, 'r');
  try {
    const first = Buffer.alloc(META.length);
    if (readSync(file, first, 0, META.length, 0) < META.length) return 'is cut short';
    const pageSize = first.readUInt32LE(META.pageSize);
    const flaw = metaFlaw(first, size);
    if (flaw !== undefined) return flaw;
    const second = Buffer.alloc(META.length);
    if (readSync(file, second, 0, META.length, pageSize) < META.length) return 'is cut short';
    return metaFlaw(second, size);
  } finally {
    closeSync(file);
  }
}

function metaFlaw(meta: Buffer, size: bigint): string | undefined {
  if (meta.readUInt32LE(META.magic) !== LMDB_MAGIC) return 'is no LMDB file';
  if (meta.readUInt32LE(META.version) !== LMDB_VERSION) return 'has another LMDB version';
  const pageSize = BigInt(meta.readUInt32LE(META.pageSize));
  if (pageSize < 512n || pageSize > 65536n) return 'has an impossible page size';
  for (const offset of [META.freeRoot, META.mainRoot]) {
    const root = meta.readBigUInt64LE(offset);
    if (root !== NO_PAGE && (root + 1n) * pageSize > size) return 'is cut short';
  }
  return undefined;
}
