/** How much waits in the outbox. */
export interface OutboxLag {
  /** Events that are not delivered yet. */
  readonly waiting: number;
  /** Seconds since the oldest of them was written; null where none waits. */
  readonly oldestAgeSeconds: number | null;
  /** Those of them whose last attempt failed. */
  readonly failing: number;
}

/** An event whose last attempt failed. */
export interface FailingEvent {
  readonly id: string;
  /** Digits: what it tells of. */
  readonly key: string;
  readonly eventId: string;
  readonly eventType: string;
  /** How often it was refused. 0 where only the topic could not be reached. */
  readonly attempts: number;
  readonly lastError: string;
  /** Seconds until it is tried again; 0 where it is due. */
  readonly retryInSeconds: number;
}

/** The state of an outbox. */
export interface OutboxStatus extends OutboxLag {
  /** Delivered events that are still kept. */
  readonly delivered: number;
  /** The oldest of the failing ones. */
  readonly failures: readonly FailingEvent[];
}

/** An event that was made due at once. */
export interface RetriedEvent {
  readonly id: string;
  readonly eventId: string;
}
