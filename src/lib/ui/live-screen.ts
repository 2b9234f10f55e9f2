import type { Output } from './io.ts';

/** The part of a terminal that shows one picture after the other. */
export interface LiveScreen {
  /** Shows lines in place of those before; they MUST NOT be wider than the window. */
  show(lines: readonly string[]): void;
  /** Gives the terminal back as it was. More than once does no harm. */
  close(): void;
}

// Control sequences of xterm, which every terminal of today knows ("XTerm Control Sequences").
const ENTER = '\x1b[?1049h\x1b[?25l';
const LEAVE = '\x1b[?25h\x1b[?1049l';
const HOME = '\x1b[H';
const ERASE_LINE = '\x1b[2K';
const ERASE_BELOW = '\x1b[J';

/**
 * Takes over the terminal's other screen, so that what was on it stays as it was, and hides the cursor. It is given
 * back by `close`, at the end of the process however it comes, and while the process is stopped by Ctrl-Z.
 * @param onRedraw asked to show the picture again: the window's size changed, or the process goes on.
 */
export function openLiveScreen(stream: Output, onRedraw: () => void): LiveScreen {
  let shown = true;
  const leave = (): void => {
    if (!shown) return;
    shown = false;
    stream.write(LEAVE);
  };
  const enter = (): void => {
    if (shown) return;
    shown = true;
    stream.write(ENTER);
    onRedraw();
  };
  const suspend = (): void => {
    leave();
    // The signal's own effect is gone once it is listened to; this one can't be listened to.
    process.kill(process.pid, 'SIGSTOP');
  };
  stream.write(ENTER);
  stream.on('resize', onRedraw);
  process.on('exit', leave);
  process.on('SIGTSTP', suspend);
  process.on('SIGCONT', enter);
  return {
    show: (lines) => {
      // Each line is erased before it is written: after the last column there is no place to erase from.
      const text = lines.map((line) => `${ERASE_LINE}${line}`).join('\r\n');
      if (shown) stream.write(`${HOME}${text}${lines.length > 0 ? '\r\n' : ''}${ERASE_BELOW}`);
    },
    close: () => {
      stream.off('resize', onRedraw);
      process.off('exit', leave);
      process.off('SIGTSTP', suspend);
      process.off('SIGCONT', enter);
      leave();
    },
  };
}
