import type { Command } from 'commander';
import type { Aws } from '../../lib/aws/clients.ts';
import { nameOfArn } from '../../lib/rules/names.ts';
import { labelled } from '../../lib/ui/subscriber-label.ts';
import type { CommandContext } from '../command.ts';
import { stackLogs } from '../stack-owner.ts';
import type { ListenRequest } from './request.ts';

/** What tasks on ECS have in their environment: several of a service share its queue, which is no news. */
const IN_TASK = 'AWS_ECS_FARGATE';

/**
 * Says who takes from the queues already, where an embedded engine tells it: each message goes to one of them, and what
 * a deployed function or service gets doesn't show here. To be called before anything is received.
 * @param names columns of the subscribers' names. @param urls of the queues, by name.
 */
export async function sayOtherTakers(
  command: Command,
  { io, printer }: CommandContext,
  aws: Aws,
  { topology, subscribers }: ListenRequest,
  { names, urls }: { readonly names: number; readonly urls: ReadonlyMap<string, string> },
): Promise<void> {
  if (io.env.AWS_EXECUTION_ENV === IN_TASK) return;
  const { readTakers } = await import('../../lib/diagnose/other-takers.ts');
  const takers = new Map([...(await readTakers(aws))].map(([arn, who]) => [nameOfArn(arn), who]));
  const shared = subscribers.filter(({ queue }) => takers.has(queue));
  for (const { name, queue } of shared) {
    const who = (takers.get(queue) ?? []).join(', ');
    const words = `${who} takes from ${queue} too: a message goes to one of you`;
    printer.note(labelled(name, printer.noteStyle.yellow(words), printer.noteStyle, names));
  }
  const [first] = shared;
  const url = first && urls.get(first.queue);
  if (url === undefined) return;
  const { queueTags } = await import('../../lib/aws/tags.ts');
  const logs = await stackLogs(command, topology, queueTags(aws, url));
  if (logs !== undefined) printer.note(`What is deployed prints: ${logs}`);
}
