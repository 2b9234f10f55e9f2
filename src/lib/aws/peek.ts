import { parseArn } from '../rules/names.ts';
import type { Aws } from './clients.ts';
import { observed } from './engine-paths.ts';

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
}

/** Messages of one look at the most. */
export const MAX_PEEKED = 1_000;

/**
 * Looks at a queue's oldest messages without receiving them (`GET /_pubsub/queues/…/messages` of an embedded engine).
 * @returns undefined where something else than an engine answers, or there is no such queue.
 */
export async function peekQueue(
  aws: Aws,
  queueArn: string,
): Promise<readonly PeekedMessage[] | undefined> {
  const arn = parseArn(queueArn);
  if (arn === undefined) return undefined;
  const path = `/_pubsub/queues/${arn.account}/${arn.region}/${arn.resource}/messages`;
  const found = (await observed(aws, `${path}?limit=${MAX_PEEKED}`)) as {
    readonly messages?: readonly PeekedMessage[];
  } | null;
  return Array.isArray(found?.messages) ? found.messages : undefined;
}
