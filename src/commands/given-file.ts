import { readFileSync, type Stats } from 'node:fs';
import { access, constants, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type AppError, usageError } from '../lib/rules/errors.ts';
import { fileProblem } from '../lib/rules/text/file-problem.ts';

/**
 * Looks whether the file of a flag can be read, before anything else is done. It reads nothing of it.
 * @param file as it was given. @param flag that names it, for the error.
 * @throws AppError `FileNotFound` or `FileNotReadable` (exit 2) that says why not.
 */
export async function checkReadable(cwd: string, file: string, flag: string): Promise<Stats> {
  const path = resolve(cwd, file);
  try {
    const found = await stat(path);
    if (found.isDirectory()) throw Object.assign(new Error('a folder'), { code: 'EISDIR' });
    await access(path, constants.R_OK);
    return found;
  } catch (cause) {
    throw notReadable(file, cause, `Check ${flag}.`);
  }
}

/**
 * The text of the file that a flag names.
 * @param file as it was given. @param flag that names it, for the error. @param hint where another one mends more.
 * @throws AppError `FileNotFound` or `FileNotReadable` (exit 2) that says why it can't be read.
 */
export function readGivenFile(
  cwd: string,
  file: string,
  flag: string,
  hint = `Check ${flag}.`,
): string {
  try {
    return readFileSync(resolve(cwd, file), 'utf8');
  } catch (cause) {
    throw notReadable(file, cause, hint);
  }
}

function notReadable(file: string, cause: unknown, hint: string): AppError {
  const { code } = cause as NodeJS.ErrnoException;
  if (code === 'ENOENT') return usageError(`There is no file ${file}.`, hint, 'FileNotFound');
  if (code === 'EISDIR') {
    return usageError(`${file} is a folder, not a file.`, hint, 'FileNotFound');
  }
  return usageError(`${file} can't be read: ${fileProblem(cause)}.`, hint, 'FileNotReadable');
}
