import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { pack } from 'tar-stream';

/** A file, folder or link of a layer. */
export interface LayerEntry {
  /** Its path in the image, without a slash at its beginning. */
  readonly path: string;
  readonly kind: 'file' | 'folder' | 'link';
  /** Where the file's bytes are; what the link names. */
  readonly from?: string;
  /** Bytes of a file. */
  readonly size?: number;
  readonly executable?: boolean;
  /** User and group that own it. */
  readonly owner: number;
}

/** A layer in a file. */
export interface Layer {
  readonly file: string;
  /** Of the compressed bytes. */
  readonly digest: string;
  readonly size: number;
  /** Of the bytes before they were compressed. */
  readonly diffId: string;
}

const LEVEL = 9;
/** The byte of a gzip header that names the system it was made on, and "unknown" (RFC 1952). */
const GZIP_SYSTEM_BYTE = 9;
const GZIP_SYSTEM_UNKNOWN = 255;

/**
 * Writes a layer: a tar with entries in the order of their paths, all of the same time, compressed. The same entries make
 * the same bytes, on every system whose zlib is the same.
 * @param file that is written.
 */
export async function writeLayer(
  entries: readonly LayerEntry[],
  file: string,
  signal: AbortSignal,
): Promise<Layer> {
  const tar = pack();
  const [inner, outer] = [createHash('sha256'), createHash('sha256')];
  let size = 0;
  const packed = async function* (): AsyncGenerator<Buffer> {
    for await (const chunk of tar as AsyncIterable<Buffer>) {
      inner.update(chunk);
      yield chunk;
    }
  };
  const told = async function* (chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      if (size <= GZIP_SYSTEM_BYTE && size + chunk.length > GZIP_SYSTEM_BYTE) {
        chunk[GZIP_SYSTEM_BYTE - size] = GZIP_SYSTEM_UNKNOWN;
      }
      outer.update(chunk);
      size += chunk.length;
      yield chunk;
    }
  };
  const put = async (): Promise<void> => {
    for (const entry of sorted(entries)) await putEntry(tar, entry);
    tar.finalize();
  };
  const written = pipeline(packed, createGzip({ level: LEVEL }), told, createWriteStream(file), {
    signal,
  });
  try {
    await Promise.all([put(), written]);
  } finally {
    // Where one of them failed, the other one would wait for it.
    tar.destroy();
    await written.catch(() => undefined);
  }
  return {
    file,
    digest: `sha256:${outer.digest('hex')}`,
    size,
    diffId: `sha256:${inner.digest('hex')}`,
  };
}

function sorted(entries: readonly LayerEntry[]): LayerEntry[] {
  return [...entries].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}

async function putEntry(
  tar: ReturnType<typeof pack>,
  { path, kind, from = '', size = 0, executable = false, owner }: LayerEntry,
): Promise<void> {
  const common = { name: path, mtime: new Date(0), uid: owner, gid: owner };
  if (kind === 'folder') {
    tar.entry({ ...common, name: `${path}/`, type: 'directory', mode: 0o755 }, '');
    return;
  }
  if (kind === 'link') {
    tar.entry({ ...common, type: 'symlink', linkname: from, mode: 0o777 }, '');
    return;
  }
  const header = { ...common, type: 'file', size, mode: executable ? 0o755 : 0o644 } as const;
  if (size === 0) {
    tar.entry(header, '');
    return;
  }
  await new Promise<void>((resolve, reject) => {
    const entry = tar.entry(header, (error) => {
      if (error) reject(error);
      else resolve();
    });
    entry.once('error', reject);
    createReadStream(from).once('error', reject).pipe(entry);
  });
}
