import { lstatSync, readFileSync, statSync } from 'node:fs';
import type { Field, Problem, Report } from '../definition/fields/field.ts';
import { type AppError, usageError } from '../rules/errors.ts';
import { fileProblem } from '../rules/text/file-problem.ts';
import { parseYamlText, YamlError, type YamlText } from './yaml-text.ts';

/**
 * Reads a YAML file by a field, and checks what came of it.
 * @param check looks closer at the whole once its parts are right.
 * @throws AppError `InvalidConfig` (exit 2) that names the file, the line and column, the rule and a correct example.
 */
export function readCheckedYaml<T>(
  path: string,
  field: Field<T>,
  check: (value: T, report: Report) => void = () => {},
): T {
  const yaml = readYaml(path);
  const problems: Problem[] = [];
  const report: Report = (problem) => problems.push({ atKey: false, ...problem });
  const read = field.read(yaml.value, [], report);
  if (problems.length === 0 && read !== undefined) check(read, report);
  if (problems.length > 0 || read === undefined) throw refused(path, yaml, problems);
  return read;
}

/** The text of a file. @throws AppError (exit 2) that says why it can't be read. */
export function readText(path: string): string {
  try {
    // Reading a named pipe waits for somebody who writes to it, and takes no signal meanwhile.
    if (!statSync(path).isFile()) throw new Error('it is not a regular file');
    const bytes = readFileSync(path);
    if (isUtf16(bytes)) throw new Error('it is UTF-16 text; save it as UTF-8');
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    const reason = wordsOf(error, path);
    throw usageError(`${path} can't be read: ${reason}`, `Fix or move ${path}.`, 'InvalidConfig');
  }
}

function readYaml(path: string): YamlText {
  const text = readText(path);
  try {
    return parseYamlText(text);
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    const place = error.position ? ` ${shownPosition(error.position)}` : '';
    throw usageError(
      `${path} can't be read: ${error.message}${place}`,
      `Fix or move ${path}.`,
      'InvalidConfig',
    );
  }
}

/** The first problem in the file's order, and how many there are. */
function refused(path: string, yaml: YamlText, problems: readonly Problem[]): AppError {
  const placed = problems
    .map((problem) => ({ problem, position: yaml.locate(problem.path, problem.atKey) }))
    .sort(
      (a, b) =>
        (a.position?.line ?? 0) - (b.position?.line ?? 0) ||
        (a.position?.column ?? 0) - (b.position?.column ?? 0),
    );
  const [first] = placed;
  const what = first?.problem.what ?? 'the file must be a mapping of keys';
  const place = first?.position ? ` ${shownPosition(first.position)}` : '';
  const others = problems.length - 1;
  const more = others > 0 ? `; ${others} more ${others === 1 ? 'problem' : 'problems'} below` : '';
  return usageError(`${path}: ${what}${place}${more}`, first?.problem.hint, 'InvalidConfig');
}

function shownPosition({ line, column }: { line: number; column: number }): string {
  return `(line ${line}, column ${column})`;
}

/** Whether text begins as UTF-16 does: by its mark, or with half of an ASCII character. PowerShell 5 writes it. */
function isUtf16(bytes: Buffer): boolean {
  const start = bytes.toString('hex', 0, 2);
  return start === 'fffe' || start === 'feff' || /^00.|^..00/.test(start);
}

function wordsOf(error: unknown, path: string): string {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') return 'it is not UTF-8 text';
  const isLink = code === 'ENOENT' && lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  return isLink ? 'it is a symbolic link that leads nowhere' : fileProblem(error);
}
