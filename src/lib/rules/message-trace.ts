import type { FilterPolicyScope } from './filter-policy/scope.ts';

/** What can happen to one message on its way from a publisher to a consumer, as the engine reports it. */
export type MessageEvent =
  | Published
  | Repeated
  | Filtered
  | Refused
  | Delivered
  | Sent
  | Received
  | Hidden
  | Visible
  | Deleted
  | DeadLettered
  | Expired
  | Moved
  | Invoked
  | Unmatched
  | Handled
  | Failed;

/** The kind of a message event, for tables with one entry per kind. */
export type MessageEventKind = MessageEvent['kind'];

interface Common {
  /** Milliseconds since the epoch. */
  readonly time: number;
  /** Account and region of the topic or queue that the event is about. */
  readonly account: string;
  readonly region: string;
  /** The id in the topic for `published`, `repeated`, `filtered`, `refused` and `invoked`; else the id in the queue. */
  readonly messageId: string;
}

interface InQueue extends Common {
  readonly queueArn: string;
}

/** A topic accepted a message. */
export interface Published extends Common {
  readonly kind: 'published';
  readonly topicArn: string;
  /** How many subscriptions the topic has at this moment. */
  readonly subscriptions: number;
}

/** A FIFO topic got a message with the deduplication id of this one, and does not deliver it. */
export interface Repeated extends Common {
  readonly kind: 'repeated';
  readonly topicArn: string;
  readonly deduplicationId: string;
}

/** A subscription's filter policy did not match the message. */
export interface Filtered extends Common {
  readonly kind: 'filtered';
  readonly topicArn: string;
  readonly subscriptionArn: string;
  readonly queueArn?: string;
  /** The part of the filter policy that did not match. */
  readonly clause: string;
  /** What the filter policy looks at. */
  readonly scope: FilterPolicyScope;
}

/** A subscription's queue did not accept the message. */
export interface Refused extends Common {
  readonly kind: 'refused';
  readonly topicArn: string;
  readonly subscriptionArn: string;
  readonly queueArn: string;
  readonly errorCode: string;
  /** Why, in words. */
  readonly reason: string;
  /** The subscription's dead-letter queue, when the message went there. */
  readonly deadLetterArn?: string;
}

/** A topic's message reached a queue. */
export interface Delivered extends InQueue {
  readonly kind: 'delivered';
  readonly topicArn: string;
  readonly subscriptionArn: string;
  /** The message's id in the topic. */
  readonly topicMessageId: string;
}

/** A message was sent to a queue without a topic. */
export interface Sent extends InQueue {
  readonly kind: 'sent';
  /** The first 32 bits of the body's MD5. */
  readonly bodyDigest: number;
}

/** A consumer received the message. */
export interface Received extends InQueue {
  readonly kind: 'received';
  readonly receiveCount: number;
  /** The consumer's `User-Agent`. */
  readonly userAgent: string;
  /** When its visibility timeout ends, in milliseconds since the epoch. */
  readonly hiddenUntil: number;
}

/** A consumer changed how long the message stays hidden (`ChangeMessageVisibility`). */
export interface Hidden extends InQueue {
  readonly kind: 'hidden';
  readonly receiveCount: number;
  /** Milliseconds since the epoch. */
  readonly hiddenUntil: number;
}

/** The message can be received again: its visibility timeout ended, or was set to 0. */
export interface Visible extends InQueue {
  readonly kind: 'visible';
  readonly receiveCount: number;
}

/** A consumer deleted the message, or the queue was purged or deleted. */
export interface Deleted extends InQueue {
  readonly kind: 'deleted';
  readonly by: 'consumer' | 'purge' | 'queue-deletion';
}

/** The message passed its queue's `maxReceiveCount`. */
export interface DeadLettered extends InQueue {
  readonly kind: 'dead-lettered';
  readonly deadLetterArn: string;
  readonly receiveCount: number;
  /** The first 32 bits of the body's MD5. */
  readonly bodyDigest: number;
}

/** The message was older than its queue's retention period. */
export interface Expired extends InQueue {
  readonly kind: 'expired';
}

/** A message move task took the message from one queue to another. */
export interface Moved extends InQueue {
  readonly kind: 'moved';
  readonly destinationArn: string;
  /** The message's id in the other queue. */
  readonly newMessageId: string;
}

/** A topic's message was handed to a function that is subscribed to it. */
export interface Invoked extends Common {
  readonly kind: 'invoked';
  readonly topicArn: string;
  readonly subscriptionArn: string;
  readonly functionArn: string;
  /** Of the invocation, in the function's log. */
  readonly requestId: string;
}

/** No filter of a function's event source mapping matches the message, which Lambda deletes then. */
export interface Unmatched extends InQueue {
  readonly kind: 'unmatched';
  readonly functionArn: string;
}

/** What a function did with a message: of its queue, or of the topic that it is subscribed to. */
interface ByFunction extends Common {
  /** Undefined where the message came from a topic. */
  readonly queueArn?: string;
  readonly functionArn: string;
  /** Of the invocation, in the function's log. */
  readonly requestId: string;
}

/** A function handled the message. */
export interface Handled extends ByFunction {
  readonly kind: 'handled';
}

/** A function did not handle the message. */
export interface Failed extends ByFunction {
  readonly kind: 'failed';
  /**
   * The error's type. `BatchItemFailure` where the function named the message among its failures,
   * `TooManyRequestsException` where it was throttled for as long as the message was hidden.
   */
  readonly errorType: string;
  /** Why, in words; shortened. */
  readonly reason: string;
}
