import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppError } from '../rules/errors.ts';
import { fileProblem } from '../rules/text/file-problem.ts';

/**
 * Makes a folder for temporary files that nobody else has, where the system keeps such (`TMPDIR`); the caller removes it.
 * @param prefix of its name, such as `pubsub-demo-`.
 * @throws AppError `NoTemporaryFolder`
 */
export function makeTemporaryFolder(prefix: string): string {
  try {
    return mkdtempSync(join(tmpdir(), prefix));
  } catch (cause) {
    throw new AppError({
      code: 'NoTemporaryFolder',
      message: `No folder for temporary files can be made in ${tmpdir()}: ${fileProblem(cause)}.`,
      hint: 'Set TMPDIR to a folder that you may write to: export TMPDIR=/tmp',
      cause,
    });
  }
}
