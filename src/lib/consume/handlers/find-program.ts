import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { usageError } from '../../rules/errors.ts';

/**
 * The file that a program's name stands for: a path, or a name on the PATH.
 * @throws AppError (exit 2) where there is none that may be run: found out before the first message, not by it.
 */
export function findProgram(name: string, searchPath: string, cwd: string): string {
  if (/[\\/]/.test(name)) {
    const file = resolve(cwd, name);
    if (isProgram(file)) return file;
    throw usageError(`${file} is no program that can be run.`, 'Check --exec.', 'ProgramNotFound');
  }
  const endings = process.platform === 'win32' ? ['.exe', '.com', ''] : [''];
  for (const folder of searchPath.split(delimiter)) {
    for (const ending of endings) {
      const file = join(resolve(cwd, folder), name + ending);
      if (isProgram(file)) return file;
    }
  }
  throw usageError(
    `There is no program "${name}" on the PATH.`,
    "Check --exec. It starts a program, not a shell; for a shell's own words add --shell.",
    'ProgramNotFound',
  );
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
