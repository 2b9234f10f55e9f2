import type { Aws } from '../../lib/aws/clients.ts';
import { readEngineMappings } from '../../lib/aws/engine-mappings.ts';
import type { DeadLetter } from '../../lib/dead-letters/dead-letter.ts';
import { functionOf } from '../../lib/definition/find.ts';
import { AppError } from '../../lib/rules/errors.ts';
import { functionNameOf } from '../../lib/topology/functions/find-mapping.ts';
import type { CommandContext } from '../command.ts';
import { topologyFor } from '../topology.ts';
import type { DeadLetterQueue, Reason } from './queues.ts';

/**
 * Finds out from the logs of the functions that take a subscriber's messages why those failed: the one that the file says,
 * or else those that a deployment, or anybody, has mapped to the queue on an embedded engine.
 * @returns what says it of a message; always undefined where no function takes them, or mappings and logs may not be read.
 */
export async function toldByFunction(
  context: CommandContext,
  aws: Aws,
  queue: DeadLetterQueue,
  letters: readonly DeadLetter[],
): Promise<(letter: DeadLetter) => Reason | undefined> {
  const nobody = (): undefined => undefined;
  if (letters.length === 0) return nobody;
  const { readFunctionFailures } = await import('../../lib/functions/failure-in-log.ts');
  const since = Math.min(...letters.map(({ message }) => message.sentAt));
  try {
    const names = await takers(context, aws, queue);
    const logs = await Promise.all(names.map((name) => readFunctionFailures(aws, name, since)));
    return ({ message }) => {
      const all = logs.flatMap((log) => log.find(message.messageId, message.sentAt) ?? []);
      const found = all.find(({ isCertain }) => isCertain) ?? all[0];
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

async function takers(
  context: CommandContext,
  aws: Aws,
  { spec: { handler, queue }, sqs }: DeadLetterQueue,
): Promise<string[]> {
  if (handler !== undefined && 'function' in handler) {
    const target = functionOf({ handler }, (await topologyFor(context)).functions);
    return target === undefined ? [] : [target.name];
  }
  // On AWS whoever reads dead letters need not be allowed to list mappings.
  const queueArn = sqs?.arn.replace(/[^:]*$/, queue);
  const mappings = (await readEngineMappings(aws)) ?? [];
  const taking = mappings.filter((mapping) => mapping.queueArn === queueArn);
  return taking.map(({ functionArn }) => functionNameOf(functionArn));
}
