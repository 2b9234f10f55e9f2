import type { ObservedAttribute } from './attribute-values.ts';

/** A message in a queue. */
export interface PeekedMessage {
  readonly messageId: string;
  readonly body: string;
  readonly state: 'delayed' | 'visible' | 'in-flight';
  /** Milliseconds since the epoch. */
  readonly sentAt: number;
  /** When it becomes visible, in milliseconds since the epoch; null when it is. */
  readonly visibleAt: number | null;
  readonly receiveCount: number;
  /** Milliseconds since the epoch; null before the first receive. */
  readonly firstReceivedAt: number | null;
  readonly attributes: Readonly<Record<string, ObservedAttribute>>;
  readonly messageGroupId?: string;
  readonly messageDeduplicationId?: string;
  readonly sequenceNumber?: string;
  readonly deadLetterQueueSourceArn?: string;
}
