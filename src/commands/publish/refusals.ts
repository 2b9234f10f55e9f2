import type { Aws } from '../../lib/aws/clients.ts';
import { readEngineNotes } from '../../lib/aws/engine-notes.ts';
import { type MessageReach, readMessageWay } from '../../lib/aws/message-trace.ts';
import type { Transport } from '../../lib/transport/transport.ts';
import type { ReadReach, Refusal } from './reach.ts';

/** Which queues refused what was published, or would have on AWS; none where nobody tells it. */
export type ReadRefusals = (
  reach: ReadonlyMap<string, MessageReach>,
) => Promise<readonly Refusal[]>;

/** Asks an engine: by the way of the first message that did not reach every queue, and by its notes of policies. */
function refusalReader(aws: Aws, topicArns: readonly string[]): ReadRefusals {
  return async (reach) => {
    const short = [...reach].find(([, { delivered, subscriptions }]) => delivered < subscriptions);
    const [way, notes] = await Promise.all([
      short && readMessageWay(aws, short[0]),
      readEngineNotes(aws),
    ]);
    const refused = (way?.events ?? []).flatMap((event) =>
      event.kind === 'refused' && topicArns.includes(event.topicArn) ? [event] : [],
    );
    const told = (notes?.refusals ?? []).filter(
      (note) => note.delivered && topicArns.includes(note.topicArn),
    );
    return [
      ...refused.map(({ queueArn, reason, errorCode }) => ({
        queueArn,
        reason,
        delivered: false,
        isPolicy: errorCode === 'AccessDenied',
      })),
      ...told.map(({ queueArn, reason }) => ({
        queueArn,
        reason,
        delivered: true,
        isPolicy: true,
      })),
    ];
  };
}

/**
 * Who tells how far messages came.
 * @param topicArns of the topics that are published to. @returns readers that tell nothing where nobody knows.
 */
export async function reachReaders(
  transport: Transport,
  topicArns: readonly string[],
): Promise<{ readonly readReach: ReadReach; readonly readRefusals: ReadRefusals }> {
  if (transport.aws === undefined) {
    return { readReach: async () => undefined, readRefusals: async () => [] };
  }
  const { aws } = transport.aws;
  const { readReach } = await import('../../lib/aws/message-trace.ts');
  return {
    readReach: (messageIds) => readReach(aws, messageIds),
    readRefusals: refusalReader(aws, topicArns),
  };
}
