import type { Aws } from '../../lib/aws/clients.ts';
import type { Topology } from '../../lib/definition/topology.ts';
import { nameOfArn } from '../../lib/rules/names.ts';
import { renderFunctionOutcome } from '../../lib/ui/tap.ts';
import type { CommandContext } from '../command.ts';

/** Messages that are remembered. */
const REMEMBERED = 10_000;

/** What functions did with the messages that a tap shows, in lines of their own, each below its message. */
export interface FunctionLines {
  /** A message was shown. @param messageId in the topic. */
  shown(messageId: string): void;
}

/**
 * Prints what functions do with a topic's messages until the signal is aborted, as the engine of this machine tells it:
 * handled, failed, kept out. Elsewhere nobody says.
 */
export function showFunctions(
  { printer }: CommandContext,
  aws: Aws,
  about: { readonly topology: Topology; readonly topicArn: string; readonly signal: AbortSignal },
): FunctionLines {
  const { topology, topicArn, signal } = about;
  const queues = new Map(
    topology.subscribers.flatMap(({ name, queue, handler }) =>
      handler !== undefined && 'function' in handler ? [[queue, name] as const] : [],
    ),
  );
  /** Ids in the topic, by those in a queue. */
  const topicIds = new Map<string, string>();
  const shown = new Set<string>();
  /** Lines of messages that aren't shown yet, by their ids in the topic. */
  const waiting = new Map<string, string[]>();
  const follow = async (endpoint: string): Promise<void> => {
    const { followEvents } = await import('../../lib/engine/background.ts');
    for await (const event of followEvents(endpoint, signal, aws.engineToken)) {
      if (event.kind === 'delivered' && event.topicArn === topicArn) {
        topicIds.set(event.messageId, event.topicMessageId);
        forgetOldest(topicIds);
      }
      if (event.kind !== 'handled' && event.kind !== 'failed' && event.kind !== 'unmatched')
        continue;
      const messageId = topicIds.get(event.messageId);
      const subscriber = queues.get(nameOfArn(event.queueArn ?? ''));
      if (messageId === undefined || subscriber === undefined) continue;
      const line = renderFunctionOutcome(event, { messageId, subscriber }, printer.style);
      if (shown.has(messageId)) printer.text(line);
      else waiting.set(messageId, [...(waiting.get(messageId) ?? []), line]);
      forgetOldest(waiting);
    }
  };
  if (aws.kind === 'local' && aws.endpoint !== undefined && queues.size > 0 && !printer.json) {
    // The tap itself says when the engine is gone.
    void follow(aws.endpoint).catch(() => undefined);
  }
  return {
    shown(messageId) {
      shown.add(messageId);
      forgetOldest(shown);
      for (const line of waiting.get(messageId) ?? []) printer.text(line);
      waiting.delete(messageId);
    },
  };
}

function forgetOldest(remembered: Map<string, unknown> | Set<string>): void {
  if (remembered.size <= REMEMBERED) return;
  const [oldest = ''] = remembered.keys();
  remembered.delete(oldest);
}
