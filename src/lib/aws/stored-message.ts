/** A message attribute of SQS with its type to the letter; the value of a `Binary` one is base64 text. */
export interface StoredAttribute {
  /** `String`, `Number` or `Binary`, with a custom label such as `Number.int` where one was given. */
  readonly type: string;
  readonly value: string;
}

/** What has to be sent so that a message is as it was. */
export interface SendableMessage {
  readonly body: string;
  readonly attributes: Readonly<Record<string, StoredAttribute>>;
  /** The group: of a FIFO queue's message always, of a standard queue's where its sender gave one. */
  readonly groupId: string | undefined;
  /** `AWSTraceHeader`. */
  readonly traceHeader: string | undefined;
  /** The message as a broker handed it out: it is sent again to the letter. */
  readonly original?: unknown;
}

/** A message that lies in a queue, in full. */
export interface StoredMessage extends SendableMessage {
  readonly messageId: string;
  readonly receiptHandle: string;
  /** How often SQS has handed it out, this time and the times before it was dead included. */
  readonly receiveCount: number;
  readonly deduplicationId: string | undefined;
  /** Milliseconds since the epoch: when it was sent; for FIFO dead letters, when it became one. */
  readonly sentAt: number;
  /** Milliseconds since the epoch. */
  readonly firstReceivedAt: number | undefined;
  /** ARN of the queue it came from; undefined where it was sent here, by SNS or by somebody. */
  readonly sourceArn: string | undefined;
  /** Name of that queue, where the target has no ARNs. */
  readonly sourceQueue?: string | undefined;
  /** Why the target made it a dead letter, where it says so. */
  readonly deadBecause?: string | undefined;
  /** Tells it from other messages that are held, where several may have one id. */
  readonly heldAs?: string | undefined;
}
