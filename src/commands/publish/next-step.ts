import type { Command } from 'commander';
import type { Aws } from '../../lib/aws/clients.ts';
import { engineAddress } from '../../lib/aws/engine-paths.ts';
import type { Topology } from '../../lib/definition/topology.ts';
import { AppError } from '../../lib/rules/errors.ts';
import { commandLine } from '../command-line.ts';
import { stackLogs } from '../stack-owner.ts';

/**
 * What shows what becomes of events: the logs of a deployed stack, which takes the messages itself, otherwise `listen all`.
 * AWS is not asked: whoever publishes there need not be allowed to read tags.
 */
export async function nextStep(
  command: Command,
  aws: Aws,
  topology: Topology,
  topicArns: readonly string[],
): Promise<string> {
  const listen = commandLine(command, 'listen all');
  const [arn] = topicArns;
  const isHandled = topology.subscribers.some(({ handler }) => handler !== undefined);
  if (arn === undefined || !isHandled || (await engineAddress(aws)) === undefined) return listen;
  const { topicTags } = await import('../../lib/aws/tags.ts');
  const tags = await topicTags(aws, arn).catch((error: unknown) => {
    if (error instanceof AppError) return undefined;
    throw error;
  });
  return stackLogs(command, topology, tags ?? {}) ?? listen;
}
