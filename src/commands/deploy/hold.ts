import { holdStack } from '../../lib/deploy/hold-stack.ts';
import type { CommandContext } from '../command.ts';

/** Waits until no other run works on a stack, and says so. @returns what lets go of it. */
export function holdOf({ io, printer }: CommandContext, folder: string): Promise<() => void> {
  return holdStack(folder, {
    stop: io.interrupts.stop,
    onWait: (pid) =>
      printer.note(`Another pubsub deploy (pid ${pid}) works on this stack: waiting for it.`),
  });
}
