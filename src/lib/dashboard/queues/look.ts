import { type PeekedMessage, type PeekedQueue, peekQueue } from '../../aws/peek.ts';
import type { StoredMessage } from '../../aws/stored-message.ts';
import { createHold, lookThrough } from '../../dead-letters/hold.ts';
import type { Dashboard } from '../dashboard.ts';
import { HttpFailure } from '../http/failure.ts';
import type { FoundQueue } from './found-queue.ts';

/** A message that was looked at; what a receive shows is visible again afterwards. */
export interface LookedAt extends StoredMessage {
  readonly state: PeekedMessage['state'];
  /** Milliseconds since the epoch; null where it can be received. */
  readonly visibleAt: number | null;
}

/** What was seen in a queue, and how. */
export interface Look {
  readonly how: 'peek' | 'receive';
  readonly messages: readonly LookedAt[];
  /** How many there are in all, where the engine says it. */
  readonly counts?: Pick<PeekedQueue, 'visible' | 'inFlight' | 'delayed'>;
}

/**
 * Looks at a queue's messages: an engine shows them as they lie there; elsewhere they are received and shown again,
 * which counts as a receive.
 * @param options.limit 1 to 1,000.
 * @throws AppError when a call is refused or nobody answers; HttpFailure 503 where an engine doesn't in time.
 */
export async function lookInto(
  { aws, live }: Pick<Dashboard, 'aws' | 'live'>,
  { queue }: Pick<FoundQueue, 'queue'>,
  options: { readonly limit: number; readonly signal: AbortSignal },
): Promise<Look> {
  const peeked = await peekQueue(aws, queue.arn, options.limit);
  if (peeked !== undefined) {
    const { messages, ...counts } = peeked;
    return { how: 'peek', messages: messages.map(asStored), counts };
  }
  // An engine that is late with its answer is no reason to receive, which nobody could take back.
  if (await live.hasEngine())
    throw new HttpFailure(503, 'EngineGone', 'The engine did not answer.');
  const hold = createHold(aws, queue.url);
  const messages: LookedAt[] = [];
  try {
    const { waiting: expected = 0 } = queue;
    for await (const seen of lookThrough(aws, hold, { ...options, expected })) {
      messages.push(
        ...seen.map((each) => ({ ...each, state: 'visible' as const, visibleAt: null })),
      );
    }
  } finally {
    await hold.release();
  }
  return { how: 'receive', messages: messages.slice(0, options.limit) };
}

function asStored(peeked: PeekedMessage): LookedAt {
  const { messageGroupId, messageDeduplicationId, deadLetterQueueSourceArn, ...message } = peeked;
  return {
    ...message,
    receiptHandle: '',
    groupId: messageGroupId,
    deduplicationId: messageDeduplicationId,
    traceHeader: undefined,
    firstReceivedAt: undefined,
    sourceArn: deadLetterQueueSourceArn,
  };
}
