import { AppError } from '../lib/rules/errors.ts';
import type { Place } from '../lib/topology/inspect.ts';
import type { CommandContext } from './command.ts';

/**
 * Removes expired temporary queues that a killed process left behind, and says so. A command that has other things to
 * do goes on where this can't be done: the next one tries again.
 */
export async function sweepLeftovers({ printer }: CommandContext, place: Place): Promise<void> {
  const { sweepTemporary } = await import('../lib/topology/temporary-queue.ts');
  try {
    for (const { type, name } of await sweepTemporary(place)) {
      printer.note(`Removed the temporary ${type} ${name}, which was left behind.`);
    }
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    printer.detail(`Left-over temporary queues could not be looked for: ${error.message}`);
  }
}
