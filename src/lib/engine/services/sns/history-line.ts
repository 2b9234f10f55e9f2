import type { ObservedAttribute } from '../../observe/attribute-values.ts';

/** A message that was published to a topic. */
export interface HistoryLine {
  readonly messageId: string;
  /** When the topic accepted it, in milliseconds since the epoch. */
  readonly time: number;
  /** The body that queues get; with `MessageStructure` `json`, the text for SQS. */
  readonly body: string;
  readonly subject?: string | undefined;
  readonly attributes: Readonly<Record<string, ObservedAttribute>>;
  readonly messageGroupId?: string | undefined;
  readonly messageDeduplicationId?: string | undefined;
  readonly sequenceNumber?: string | undefined;
}
