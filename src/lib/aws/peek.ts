import { parseArn } from '../rules/names.ts';
import type { Aws } from './clients.ts';
import { observed } from './engine-paths.ts';
import { type ObservedAttribute, readAttributes } from './observed-attributes.ts';
import type { StoredAttribute } from './stored-message.ts';

/** A message as it lies in an engine's queue. */
export interface PeekedMessage {
  readonly messageId: string;
  readonly body: string;
  readonly state: 'delayed' | 'visible' | 'in-flight';
  /** Milliseconds since the epoch. */
  readonly sentAt: number;
  /** When it becomes visible, in milliseconds since the epoch; null when it is. */
  readonly visibleAt: number | null;
  readonly receiveCount: number;
  readonly attributes: Readonly<Record<string, StoredAttribute>>;
  readonly messageGroupId?: string;
  readonly messageDeduplicationId?: string;
  /** ARN of the queue that it came from; not there for what was sent here. */
  readonly deadLetterQueueSourceArn?: string;
}

/** As the engine tells it. */
interface ToldMessage extends Omit<PeekedMessage, 'attributes'> {
  readonly attributes: Readonly<Record<string, ObservedAttribute>>;
}

interface ToldQueue extends Omit<PeekedQueue, 'messages'> {
  readonly messages: readonly ToldMessage[];
}

/** What lies in an engine's queue. */
export interface PeekedQueue {
  /** All of its messages by state, also those beyond the limit. */
  readonly visible: number;
  readonly inFlight: number;
  readonly delayed: number;
  /** The oldest ones. */
  readonly messages: readonly PeekedMessage[];
}

/** How long an engine that is busy may take to show a queue: what it can't show would have to be received. */
const PATIENCE_MS = 10_000;

/** Messages of one look at the most. */
export const MAX_PEEKED = 1_000;

/**
 * Looks at a queue's oldest messages without receiving them (`GET /_pubsub/queues/…/messages` of an embedded engine).
 * @param most 1 to `MAX_PEEKED`. @returns undefined where something else than an engine answers, or there is no such queue.
 */
export async function peekQueue(
  aws: Aws,
  queueArn: string,
  most = MAX_PEEKED,
): Promise<PeekedQueue | undefined> {
  const arn = parseArn(queueArn);
  if (arn === undefined) return undefined;
  const path = `/_pubsub/queues/${arn.account}/${arn.region}/${arn.resource}/messages`;
  const found = (await observed(aws, `${path}?limit=${most}`, PATIENCE_MS)) as
    | ToldQueue
    | null
    | undefined;
  if (!Array.isArray(found?.messages)) return undefined;
  const { visible, inFlight, delayed } = found;
  const messages = found.messages.map((each) => ({
    ...each,
    attributes: readAttributes(each.attributes),
  }));
  return { visible, inFlight, delayed, messages };
}
