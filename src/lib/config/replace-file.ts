import { renameSync, writeFileSync } from 'node:fs';

/**
 * Replaces a file, whole or not at all.
 * @param mode of the new file, such as `0o600`; as the system makes files unless given.
 * @throws NodeJS.ErrnoException what the file system says.
 */
export function replaceFile(path: string, text: string, mode?: number): void {
  const temporary = `${path}.${process.pid}`;
  writeFileSync(temporary, text, mode === undefined ? {} : { mode });
  renameSync(temporary, path);
}
