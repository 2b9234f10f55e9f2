/** How a topology is doing. Counts are SQS's approximate ones; null where there is no queue to count in. */
export interface Status {
  /** The first of the topics. */
  readonly topic: { readonly arn: string | null; readonly exists: boolean };
  readonly topics: readonly TopicStatus[];
  readonly subscribers: readonly SubscriberStatus[];
}

/** Whether a topic is there. */
export interface TopicStatus {
  readonly key: string;
  readonly name: string;
  readonly arn: string | null;
  readonly exists: boolean;
}

/** A status and when it was read, in milliseconds since the epoch. */
export interface StatusSnapshot extends Status {
  readonly time: number;
}

/** How one subscriber's queues are doing. */
export interface SubscriberStatus {
  readonly name: string;
  readonly queueUrl: string | null;
  /** Whether each of its topics has a confirmed subscription of the queue. */
  readonly subscribed: boolean;
  /** Messages that can be received. */
  readonly depth: number | null;
  /** Messages received and neither deleted nor visible again. */
  readonly inFlight: number | null;
  /** Messages that can't be received yet. */
  readonly delayed: number | null;
  /**
   * Seconds since the oldest message was sent, received ones included; 0 for an empty queue. Null where it can't be
   * told: no SQS call has it, only the embedded engine says it. AWS has it in CloudWatch
   * (`ApproximateAgeOfOldestMessage`).
   */
  readonly oldestAgeSeconds: number | null;
  /** Whether its dead-letter queue is there; null where it has none. */
  readonly dlqExists: boolean | null;
  /** Messages in the dead-letter queue, those in flight there included. */
  readonly dlqDepth: number | null;
  /** Messages that ever came into the queue; null where nobody counts them: only the embedded engine does. */
  readonly arrived: number | null;
  /** Messages that came in and are gone again: deleted, dead, expired or purged. Null as above. */
  readonly left: number | null;
  /** Clients that received from the queue in the last minute; null where only they know: everywhere but the engine. */
  readonly consumers: number | null;
  /** Functions that mappings let take from the queue; null where only they know. */
  readonly functions: readonly string[] | null;
}
