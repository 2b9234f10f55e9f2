import { AppError, EXIT } from '../lib/rules/errors.ts';
import type { CommandContext } from './command.ts';

/**
 * Waits for work that only reads. An interrupt ends it at once, even where the other side never answers: there is
 * nothing to finish.
 * @param text beside the spinner; none where the work prints lines of its own.
 * @throws AppError (exit 130) when interrupted, or what the work throws.
 */
export async function reading<T>(
  { io, printer }: CommandContext,
  text: string | undefined,
  work: () => Promise<T>,
): Promise<T> {
  const { stop } = io.interrupts;
  const progress = text === undefined ? undefined : printer.progress(text);
  let onStop = (): void => {};
  const interrupted = new Promise<never>((_resolve, reject) => {
    onStop = () =>
      reject(
        new AppError({
          code: 'Interrupted',
          message: 'Interrupted; nothing was changed.',
          exitCode: EXIT.interrupted,
        }),
      );
    if (stop.aborted) onStop();
    stop.addEventListener('abort', onStop);
  });
  try {
    return await Promise.race([work(), interrupted]);
  } finally {
    stop.removeEventListener('abort', onStop);
    progress?.clear();
  }
}
