import { createWriteStream, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
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

/**
 * Unpacks a zip into a folder that is there and empty. Entries that would lie outside it and symbolic links are
 * refused, not skipped.
 *
 * @throws ServiceError `InvalidParameterValueException`
 */
export async function unzip(zip: Buffer, folder: string): Promise<void> {
  const file = await open(zip);
  try {
    let bytes = 0;
    for await (const entry of entriesOf(file)) {
      bytes += entry.uncompressedSize;
      if (bytes > MAX_UNZIPPED_BYTES) {
        throw invalid(`Unzipped size must be smaller than ${MAX_UNZIPPED_BYTES} bytes`);
      }
      await unpack(file, entry, folder);
    }
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

async function unpack(file: ZipFile, entry: Entry, folder: string): Promise<void> {
  const { fileName } = entry;
  const mode = entry.externalFileAttributes >>> 16;
  if ((mode & FILE_TYPE) === SYMBOLIC_LINK) {
    throw invalid(`The zip holds a symbolic link, which is not unpacked: ${fileName}`);
  }
  const path = join(folder, fileName);
  if (fileName.endsWith('/')) {
    mkdirSync(path, { recursive: true });
    return;
  }
  mkdirSync(dirname(path), { recursive: true });
  const stream = await new Promise<NodeJS.ReadableStream>((resolve, reject) => {
    file.openReadStream(entry, (error, found) => (error ? reject(error) : resolve(found)));
  });
  await pipeline(
    stream,
    createWriteStream(path, { mode: (mode & EXECUTABLE) === 0 ? 0o644 : 0o755, flags: 'w' }),
  );
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
