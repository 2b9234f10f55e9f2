import type { CommandContext } from '../command.ts';

/** Waits until no other run works on a stack, and says so. @returns what lets go of it. */
export async function holdOf({ io, printer }: CommandContext, folder: string): Promise<() => void> {
  const { holdStack } = await import('../../lib/deploy/hold-stack.ts');
  return holdStack(folder, {
    stop: io.interrupts.stop,
    onWait: (pid) =>
      printer.note(`Another pubsub deploy (pid ${pid}) works on this stack: waiting for it.`),
  });
}
