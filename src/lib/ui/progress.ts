import type { Output } from './io.ts';
import { windowSize } from './terminal.ts';
import { cutText } from './text-width.ts';

/** Progress as the printer holds it: what else is printed first takes the spinner away. */
export interface HeldProgress extends Progress {
  /** Takes the spinner off the screen until its next frame, so that a line can be printed. */
  hide(): void;
}

/** One piece of work in progress. Exactly one of `done`, `failed` and `clear` MUST end it. */
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

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'] as const;
const FRAME_MS = 80;
/** Back to the first column, and the line erased ("XTerm Control Sequences"). */
const ERASE = '\r\x1b[2K';

/**
 * A spinner where the stream is a terminal; elsewhere the same facts as plain lines.
 * @param options.done prints a line with a tick, `options.failed` one with a cross.
 */
export function startProgress(
  text: string,
  options: {
    readonly stream: Output;
    readonly animated: boolean;
    readonly paint: (frame: string) => string;
    readonly done: (line: string) => void;
    readonly failed: (line: string) => void;
  },
): HeldProgress {
  const { stream } = options;
  let shown = text;
  let frame = 0;
  let isDrawn = false;
  const draw = (): void => {
    // As wide as the terminal is by now; in its last column it would break the line.
    const room = windowSize(stream).columns - 3;
    const sign = FRAMES[frame++ % FRAMES.length] ?? '';
    stream.write(`${ERASE}${options.paint(sign)}${room > 0 ? ` ${cutText(shown, room)}` : ''}`);
    isDrawn = true;
  };
  const hide = (): void => {
    if (isDrawn) stream.write(ERASE);
    isDrawn = false;
  };
  const timer = options.animated ? setInterval(draw, FRAME_MS) : undefined;
  // The work keeps the process running, not its picture.
  timer?.unref();
  const end = (): void => {
    clearInterval(timer);
    hide();
  };
  return {
    update: (next) => {
      shown = next;
    },
    done: (final) => {
      end();
      options.done(final);
    },
    failed: (final) => {
      end();
      options.failed(final);
    },
    clear: end,
    hide,
  };
}
