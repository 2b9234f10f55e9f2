import type { EventMessage } from '../events/message.ts';
import { AppError } from '../rules/errors.ts';

/** The message that an event came in. */
export interface MessageFacts {
  readonly subscriber: string;
  readonly queueUrl: string;
  /** SQS's message id. */
  readonly messageId: string;
  /** The event's id: the publisher's, otherwise the message's. */
  readonly eventId: string;
  /** The event's type; undefined if it has none. */
  readonly eventType: string | undefined;
  /** How often the message was received, this time included. */
  readonly receiveCount: number;
  /** The message group id, on a FIFO queue. */
  readonly groupId: string | undefined;
  /** The topic that it was published to; undefined with raw delivery. */
  readonly topicArn: string | undefined;
  readonly subject: string | undefined;
  /**
   * The trace that the handler's work belongs to (W3C "Trace Context"): the publisher's attribute of this name, otherwise
   * what `AWSTraceHeader` says; where traces are recorded, the handler's own span.
   */
  readonly traceparent: string | undefined;
  /** X-Ray's trace, from SQS's `AWSTraceHeader`. */
  readonly awsTraceHeader: string | undefined;
  /** Message attributes, from the envelope or, with raw delivery, from the SQS message. */
  readonly attributes: Readonly<Record<string, { readonly type: string; readonly value: string }>>;
}

/** The second argument of a handler. */
export interface HandlerContext extends MessageFacts {
  /** Aborted at the handler's time limit. */
  readonly signal: AbortSignal;
}

/**
 * Code of an error that a handler throws where the message is not what it handles: it is then `invalid`, not `failed`.
 */
export const INVALID_EVENT = 'InvalidEvent';

/** Code of the error that a handler throws when it can handle nothing any more: the consumer's run ends with it. */
export const HANDLER_GONE = 'HandlerGone';

/** The error that says so. */
export function handlerGone(message: string, hint: string): AppError {
  return new AppError({ code: HANDLER_GONE, message, hint });
}

/**
 * What became of a received message. Only a `handled` one is deleted, or a `duplicate` of one; the others come again
 * and end in the dead-letter queue.
 */
export type ConsumeOutcome = 'handled' | 'failed' | 'invalid' | 'timeout' | 'duplicate';

/** How a consumer runs unless it is told otherwise. */
export const CONSUMER_DEFAULTS = {
  /** Handlers at once: a full receive begins at once. */
  concurrency: 10,
  /** Seconds for which calls may fail in a row before the consumer gives up. */
  retryFor: 300,
} as const;

/** A message after its handler has ended. */
export interface Consumed<E = EventMessage> {
  readonly subscriber: string;
  /** SQS's message id: the same at every receive. */
  readonly messageId: string;
  /** Null if the body is not a valid event. */
  readonly event: E | null;
  /** The event's id; null if there is no event. */
  readonly eventId: string | null;
  readonly outcome: ConsumeOutcome;
  /** How often the message was received, this time included (`ApproximateReceiveCount`). */
  readonly receiveCount: number;
  /** How long the handler ran, in whole milliseconds. */
  readonly ms: number;
  /** Why it was not handled. */
  readonly reason?: string;
  /** The body, for `invalid` messages only. */
  readonly body?: string;
  /** What the handler returned; absent if it returned nothing. */
  readonly result?: unknown;
}

/** A problem of a consumer other than a failed handler. */
export type ConsumeProblem =
  /** A call failed for a temporary reason and is retried. Reported once, until `recovered`. */
  | { readonly kind: 'trouble'; readonly subscriber: string; readonly error: AppError }
  /** Calls succeed again. */
  | { readonly kind: 'recovered'; readonly subscriber: string; readonly seconds: number }
  /** A handled message could not be deleted: it will be delivered again. */
  | {
      readonly kind: 'undeleted';
      readonly subscriber: string;
      readonly messageId: string;
      readonly reason: string;
    }
  /** The visibility timeout of a message could not be extended while it is handled: another consumer may receive it. */
  | {
      readonly kind: 'unextended';
      readonly subscriber: string;
      readonly messageId: string;
      readonly reason: string;
    }
  /** A message became visible again before a handler was free. It was not handled, and will be delivered again. */
  | { readonly kind: 'expired'; readonly subscriber: string; readonly messageId: string };

/**
 * Why a consumer ended: it was stopped, `max` was reached, no message came within the idle timeout, or it could not go
 * on.
 */
export type ConsumeEnd = 'stopped' | 'max' | 'idle' | 'failed';

/** The counts of a consumer, from its start to its end. */
export interface ConsumeSummary {
  readonly subscriber: string;
  readonly end: ConsumeEnd;
  /** Messages by outcome. */
  readonly outcomes: Readonly<Record<ConsumeOutcome, number>>;
  /** Messages whose deletion SQS has confirmed. */
  readonly deleted: number;
  /**
   * Messages that were received, not handled, and made visible again, after a stop or a failure in their message group.
   */
  readonly released: number;
  /** Why it could not go on, if `end` is `failed`. */
  readonly fatal: AppError | undefined;
}
