import { AppError, EXIT, type ExitCode } from '../lib/rules/errors.ts';
import type { CommandContext } from './command.ts';
import { engineStarted } from './connect.ts';

/**
 * Waits for work that only reads. An interrupt ends it at once, even where the other side never answers: there is
 * nothing to finish.
 * @param text beside the spinner; none where the work prints lines of its own.
 * @throws AppError (exit 130) when interrupted, or what the work throws.
 */
export async function reading<T>(
  context: CommandContext,
  text: string | undefined,
  work: () => Promise<T>,
): Promise<T> {
  const progress = text === undefined ? undefined : context.printer.progress(text);
  try {
    const done = await unlessStopped(context, work);
    if (done !== undefined) return done.result;
  } finally {
    progress?.clear();
  }
  throw new AppError({
    code: 'Interrupted',
    message: 'Interrupted; nothing was changed.',
    exitCode: EXIT.interrupted,
  });
}

/** How a command ends that receives, and was to stop before it could. */
export function stoppedEarly({ printer }: CommandContext): ExitCode {
  printer.note('Stopped before anything was received.');
  return EXIT.done;
}

/**
 * Waits for work that only reads until the command is to stop, and no longer, even where the other side never answers.
 * @returns undefined where it was to stop before the work was done
 * @throws what the work throws
 */
export async function unlessStopped<T>(
  context: CommandContext,
  work: () => Promise<T>,
): Promise<{ readonly result: T } | undefined> {
  const { stop } = context.io.interrupts;
  let onStop = (): void => {};
  const stopped = new Promise<undefined>((resolve) => {
    onStop = () => resolve(undefined);
    if (stop.aborted) onStop();
    stop.addEventListener('abort', onStop);
  });
  try {
    const done = await Promise.race([work().then((result) => ({ result })), stopped]);
    if (done === undefined) await engineStarted(context);
    return done;
  } finally {
    stop.removeEventListener('abort', onStop);
  }
}
