import { realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeFolder } from '../process/make-folder.ts';
import { AppError } from '../rules/errors.ts';
import { fileProblem } from '../rules/text/file-problem.ts';

/**
 * Replaces a file, whole or not at all, and makes its folder where that is missing. Behind a symbolic link it is the
 * file that is replaced, and the link stays; what is no file, such as `/dev/null`, is written to.
 * @param mode of the new file, such as `0o600`; as the system makes files unless given.
 * @throws AppError `UnwritableFile` with what keeps it from being written.
 */
export function replaceFile(path: string, text: string, mode?: number): void {
  let temporary = `${path}.${process.pid}`;
  try {
    makeFolder(dirname(path));
    const found = statSync(path, { throwIfNoEntry: false });
    if (found?.isFIFO() || found?.isSocket()) throw new Error('it is no regular file');
    if (found !== undefined && !found.isFile()) {
      writeFileSync(path, text);
      return;
    }
    const file = found === undefined ? path : realpathSync(path);
    temporary = `${file}.${process.pid}`;
    writeFileSync(temporary, text, mode === undefined ? {} : { mode });
    renameSync(temporary, file);
  } catch (cause) {
    removeQuietly(temporary);
    throw unwritable(path, cause);
  }
}

/** The error for a file that can't be written, with the disk's reason. */
export function unwritable(path: string, cause: unknown): AppError {
  return new AppError({
    code: 'UnwritableFile',
    message: `${path} can't be written: ${fileProblem(cause)}.`,
    hint: `Look at the folder: df -h ${dirname(path)}; ls -ld ${dirname(path)}`,
    cause,
  });
}

/** Removes what was begun of a file. Where the path itself can't be, there is nothing to remove, and no error. */
export function removeQuietly(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // The reason why it couldn't be written is told.
  }
}
