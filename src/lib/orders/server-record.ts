import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The server that has an embedded database to itself. */
export interface ServerRecord {
  readonly pid: number;
  /** Where it answers. */
  readonly url: string;
}

const FILE = 'server.json';

/** Leaves word in a database's folder where its server answers. @returns what takes it back. */
export function recordServer(folder: string, record: ServerRecord): () => void {
  const file = join(folder, FILE);
  writeFileSync(file, JSON.stringify(record), { mode: 0o600 });
  return () => rmSync(file, { force: true });
}

/**
 * The server of a database's folder, as it said itself; it may be gone since.
 * @returns undefined where none left word.
 */
export function readServerRecord(folder: string): ServerRecord | undefined {
  try {
    const { pid, url } = JSON.parse(readFileSync(join(folder, FILE), 'utf8')) as ServerRecord;
    return typeof pid === 'number' && URL.canParse(url) ? { pid, url } : undefined;
  } catch {
    return undefined;
  }
}
