import { Chalk, type ChalkInstance } from 'chalk';
import { stringify } from 'lossless-json';
import type { AppError } from '../rules/errors.ts';
import type { Io, Output } from './io.ts';
import { type HeldProgress, type Progress, startProgress } from './progress.ts';

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
 * calls are no-ops, so a command prints both without asking which is wanted.
 */
export interface Printer {
  readonly json: boolean;
  /** Whether everything is asked for: causes, details, and what is well. */
  readonly verbose: boolean;
  /** Whether a prompt may be shown: a TTY on both ends, no CI, no `--no-input`, no `--json`. */
  readonly interactive: boolean;
  /** Whether stdout can show one picture in the place of another: a terminal that moves its cursor, no CI, no `--json`. */
  readonly live: boolean;
  /** Columns of stdout; 80 where it is no terminal. */
  readonly columns: number;
  /** Colours for `text`; plain where stdout takes none. */
  readonly style: ChalkInstance;
  /** Colours for `note`; plain where stderr takes none. */
  readonly noteStyle: ChalkInstance;
  /** A line of text data on stdout; nothing in JSON mode. */
  text(line: string): void;
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
  /** A failure: a sentence and its cure on stderr, or the error document in JSON mode. */
  failure(error: AppError): void;
}

/** Builds the printer of a run. */
export function createPrinter(io: Io, flags: PrinterFlags): Printer {
  const { env } = io;
  const plain = Boolean(env.CI && env.CI !== 'false') || env.TERM === 'dumb';
  const coloured = (stream: Output): boolean =>
    Boolean(stream.isTTY) && !plain && flags.color && !env.NO_COLOR;
  const style = new Chalk({ level: coloured(io.stdout) ? 1 : 0 });
  const noteStyle = new Chalk({ level: coloured(io.stderr) ? 1 : 0 });
  let inProgress: HeldProgress | undefined;
  const line = (stream: Output, text: string): void => {
    inProgress?.hide();
    stream.write(`${text}\n`);
  };
  const note = (text: string): void => {
    if (!flags.quiet) line(io.stderr, text);
  };
  return {
    json: flags.json,
    verbose: flags.verbose,
    interactive: Boolean(io.stdin.isTTY && io.stderr.isTTY) && !plain && flags.input && !flags.json,
    live: Boolean(io.stdout.isTTY) && !plain && !flags.json,
    columns: io.stdout.columns ?? 80,
    style,
    noteStyle,
    text: (text) => {
      if (!flags.json) line(io.stdout, text);
    },
    document: (value) => {
      if (flags.json) line(io.stdout, stringify(value, undefined, 2) ?? 'null');
    },
    record: (value) => {
      if (flags.json) line(io.stdout, stringify(value) ?? 'null');
    },
    note,
    warn: (text) => line(io.stderr, `${noteStyle.yellow('!')} ${text}`),
    detail: (text) => {
      if (flags.verbose) line(io.stderr, noteStyle.dim(text));
    },
    progress: (text) => {
      inProgress?.clear();
      inProgress = startProgress(text, {
        stream: io.stderr,
        animated: coloured(io.stderr) && !flags.quiet,
        note,
      });
      return inProgress;
    },
    failure: (error) => {
      inProgress?.clear();
      if (flags.json) {
        const { code, message, hint } = error;
        line(io.stdout, stringify({ error: { code, message, hint } }, undefined, 2) ?? '');
      } else {
        line(io.stderr, `${noteStyle.red('✗')} ${error.message}`);
        if (error.hint) line(io.stderr, `  ${error.hint}`);
      }
      if (flags.verbose && error.cause !== undefined) {
        line(io.stderr, noteStyle.dim(describeCause(error.cause)));
      }
    },
  };
}

function describeCause(cause: unknown): string {
  return cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
}
