import type { Aws } from '../../lib/aws/clients.ts';
import type { DeadLetter } from '../../lib/dead-letters/dead-letter.ts';
import { AppError } from '../../lib/rules/errors.ts';
import type { CommandContext } from '../command.ts';
import { topologyFor } from '../topology.ts';
import type { DeadLetterQueue, Reason } from './queues.ts';

/**
 * Finds out from the log of the function that handles a subscriber's events why messages failed.
 * @returns what says it of a message; always undefined where no function handles them, or its log may not be read.
 */
export async function toldByFunction(
  context: CommandContext,
  aws: Aws,
  { spec }: DeadLetterQueue,
  letters: readonly DeadLetter[],
): Promise<(letter: DeadLetter) => Reason | undefined> {
  const nobody = (): undefined => undefined;
  const { handler } = spec;
  if (handler === undefined || !('function' in handler) || letters.length === 0) return nobody;
  const { functions } = await topologyFor(context);
  const target = functions.find(({ key }) => key === handler.function);
  if (target === undefined) return nobody;
  const { readFunctionFailures } = await import('../../lib/functions/failure-in-log.ts');
  const since = Math.min(...letters.map(({ message }) => message.sentAt));
  try {
    const failures = await readFunctionFailures(aws, target.name, since);
    return ({ message }) => {
      const found = failures.find(message.messageId, message.sentAt);
      return (
        found && {
          reason: found.reason,
          by: found.isCertain ? 'function' : 'last-error',
          time: found.time,
        }
      );
    };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    context.printer.detail(error.message);
    return nobody;
  }
}
