import type { Ora } from 'ora';
import type { Output } from './io.ts';

/** Progress as the printer holds it: what else is printed first takes the spinner away. */
export interface HeldProgress extends Progress {
  /** Takes the spinner off the screen until its next frame, so that a line can be printed. */
  hide(): void;
}

/** One piece of work in progress. Exactly one of `done` and `failed` MUST end it. */
export interface Progress {
  /** Changes what is shown while it runs; shown on a TTY only. */
  update(text: string): void;
  /** Ends it with a tick and its final words, shown everywhere. */
  done(text: string): void;
  /** Ends it with a cross; the error itself is printed by whoever catches it. */
  failed(text: string): void;
  /** Ends it without a word. */
  clear(): void;
}

/**
 * A spinner where the stream is a terminal; elsewhere the same facts as plain lines.
 * @param options.note prints a line unless the run is quiet.
 */
export function startProgress(
  text: string,
  options: { stream: Output; animated: boolean; note: (line: string) => void },
): HeldProgress {
  if (!options.animated) {
    return {
      update: () => {},
      done: (final) => options.note(`✓ ${final}`),
      failed: (final) => options.note(`✗ ${final}`),
      clear: () => {},
      hide: () => {},
    };
  }
  let spinner: Ora | undefined;
  let shown = text;
  let ended = false;
  // Loaded when there is something to animate: measuring the width of text brings ICU with it, 30 ms of every start.
  void import('ora').then(({ default: ora }) => {
    if (ended) return;
    const stream = options.stream as NodeJS.WriteStream;
    spinner = ora({ text: shown, stream, discardStdin: false }).start();
  });
  const end = (settle: (running: Ora) => void, otherwise?: string): void => {
    ended = true;
    if (spinner) settle(spinner);
    else if (otherwise !== undefined) options.note(otherwise);
  };
  return {
    update: (next) => {
      shown = next;
      if (spinner) spinner.text = next;
    },
    done: (final) => end((running) => running.succeed(final), `✔ ${final}`),
    failed: (final) => end((running) => running.fail(final), `✖ ${final}`),
    clear: () => end((running) => running.stop()),
    hide: () => void spinner?.clear(),
  };
}
