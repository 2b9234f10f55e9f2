import type { Watch } from '../../lib/deploy/follow-stack.ts';
import { stackEventLines } from '../../lib/ui/stack.ts';
import type { CommandContext } from '../command.ts';

/** Prints each event as it comes, above the spinner. @param skipped as `stackEventLines` takes it. */
export function watchOf({ io, printer }: CommandContext, skipped?: string): Watch {
  const lineOf = stackEventLines(printer.noteStyle, skipped);
  return {
    stop: io.interrupts.stop,
    onEvent: (event) => {
      const line = lineOf(event);
      if (line !== undefined) printer.note(line);
    },
  };
}
