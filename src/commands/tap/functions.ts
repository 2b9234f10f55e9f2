import type { Aws } from '../../lib/aws/clients.ts';
import type { Topology } from '../../lib/definition/topology.ts';
import { nameOfArn } from '../../lib/rules/names.ts';
import { type FunctionOutcome, outcomeRecord, renderFunctionOutcome } from '../../lib/ui/tap.ts';
import type { CommandContext } from '../command.ts';

/** Messages that are remembered. */
const REMEMBERED = 10_000;

/** What functions did with the messages that a tap shows, each told below its message. */
export interface FunctionLines {
  /** A message was shown. @param messageId in the topic. */
  shown(messageId: string): void;
}

/**
 * Prints what functions do with a topic's messages until the signal is aborted, as an embedded engine tells it:
 * handled, failed, kept out. Elsewhere nobody says.
 * @returns once nothing is missed of what comes.
 */
export async function showFunctions(
  { printer }: CommandContext,
  aws: Aws,
  about: { readonly topology: Topology; readonly topicArn: string; readonly signal: AbortSignal },
): Promise<FunctionLines> {
  const { topology, topicArn, signal } = about;
  const queues = new Map(
    topology.subscribers.flatMap(({ name, queue, handler }) =>
      handler !== undefined && 'function' in handler ? [[queue, name] as const] : [],
    ),
  );
  /** Ids in the topic, by those in a queue. */
  const topicIds = new Map<string, string>();
  const shown = new Set<string>();
  /** Outcomes of messages that aren't shown yet, by their ids in the topic. */
  const waiting = new Map<string, FunctionOutcome[]>();
  const tell = (outcome: FunctionOutcome): void => {
    printer.record(outcomeRecord(outcome));
    printer.text(renderFunctionOutcome(outcome, printer.style));
  };
  const follow = async (endpoint: string, onOpen: () => void): Promise<void> => {
    const { followEvents } = await import('../../lib/engine/background.ts');
    for await (const event of followEvents(endpoint, signal, aws.engineToken, onOpen)) {
      if (event.kind === 'delivered' && event.topicArn === topicArn) {
        topicIds.set(event.messageId, event.topicMessageId);
        forgetOldest(topicIds);
      }
      if (event.kind !== 'handled' && event.kind !== 'failed' && event.kind !== 'unmatched')
        continue;
      const messageId = topicIds.get(event.messageId);
      const subscriber = queues.get(nameOfArn(event.queueArn ?? ''));
      if (messageId === undefined || subscriber === undefined) continue;
      const outcome = { event, messageId, subscriber };
      if (shown.has(messageId)) tell(outcome);
      else waiting.set(messageId, [...(waiting.get(messageId) ?? []), outcome]);
      forgetOldest(waiting);
    }
  };
  const { engineAddress } = await import('../../lib/aws/engine-paths.ts');
  const endpoint = queues.size > 0 ? await engineAddress(aws) : undefined;
  if (endpoint !== undefined) {
    await new Promise<void>((ready) => {
      // The tap itself says when the engine is gone.
      void follow(endpoint, ready).then(ready, () => ready());
    });
  }
  return {
    shown(messageId) {
      shown.add(messageId);
      forgetOldest(shown);
      for (const outcome of waiting.get(messageId) ?? []) tell(outcome);
      waiting.delete(messageId);
    },
  };
}

function forgetOldest(remembered: Map<string, unknown> | Set<string>): void {
  if (remembered.size <= REMEMBERED) return;
  const [oldest = ''] = remembered.keys();
  remembered.delete(oldest);
}
