import { isFifo } from '../rules/fifo.ts';
import {
  type EntryOutcome,
  type PublishBatchOptions,
  type PublishEntry,
  publishBatch,
} from './publish.ts';
import type { TopicAccess } from './sns-at.ts';

/** A topic as a publisher needs it. */
export interface MessageTopic {
  /** Its ARN, or what stands for one. */
  readonly address: string;
  /** Whether entries have to have a group and a deduplication id. */
  readonly fifo: boolean;
  /**
   * Publishes up to ten messages.
   * @param options.onAttemptFailed told of each attempt that failed.
   * @returns one outcome an entry, in the entries' order.
   * @throws AppError `TopicNotFound`, or what kept all of them from being published.
   */
  publish(entries: readonly PublishEntry[], options: PublishBatchOptions): Promise<EntryOutcome[]>;
}

/** A topic of SNS. */
export function snsTopic(aws: TopicAccess, topicArn: string): MessageTopic {
  return {
    address: topicArn,
    fifo: isFifo(topicArn),
    publish: (entries, options) => publishBatch(aws, topicArn, entries, options),
  };
}
