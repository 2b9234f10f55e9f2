import { Chalk, type ChalkInstance } from 'chalk';
import { stringify } from 'lossless-json';
import type { AppError } from '../rules/errors.ts';
import type { Io, Output } from './io.ts';
import { drained } from './outputs.ts';
import { type HeldProgress, type Progress, startProgress } from './progress.ts';
import { isColoured, isLively, windowSize } from './terminal.ts';
import { fitLine } from './text-width.ts';
import { visible, visibleJson } from './visible.ts';

/** The marks of the outcomes, the same in every command. */
export const MARKS = { done: '✓', failed: '✗', warning: '!' } as const;

/** Flags that decide how a run speaks. */
export interface PrinterFlags {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly color: boolean;
  readonly input: boolean;
}

/**
 * The one way out for words and data. Data goes to stdout, everything else to stderr; in JSON mode the text
 * calls are no-ops, so a command prints both without asking which is wanted. Control and invisible characters from
 * outside are written out here, and nowhere else.
 */
export interface Printer {
  readonly json: boolean;
  /** Whether everything is asked for: causes, details, and what is well. */
  readonly verbose: boolean;
  /** Whether a prompt may be shown: a TTY on both ends, no CI, no `--no-input`, no `--json`. */
  readonly interactive: boolean;
  /** Whether stdout can show one picture in the place of another: a terminal that moves its cursor, no CI, no `--json`. */
  readonly live: boolean;
  /** Whether stderr shows work in progress as a spinner: a lively terminal, no `NO_COLOR`, `--no-input` or `--quiet`. */
  readonly animated: boolean;
  /** Columns of stdout by now; 80 where it is not a terminal, or one that doesn't say. */
  readonly columns: number;
  /** Colours for `text`; plain where stdout takes none. */
  readonly style: ChalkInstance;
  /** Colours for `note`; plain where stderr takes none. */
  readonly noteStyle: ChalkInstance;
  /** A line of text data on stdout, in lines no wider than the terminal; nothing in JSON mode. */
  text(line: string): void;
  /** Text data whose every byte counts, where stdout is not a terminal; nothing in JSON mode. */
  raw(line: string): void;
  /** The one JSON document of the run on stdout; nothing in text mode. */
  document(value: unknown): void;
  /** One line of a JSON stream on stdout; nothing in text mode. */
  record(value: unknown): void;
  /** What is going on, on stderr; nothing with `--quiet`. */
  note(line: string): void;
  /** What the user should know even with `--quiet`, on stderr. */
  warn(line: string): void;
  /** Detail on stderr, only with `--verbose`. */
  detail(line: string): void;
  /** Work that may take more than a second: a spinner on a TTY, its final line elsewhere. */
  progress(text: string): Progress;
  /** A failure: a sentence and its cure on stderr; in JSON mode a document on stdout that is one line of a stream too. */
  failure(error: AppError): void;
  /** Where a slow reader hasn't taken what was printed: what resolves when it has. */
  drained(): Promise<void> | undefined;
}

/** Builds the printer of a run. */
export function createPrinter(io: Io, flags: PrinterFlags): Printer {
  const { env } = io;
  const style = new Chalk({ level: isColoured(io.stdout, env, flags.color) ? 1 : 0 });
  const noteStyle = new Chalk({ level: isColoured(io.stderr, env, flags.color) ? 1 : 0 });
  const animated =
    isLively(io.stderr, env) && flags.color && !env.NO_COLOR && flags.input && !flags.quiet;
  let inProgress: HeldProgress | undefined;
  const write = (stream: Output, text: string): void => {
    inProgress?.hide();
    stream.write(`${text}\n`);
  };
  const line = (stream: Output, text: string): void => {
    const shown = visible(text, (stream === io.stdout ? style : noteStyle).level > 0);
    const { columns } = windowSize(stream);
    const fitting = (each: string): string => fitLine(each, columns).join('\n');
    write(stream, stream.isTTY ? shown.split('\n').map(fitting).join('\n') : shown);
  };
  const note = (text: string): void => {
    if (!flags.quiet) line(io.stderr, text);
  };
  const json = (value: unknown, indent?: number): void =>
    write(io.stdout, visibleJson(stringify(value, undefined, indent) ?? 'null'));
  return {
    json: flags.json,
    verbose: flags.verbose,
    interactive: Boolean(io.stdin.isTTY) && isLively(io.stderr, env) && flags.input && !flags.json,
    live: isLively(io.stdout, env) && !flags.json,
    animated,
    get columns() {
      return windowSize(io.stdout).columns;
    },
    style,
    noteStyle,
    text: (text) => {
      if (!flags.json) line(io.stdout, text);
    },
    raw: (text) => {
      if (!flags.json) (io.stdout.isTTY ? line : write)(io.stdout, text);
    },
    document: (value) => {
      if (flags.json) json(value, 2);
    },
    record: (value) => {
      if (flags.json) json(value);
    },
    note,
    warn: (text) => line(io.stderr, `${noteStyle.yellow(MARKS.warning)} ${text}`),
    detail: (text) => {
      if (flags.verbose) line(io.stderr, noteStyle.dim(text));
    },
    progress: (text) => {
      inProgress?.clear();
      inProgress = startProgress(text, {
        stream: io.stderr,
        animated,
        paint: noteStyle.cyan,
        done: (final) => note(`${noteStyle.green(MARKS.done)} ${final}`),
        failed: (final) => note(`${noteStyle.red(MARKS.failed)} ${final}`),
      });
      return inProgress;
    },
    failure: (error) => {
      inProgress?.clear();
      const { code, message, hint } = error;
      if (flags.json) {
        json({ error: { code, message, hint } });
      } else {
        line(io.stderr, `${noteStyle.red(MARKS.failed)} ${visible(message, false)}`);
        if (hint) line(io.stderr, `  ${visible(hint, false)}`);
      }
      if (flags.verbose && error.cause !== undefined) {
        line(io.stderr, noteStyle.dim(describeCause(error.cause)));
      }
    },
    drained: () => drained(io.stdout) ?? drained(io.stderr),
  };
}

function describeCause(cause: unknown): string {
  return cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
}
