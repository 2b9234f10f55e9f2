import { readdirSync, readFileSync } from 'node:fs';
import { extname, join, sep } from 'node:path';

/** A file of the page. */
export interface StaticFile {
  readonly type: string;
  readonly body: Buffer;
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
};

const INDEX = 'index.html';

/**
 * The page's files, by their path below the page. What is in the folder when a file is first found there is all there is: no path
 * of a request ever reaches the file system. Paths without a file's ending are the page's own views.
 */
export function staticFiles(folder: string): (path: string) => StaticFile | undefined {
  let files: ReadonlyMap<string, string> | undefined;
  return (path) => {
    // A folder that isn't built yet may be later.
    if (files === undefined || files.size === 0) files = listFiles(folder);
    const isView = path === '' || extname(path) === '';
    const file = files.get(isView ? INDEX : path);
    if (file === undefined) return undefined;
    return { type: TYPES[extname(file)] ?? 'application/octet-stream', body: readFileSync(file) };
  };
}

function listFiles(folder: string): ReadonlyMap<string, string> {
  try {
    const names = readdirSync(folder, { recursive: true, withFileTypes: true });
    return new Map(
      names
        .filter((entry) => entry.isFile() && extname(entry.name) in TYPES)
        .map(({ parentPath, name }) => {
          const file = join(parentPath, name);
          return [file.slice(folder.length).split(sep).filter(Boolean).join('/'), file];
        }),
    );
  } catch {
    return new Map();
  }
}
