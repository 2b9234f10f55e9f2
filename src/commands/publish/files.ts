import { createReadStream } from 'node:fs';
import { access, constants, type FileHandle, open, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { AppError, usageError } from '../../lib/rules/errors.ts';
import { fileProblem } from '../../lib/rules/text/file-problem.ts';
import type { Io } from '../../lib/ui/io.ts';
import { checkReadable } from '../given-file.ts';

/** Where events are read from and failed ones written to, as given. */
export interface PublishFiles {
  /** A path, or `-` for stdin. */
  readonly file: string | undefined;
  readonly failedTo: string | undefined;
}

/**
 * Looks at the files before anything is published; touches neither.
 * @throws AppError (exit 2) for what can't be read or written.
 */
export async function checkFiles(cwd: string, { file, failedTo }: PublishFiles): Promise<void> {
  const source =
    file === undefined || file === '-' ? undefined : await checkReadable(cwd, file, '--file');
  if (failedTo === undefined) return;
  const path = resolve(cwd, failedTo);
  const target = await stat(path).catch(() => undefined);
  if (target?.isDirectory()) throw refused(`${failedTo} is a folder, not a file.`, '--failed-to');
  if (source && target && source.ino === target.ino && source.dev === target.dev) {
    throw refused(
      `--failed-to would overwrite ${file}, which is being read.`,
      '--failed-to',
      'SameFile',
    );
  }
  const mayWrite = await access(target ? path : dirname(path), constants.W_OK).then(
    () => true,
    () => false,
  );
  if (!mayWrite) throw refused(`${failedTo} can't be written.`, '--failed-to', 'FileNotWritable');
}

function refused(message: string, flag: string, code = 'FileNotFound'): AppError {
  return usageError(message, `Check ${flag}.`, code);
}

/** The bytes of a file or of stdin. @throws AppError `FileNotReadable` when reading fails on the way. */
export async function* readBytes({ stdin, cwd }: Io, file: string): AsyncGenerator<Uint8Array> {
  const source = file === '-' ? stdin : createReadStream(resolve(cwd, file));
  try {
    for await (const chunk of source) yield chunk as Uint8Array;
  } catch (error) {
    throw fileError('read', file === '-' ? 'stdin' : file, 'FileNotReadable', error);
  }
}

/** Keeps lines in a file, to publish them again. */
export class FailedLines {
  private readonly path: string;
  private readonly file: FileHandle;
  private written: Promise<unknown> = Promise.resolve();

  private constructor(path: string, file: FileHandle) {
    this.path = path;
    this.file = file;
  }

  /** Creates or empties the file. @throws AppError `FileNotWritable`. */
  static async open(cwd: string, path: string): Promise<FailedLines> {
    try {
      return new FailedLines(path, await open(resolve(cwd, path), 'w'));
    } catch (error) {
      throw fileError('written', path, 'FileNotWritable', error);
    }
  }

  /** @param line without its line end. */
  add(line: string): void {
    this.written = this.written.then(() => this.file.write(`${line}\n`));
    // Told by `end`.
    this.written.catch(() => {});
  }

  /** Closes the file. @throws AppError `FileNotWritable` where not all lines could be written. */
  async end(): Promise<void> {
    try {
      await this.written;
    } catch (error) {
      throw fileError('written', this.path, 'FileNotWritable', error);
    } finally {
      await this.file.close();
    }
  }
}

function fileError(verb: string, name: string, code: string, cause: unknown): AppError {
  const message = `${name} can't be ${verb}: ${fileProblem(cause)}.`;
  return new AppError({ code, message, cause });
}
