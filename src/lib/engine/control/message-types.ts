import type { PeekedMessage } from '../observe/peeked-message.ts';
import type { HistoryLine } from '../services/sns/history-line.ts';

/** A message in a queue, and what it carries. */
export interface QueuedMessage extends PeekedMessage {
  /** Its body as JSON, without the envelope that a topic puts around it; undefined for a body that is not JSON. */
  readonly event: unknown;
}

/** A message that a topic accepted. */
export interface PublishedMessage extends HistoryLine {
  /** Its body as JSON; undefined for a body that is none. */
  readonly event: unknown;
}
