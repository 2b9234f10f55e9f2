import type { Aws } from '../../aws/clients.ts';
import { MAX_PEEKED, type PeekedMessage, type PeekedQueue, peekQueue } from '../../aws/peek.ts';
import { messageBytes } from '../../aws/sent-messages.ts';
import type { StoredMessage } from '../../aws/stored-message.ts';
import { sqsStoredQueue } from '../../aws/stored-queue.ts';
import { createHold, lookThrough } from '../../dead-letters/hold.ts';
import type { Dashboard } from '../dashboard.ts';
import { HttpFailure, notFound } from '../http/failure.ts';
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

/** Bytes from which on a look receives no further messages; an engine has a bound of its own. */
const MAX_RECEIVED_BYTES = 8 * 1024 * 1024;

/**
 * Looks at a queue's messages: an engine shows them as they lie there; elsewhere they are received and shown again,
 * which counts as a receive.
 * @param options.limit 1 to 1,000; where they are large, fewer come.
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
  const messages = await receiveAll(aws, queue, options);
  lastReceived.set(live, { url: queue.url, messages });
  return { how: 'receive', messages };
}

async function receiveAll(
  aws: Aws,
  { url, waiting: expected = 0 }: FoundQueue['queue'],
  options: { readonly limit: number; readonly signal: AbortSignal },
): Promise<readonly LookedAt[]> {
  const hold = createHold(sqsStoredQueue(aws, url));
  const messages: LookedAt[] = [];
  let bytes = 0;
  try {
    for await (const seen of lookThrough(hold, { ...options, expected })) {
      const visible = { state: 'visible', visibleAt: null } as const;
      messages.push(...seen.map((each) => ({ ...each, ...visible })));
      bytes += seen.reduce((sum, each) => sum + messageBytes(each), 0);
      if (bytes >= MAX_RECEIVED_BYTES) break;
    }
  } finally {
    await hold.release();
  }
  return messages.slice(0, options.limit);
}

/** What was received at the last look: whoever chose one of these needs no further receive to have it. */
const lastReceived = new WeakMap<
  Dashboard['live'],
  { readonly url: string; readonly messages: readonly LookedAt[] }
>();

/**
 * A message of a queue: as the last look saw it where looking would receive it, else as it is now.
 * @throws as `lookInto`; HttpFailure 404 where it isn't among the oldest thousand.
 */
export async function findMessage(
  dashboard: Pick<Dashboard, 'aws' | 'live'>,
  found: Pick<FoundQueue, 'queue'>,
  messageId: string,
  signal: AbortSignal,
): Promise<LookedAt> {
  const { name, url } = found.queue;
  const last = lastReceived.get(dashboard.live);
  const seen = last?.url === url ? last.messages : [];
  const isMeant = (message: LookedAt): boolean => message.messageId === messageId;
  const known = seen.find(isMeant);
  if (known !== undefined) return known;
  const { messages } = await lookInto(dashboard, found, { limit: MAX_PEEKED, signal });
  const message = messages.find(isMeant);
  if (message === undefined) throw notFound(`message ${messageId.slice(0, 100)} in ${name}`);
  return message;
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
