import type { ObservedAttribute } from '../../observe/attribute-values.ts';

/** A published message as the history tells it, one a line. */
export interface HistoryLine {
  readonly messageId: string;
  /** When the topic accepted it, in milliseconds since the epoch. */
  readonly time: number;
  /** What queues get of it (with `MessageStructure` `json`, the text for them). */
  readonly body: string;
  readonly subject?: string | undefined;
  readonly attributes: Readonly<Record<string, ObservedAttribute>>;
  readonly messageGroupId?: string | undefined;
  readonly messageDeduplicationId?: string | undefined;
  readonly sequenceNumber?: string | undefined;
}
