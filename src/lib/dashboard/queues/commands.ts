import type { SendableMessage } from '../../aws/stored-message.ts';
import { shellWord } from '../../rules/text/command-words.ts';
import type { Dashboard } from '../dashboard.ts';
import { type FoundQueue, sourceWords } from './found-queue.ts';

/** The command line that deletes messages of a queue. @param flags that choose them; none for all */
export function dropCommand(
  { commands }: Pick<Dashboard, 'commands'>,
  found: FoundQueue,
  flags: readonly string[],
): string {
  const words = sourceWords(found);
  if (words !== undefined) return commands.pubsub('dlq', 'purge', ...words, ...flags, '--yes');
  if (flags.length > 0) {
    return commands.pubsub('dlq', 'purge', ...ownWords(found), '--from-queue', ...flags, '--yes');
  }
  const purges = ['sqs', 'purge-queue', '--queue-url', found.queue.url];
  return commands.fix({ tool: 'aws', commands: [purges] });
}

/** The command line that sends a message to a queue, to the letter. */
export function sendCommand(
  { commands }: Pick<Dashboard, 'commands'>,
  destination: FoundQueue,
  { body, attributes, groupId, traceHeader }: SendableMessage,
): string {
  const message = { body, attributes, groupId: groupId ?? null, traceHeader: traceHeader ?? null };
  const line = JSON.stringify(message);
  const send = commands.pubsub('dlq', 'import', ...ownWords(destination), '--file', '-');
  return `printf '%s\\n' ${shellWord(line)} | ${send}`;
}

/** How the command line calls a queue itself: by its subscriber, or by its name. */
function ownWords({ queue, topology }: FoundQueue): readonly string[] {
  const subscriber = topology.subscribers.find((each) => each.queue === queue.name);
  return subscriber === undefined ? ['--queue', queue.name] : [subscriber.name];
}
