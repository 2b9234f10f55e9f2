import type { IndexedHeap } from './indexed-heap.ts';
import type { Figures, Message } from './message.ts';

/** The messages of one group in a standard queue. */
export interface Tenant extends Figures {
  readonly groupId: string;
  /** Ms since the epoch. */
  lastSentAt: number;
  /** Ready messages that others' went ahead of, the oldest first. */
  readonly passedOver: IndexedHeap<Message>;
}
