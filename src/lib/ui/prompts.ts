import { AppError, EXIT, usageError } from '../rules/errors.ts';
import type { Io } from './io.ts';
import type { Printer } from './printer.ts';

/**
 * Asks before something is done that can't be undone, or that costs money.
 * @param flag what answers the question without a prompt, such as `--yes`.
 * @returns true when the user agreed.
 * @throws AppError (exit 2) where nobody can be asked; (exit 130) on Ctrl-C.
 */
export async function confirm(
  io: Io,
  printer: Printer,
  question: string,
  flag = '--yes',
): Promise<boolean> {
  if (!printer.interactive) {
    throw usageError(
      `${question} There is no terminal to ask on.`,
      `Add ${flag} to go ahead.`,
      'ConfirmationNeeded',
    );
  }
  const { default: prompt } = await import('@inquirer/confirm');
  const theme = await ourMarks();
  return ask(io, (context) => prompt({ message: question, default: false, theme }, context));
}

/** Asks for one of several values. @throws AppError (exit 130) on Ctrl-C. */
export async function select(
  io: Io,
  question: string,
  choices: readonly string[],
): Promise<string> {
  const { default: prompt } = await import('@inquirer/select');
  const theme = await ourMarks();
  return ask(io, (context) => prompt({ message: question, choices: [...choices], theme }, context));
}

/**
 * Asks for a line of text.
 * @param check returns true, or what is wrong with the answer.
 * @throws AppError (exit 130) on Ctrl-C.
 */
export async function input(
  io: Io,
  question: string,
  options: { default?: string; check: (answer: string) => true | string },
): Promise<string> {
  const { default: preset, check } = options;
  const { default: prompt } = await import('@inquirer/input');
  const theme = await ourMarks();
  return ask(io, (context) =>
    prompt(
      {
        message: question,
        theme,
        validate: check,
        ...(preset === undefined ? {} : { default: preset }),
      },
      context,
    ),
  );
}

/**
 * Waits until somebody presses Enter.
 * @throws AppError (exit 130) on Ctrl-C, and where the input ends.
 */
export async function waitForEnter(io: Io, words = 'Enter for the next step'): Promise<void> {
  io.stderr.write(`   ${words} `);
  const { stop } = io.interrupts;
  await new Promise<void>((resolve, reject) => {
    const end = (settle: () => void): void => {
      io.stdin.off('data', next);
      io.stdin.off('end', stopped);
      stop.removeEventListener('abort', stopped);
      io.stdin.pause();
      settle();
    };
    const next = (): void => end(resolve);
    const stopped = (): void =>
      end(() =>
        reject(
          new AppError({
            code: 'Interrupted',
            message: 'Interrupted.',
            exitCode: EXIT.interrupted,
          }),
        ),
      );
    io.stdin.once('data', next);
    io.stdin.once('end', stopped);
    // A stream that was paused stays so when it is listened to.
    io.stdin.resume();
    stop.addEventListener('abort', stopped);
    if (stop.aborted) stopped();
  });
}

interface Context {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
  readonly signal: AbortSignal;
}

/** The marks that all output has, in place of the prompts' own. */
async function ourMarks(): Promise<{ readonly prefix: Record<'idle' | 'done', string> }> {
  const { chalkStderr: style } = await import('chalk');
  return { prefix: { idle: style.blue('?'), done: style.green('✓') } };
}

/** What inquirer ends a question with: Ctrl-C, or its signal. */
const ENDED = ['ExitPromptError', 'AbortPromptError'];

async function ask<T>(io: Io, show: (context: Context) => Promise<T>): Promise<T> {
  const closed = new AbortController();
  const close = (): void => closed.abort();
  // Ctrl-D, or a terminal that is gone: nobody answers any more.
  const onData = (data: Buffer | string): void => {
    if (data.toString() === '\x04') close();
  };
  const ended = AbortSignal.any([io.interrupts.stop, closed.signal]);
  // Node's readline leaves its input paused after Ctrl-Z and `fg`, and the shell has written over the question.
  let again = new AbortController();
  const onContinue = (): void => void setImmediate(() => again.abort());
  io.stdin.once('end', close);
  io.stdin.on('data', onData);
  process.on('SIGCONT', onContinue);
  try {
    for (;;) {
      again = new AbortController();
      const signal = AbortSignal.any([ended, again.signal]);
      try {
        return await show({ input: io.stdin, output: io.stderr, signal });
      } catch (error) {
        if (!(error instanceof Error && ENDED.includes(error.name))) throw error;
        if (!again.signal.aborted || ended.aborted) throw interrupted(error);
      }
    }
  } finally {
    process.off('SIGCONT', onContinue);
    io.stdin.off('end', close);
    io.stdin.off('data', onData);
  }
}

function interrupted(cause: Error): AppError {
  return new AppError({
    code: 'Interrupted',
    message: 'Interrupted; nothing was changed.',
    exitCode: EXIT.interrupted,
    cause,
  });
}
