import { createWriteStream, mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, isAbsolute, join, normalize, sep } from 'node:path';
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import type { Entry, ZipFile } from 'yauzl';
import { invalid } from '../errors.ts';

/** "Deployment package size … 250 MB, unzipped" (Lambda quotas), in bytes. */
const MAX_UNZIPPED_BYTES = 262_144_000;

const UNREADABLE =
  'Could not unzip uploaded file. Please check your file, then try to upload again.';

/** The kind of a file in the upper half of a Unix mode (stat(2)). */
const FILE_TYPE = 0o170000;
const SYMBOLIC_LINK = 0o120000;
const EXECUTABLE = 0o111;

/** A symbolic link of a zip. */
interface Link {
  /** Where it lies, from the folder on. */
  readonly name: string;
  readonly target: string;
}

/** Bytes that the target of a link may have ("PATH_MAX", limits.h). */
const MAX_TARGET_BYTES = 4096;

/**
 * Unpacks a zip into a folder that is there and empty. Entries that would lie outside it, and links that lead out of it,
 * are refused, not skipped.
 *
 * @throws ServiceError `InvalidParameterValueException`
 */
export async function unzip(zip: Buffer, folder: string): Promise<void> {
  const file = await open(zip);
  try {
    let bytes = 0;
    const links: Link[] = [];
    for await (const entry of entriesOf(file)) {
      bytes += entry.uncompressedSize;
      if (bytes > MAX_UNZIPPED_BYTES) {
        throw invalid(`Unzipped size must be smaller than ${MAX_UNZIPPED_BYTES} bytes`);
      }
      if (isLink(entry)) links.push(await readLink(file, entry));
      else await unpack(file, entry, folder);
    }
    makeLinks(links, folder);
  } catch (error) {
    throw isServiceError(error) ? error : unreadable(error);
  } finally {
    file.close();
  }
}

async function open(zip: Buffer): Promise<ZipFile> {
  // An engine without functions needs none of it. It is CommonJS: all of it lies under `default`.
  const { fromBuffer } = (await import('yauzl')).default;
  return new Promise((resolve, reject) => {
    fromBuffer(zip, { lazyEntries: true }, (error, file) => {
      if (error) reject(unreadable(error));
      else resolve(file);
    });
  });
}

/** The entries, one when the one before is done with. */
async function* entriesOf(file: ZipFile): AsyncGenerator<Entry> {
  for (;;) {
    const entry = await new Promise<Entry | undefined>((resolve, reject) => {
      file.once('entry', resolve);
      file.once('end', () => resolve(undefined));
      file.once('error', reject);
      file.readEntry();
    });
    file.removeAllListeners();
    if (entry === undefined) return;
    yield entry;
  }
}

/** A file that is written at once, in bytes. */
const SMALL_FILE_BYTES = 65_536;

async function unpack(file: ZipFile, entry: Entry, folder: string): Promise<void> {
  const { fileName } = entry;
  const mode = entry.externalFileAttributes >>> 16;
  const path = join(folder, fileName);
  if (fileName.endsWith('/')) {
    mkdirSync(path, { recursive: true });
    return;
  }
  mkdirSync(dirname(path), { recursive: true });
  const options = { mode: (mode & EXECUTABLE) === 0 ? 0o644 : 0o755 };
  const content = await contentOf(file, entry);
  if (entry.uncompressedSize <= SMALL_FILE_BYTES) {
    // Packages are thousands of small files: a stream for each takes several times as long.
    writeFileSync(path, await buffer(content), options);
  } else {
    await pipeline(content, createWriteStream(path, options));
  }
}

function contentOf(file: ZipFile, entry: Entry): Promise<Readable> {
  return new Promise((resolve, reject) => {
    file.openReadStream(entry, (error, found) => (error ? reject(error) : resolve(found)));
  });
}

function isLink({ externalFileAttributes }: Entry): boolean {
  return ((externalFileAttributes >>> 16) & FILE_TYPE) === SYMBOLIC_LINK;
}

/** @throws ServiceError `InvalidParameterValueException` for a link that leads out of the zip. */
async function readLink(file: ZipFile, entry: Entry): Promise<Link> {
  const name = entry.fileName;
  const isLong = entry.uncompressedSize > MAX_TARGET_BYTES;
  const target = isLong ? '' : (await buffer(await contentOf(file, entry))).toString();
  const end = normalize(join(dirname(name), target));
  if (target === '' || isAbsolute(target) || end === '..' || end.startsWith('../')) {
    throw invalid(`${UNREADABLE} (the symbolic link ${name} leads out of the zip: ${target})`);
  }
  return { name, target };
}

/**
 * Makes the links, last of all and none below another: nothing is written through one. Links that lead out together, one
 * through the other, are refused as one that does.
 *
 * @throws ServiceError `InvalidParameterValueException`
 */
function makeLinks(links: readonly Link[], folder: string): void {
  const names = new Set(links.map(({ name }) => normalize(name)));
  for (const { name, target } of links) {
    for (let above = dirname(normalize(name)); above !== '.'; above = dirname(above)) {
      if (names.has(above)) throw invalid(`${UNREADABLE} (${name} lies below a symbolic link)`);
    }
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    symlinkSync(target, join(folder, name));
  }
  const root = realpathSync.native(folder);
  for (const { name } of links) {
    const end = endOf(join(folder, name));
    if (end !== undefined && end !== root && !end.startsWith(root + sep)) {
      throw invalid(`${UNREADABLE} (the symbolic link ${name} leads out of the zip)`);
    }
  }
}

/** Where a link leads in the end; undefined for one that leads to nothing. */
function endOf(link: string): string | undefined {
  try {
    // As the system sees it: the other one takes `..` behind a link for the link's own folder.
    return realpathSync.native(link);
  } catch {
    return undefined;
  }
}

function isServiceError(error: unknown): boolean {
  return error instanceof Error && error.name === 'ServiceError';
}

/** What the library refuses: no zip, a part that is broken or encrypted, a path that leads out. */
function unreadable(error: unknown): Error {
  const { message } = error as Error;
  const why = /path|characters in fileName/.test(message) ? ` (${message})` : '';
  return invalid(UNREADABLE + why);
}
