import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  openSync,
  readSync,
  statSync,
} from 'node:fs';
import { basename, delimiter, join, resolve } from 'node:path';
import { usageError } from '../../rules/errors.ts';
import { shellWord } from '../../rules/text/command-words.ts';

/** Why a program can't be run, as a sentence, and what fixes it. */
export interface NotRunnable {
  readonly message: string;
  readonly hint: string;
}

/** What is advised where a program can't be run, which a flag or the file named. */
export const CHECK_PROGRAM = 'Check --exec, or "exec" in the file.';

/** Programs whose first argument is the file to run. */
const INTERPRETER = /^(python[\d.]*|node|ruby|perl|php|deno|bun|bash|dash|sh|zsh)$/;

/**
 * The file that a program's name stands for: a path, or a name on the PATH.
 * @param args of the program: the script of an interpreter has to be there too.
 * @throws AppError (exit 2) where there is none that can be run: found out before the first message, not by it.
 */
export function findProgram(
  name: string,
  searchPath: string,
  cwd: string,
  args: readonly string[] = [],
): string {
  const file = /[\\/]/.test(name) ? resolve(cwd, name) : onPath(name, searchPath, cwd);
  if (file === undefined) {
    throw usageError(
      `There is no program "${name}" on the PATH.`,
      `${CHECK_PROGRAM} It starts a program, not a shell; for a shell's own words add --shell.`,
      'ProgramNotFound',
    );
  }
  const why = whyNotRunnable(file, searchPath, cwd) ?? noScript(file, args, cwd);
  if (why) throw usageError(why.message, why.hint, 'ProgramNotFound');
  return file;
}

/**
 * Why a file can't be run; undefined where nothing speaks against it.
 * @param advice what to do where there is none, or it is no program
 */
export function whyNotRunnable(
  file: string,
  searchPath: string,
  cwd: string,
  advice = CHECK_PROGRAM,
): NotRunnable | undefined {
  if (!existsSync(cwd))
    return { message: `The working folder ${cwd} is gone.`, hint: 'Go to one that is there.' };
  const found = statSync(file, { throwIfNoEntry: false });
  if (!found) return { message: `There is no file ${file}.`, hint: advice };
  if (!found.isFile()) {
    return { message: `${file} is not a program that can be run.`, hint: advice };
  }
  if (!isProgram(file)) {
    return { message: `${file} may not be executed.`, hint: `chmod +x ${shellWord(file)}` };
  }
  return wrongFirstLine(file, searchPath, cwd);
}

/** The argument that was a file when the program was found, and is gone. */
export function missingArgument(args: readonly string[], cwd: string): NotRunnable | undefined {
  const gone = args.find(
    (arg) => knownFiles.has(resolve(cwd, arg)) && !existsSync(resolve(cwd, arg)),
  );
  return gone === undefined
    ? undefined
    : { message: `The file ${resolve(cwd, gone)} is gone.`, hint: CHECK_PROGRAM };
}

/** Files among the arguments of programs that were found. */
const knownFiles = new Set<string>();

/** The script of an interpreter that isn't there. */
function noScript(file: string, args: readonly string[], cwd: string): NotRunnable | undefined {
  for (const arg of args) if (existsSync(resolve(cwd, arg))) knownFiles.add(resolve(cwd, arg));
  const [script = ''] = args;
  const isScript = INTERPRETER.test(basename(file)) && /^[^-].*\.\w+$/.test(script);
  return isScript && !existsSync(resolve(cwd, script))
    ? { message: `There is no file ${resolve(cwd, script)}.`, hint: CHECK_PROGRAM }
    : undefined;
}

/** What is wrong with a script's first line: the interpreter that it names (execve(2), "Interpreter scripts"). */
function wrongFirstLine(file: string, searchPath: string, cwd: string): NotRunnable | undefined {
  const start = firstBytes(file);
  if (start.startsWith('\ufeff#!')) {
    return {
      message: `${file} begins with a byte order mark, so that its first line names no interpreter.`,
      hint: `sed -i '1s/^\\xEF\\xBB\\xBF//' ${shellWord(file)}`,
    };
  }
  const line = /^#![ \t]*([^\n]*)/.exec(start)?.[1];
  if (line === undefined) return undefined;
  if (line.endsWith('\r')) {
    return {
      message: `${file} has Windows line endings: its first line asks for "${line.trimEnd()}\\r".`,
      hint: `sed -i 's/\\r$//' ${shellWord(file)}`,
    };
  }
  const [interpreter = '', ...words] = line.trim().split(/[ \t]+/);
  const asked =
    basename(interpreter) === 'env' ? words.find((word) => !/^-|=/.test(word)) : undefined;
  const lacks =
    (interpreter !== '' && !isProgram(resolve(cwd, interpreter)) && interpreter) ||
    (asked !== undefined && !/[\\/]/.test(asked) && !onPath(asked, searchPath, cwd) && asked);
  return lacks
    ? {
        message: `${file} asks for the interpreter ${lacks}, which is not there.`,
        hint: 'Install it, or change the first line.',
      }
    : undefined;
}

/** Bytes of a first line that Linux reads. */
const FIRST_LINE_BYTES = 256;

function firstBytes(file: string): string {
  try {
    const descriptor = openSync(file, 'r');
    try {
      const bytes = Buffer.alloc(FIRST_LINE_BYTES);
      return bytes.toString('utf8', 0, readSync(descriptor, bytes, 0, bytes.length, 0));
    } finally {
      closeSync(descriptor);
    }
  } catch {
    // A program may be executed and not read.
    return '';
  }
}

function onPath(name: string, searchPath: string, cwd: string): string | undefined {
  const endings = process.platform === 'win32' ? ['.exe', '.com', ''] : [''];
  for (const folder of searchPath.split(delimiter)) {
    for (const ending of endings) {
      const file = join(resolve(cwd, folder), name + ending);
      if (isProgram(file)) return file;
    }
  }
  return undefined;
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
