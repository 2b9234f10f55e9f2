import { AppError, EXIT } from '../rules/errors.ts';

/** The working folder. @throws AppError `WorkingFolderGone` (exit 2) where it was deleted. */
export function workingFolder(): string {
  try {
    return process.cwd();
  } catch (cause) {
    throw new AppError({
      code: 'WorkingFolderGone',
      message: 'The working folder does not exist any more.',
      hint: 'Go to one that does, such as: cd ~',
      exitCode: EXIT.usage,
      cause,
    });
  }
}
