import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Makes a folder and those above it, one by one: with `recursive`, Node's `mkdirSync` never ends where a file system
 * takes no new names and says `ENOENT`, such as /proc.
 * @param options.mode of each new folder, such as `0o700`; as the system makes folders unless given.
 * @param options.made gets each that is made, the outermost first.
 * @throws the system's error for the folder that can't be made.
 */
export function makeFolder(
  folder: string,
  { mode, made = [] }: { readonly mode?: number; readonly made?: string[] } = {},
): void {
  if (isFolder(folder)) return;
  const above = dirname(folder);
  if (above !== folder) makeFolder(above, { ...(mode === undefined ? {} : { mode }), made });
  try {
    mkdirSync(folder, mode);
  } catch (error) {
    // Another process was faster.
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' && isFolder(folder)) return;
    // The folder above is there: the file system takes no new names.
    if (code === 'ENOENT') throw notPermitted(folder, error);
    throw error;
  }
  made.push(folder);
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function notPermitted(path: string, cause: unknown): Error {
  const error = new Error(`EPERM: operation not permitted, mkdir '${path}'`, { cause });
  return Object.assign(error, { code: 'EPERM', syscall: 'mkdir', path });
}
