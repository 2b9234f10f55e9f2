import { diskProblem } from './disk-problem.ts';

const PROBLEMS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  EISDIR: 'it is a folder',
  ELOOP: 'its symbolic links lead in a circle',
  ENAMETOOLONG: 'its name is too long',
  ERR_INVALID_ARG_VALUE: 'its name has a NUL character',
};

/** Why a file can't be read or written, in words, without a full stop: the reason of the disk, or of its path. */
export function fileProblem(error: unknown): string {
  const { code } = error as { code?: unknown };
  const known = typeof code === 'string' ? PROBLEMS[code] : undefined;
  return known ?? diskProblem(error) ?? (error instanceof Error ? error.message : String(error));
}
