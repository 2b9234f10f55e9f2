import type { Command } from 'commander';
import type { Aws } from '../../lib/aws/clients.ts';
import { engineAddress } from '../../lib/aws/engine-paths.ts';
import type { Topology } from '../../lib/definition/topology.ts';
import { commandLine } from '../command-line.ts';
import { stackLogs } from '../stack-owner.ts';

/**
 * What shows what becomes of events: the logs of a deployed stack, which takes the messages itself, otherwise `listen all`.
 * AWS is not asked: whoever publishes there need not be allowed to read tags. Nor is RabbitMQ, which has no stacks.
 */
export async function nextStep(
  command: Command,
  aws: Aws | undefined,
  topology: Topology,
  topicArns: readonly string[],
): Promise<string> {
  const listen = commandLine(command, 'listen all');
  const [arn] = topicArns;
  const isHandled = topology.subscribers.some(({ handler }) => handler !== undefined);
  if (aws === undefined || arn === undefined || !isHandled) return listen;
  if ((await engineAddress(aws)) === undefined) return listen;
  const { topicTags } = await import('../../lib/aws/tags.ts');
  return (await stackLogs(command, topology, topicTags(aws, arn))) ?? listen;
}
