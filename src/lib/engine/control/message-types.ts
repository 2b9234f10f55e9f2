import type { PeekedMessage } from '../observe/peeked-message.ts';
import type { HistoryLine } from '../services/sns/history-line.ts';

/** A message in a queue, with its body as JSON. */
export interface QueuedMessage extends PeekedMessage {
  /** The body as JSON, without SNS's envelope; undefined if it is not JSON. */
  readonly event: unknown;
}

/** A message that a topic accepted. */
export interface PublishedMessage extends HistoryLine {
  /** The body as JSON; undefined if it is not JSON. */
  readonly event: unknown;
}
