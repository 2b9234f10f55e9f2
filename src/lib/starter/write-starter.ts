import { lstatSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { makeFolder } from '../process/make-folder.ts';
import { AppError, EXIT, usageError } from '../rules/errors.ts';
import { fileProblem } from '../rules/text/file-problem.ts';
import type { StarterFile } from './starter.ts';

/** Files that go by another name as well, and would be read in the place of ours. */
const ALSO: Readonly<Record<string, string>> = { 'pubsub.yaml': 'pubsub.yml' };

/** What of a project is there already: the paths that its files would take. */
export function filesInTheWay(folder: string, files: readonly StarterFile[]): string[] {
  return files.flatMap(({ path }) =>
    [path, ALSO[path]].filter((each) => each !== undefined && isThere(join(folder, each))),
  ) as string[];
}

/**
 * Writes a project's files, all of them or none, and over none that is there.
 * @throws AppError `FileExists` (exit 2), `UnwritableFolder` with what the file system says.
 */
export function writeStarter(folder: string, files: readonly StarterFile[]): void {
  const made: string[] = [];
  const written: string[] = [];
  let path = folder;
  try {
    makeFolder(folder, { made });
    for (const file of files) {
      path = join(folder, file.path);
      makeFolder(dirname(path), { made });
      writeFileSync(path, file.text, { flag: 'wx' });
      written.push(path);
    }
  } catch (cause) {
    // What a full disk left of the file that it cut off is ours too.
    const isOurs = (cause as NodeJS.ErrnoException).code !== 'EEXIST';
    takeBack([...written, ...(isOurs && path !== folder ? [path] : [])], made);
    throw refused(path, cause);
  }
}

function isThere(path: string): boolean {
  try {
    lstatSync(path);
    return true;
  } catch {
    // What can't be looked at can't be written either, which is told then.
    return false;
  }
}

function takeBack(files: readonly string[], folders: readonly string[]): void {
  try {
    for (const file of files) rmSync(file, { force: true });
    for (const folder of [...folders].reverse()) rmdirSync(folder);
  } catch {
    // What refuses to be written may refuse to be removed.
  }
}

function refused(path: string, cause: unknown): Error {
  const { code } = cause as NodeJS.ErrnoException;
  if (code === 'EEXIST' || code === 'ENOTDIR') {
    return usageError(
      code === 'EEXIST'
        ? `${path} is in the way: there is a file of that name.`
        : `${path} can't be made: a part of its path is a file.`,
      'Name another folder, such as: pubsub init shop',
      'FileExists',
    );
  }
  return new AppError({
    code: 'UnwritableFolder',
    message: `${path} can't be written: ${fileProblem(cause)}.`,
    hint: 'Nothing was left behind. Name another folder, such as: pubsub init ~/shop',
    exitCode: EXIT.failed,
    cause,
  });
}
