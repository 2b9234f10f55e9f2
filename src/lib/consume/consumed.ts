import type { EventMessage } from '../events/message.ts';
import { AppError } from '../rules/errors.ts';

/** What a handler may want to know about the message that brought an event. */
export interface MessageFacts {
  readonly subscriber: string;
  readonly queueUrl: string;
  /** SQS's message id. */
  readonly messageId: string;
  /** What tells the event from all others: the publisher's id for it, otherwise the message's. */
  readonly eventId: string;
  /** The event's type; undefined where it has none. */
  readonly eventType: string | undefined;
  /** How often SQS has handed the message out, this time included. */
  readonly receiveCount: number;
  /** The group of a FIFO queue's message. */
  readonly groupId: string | undefined;
  /** The topic it came through; undefined for raw delivery. */
  readonly topicArn: string | undefined;
  readonly subject: string | undefined;
  /** The trace that the publisher put into the attribute of this name (W3C "Trace Context"). */
  readonly traceparent: string | undefined;
  /** X-Ray's trace, from SQS's `AWSTraceHeader`. */
  readonly awsTraceHeader: string | undefined;
  /** Message attributes, from the envelope or, with raw delivery, from the SQS message. */
  readonly attributes: Readonly<Record<string, { readonly type: string; readonly value: string }>>;
}

/** What a handler gets beside the event. */
export interface HandlerContext extends MessageFacts {
  /** Aborted when the handler's time is over. */
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

/** A message that a consumer has done with. */
export interface Consumed<E = EventMessage> {
  readonly subscriber: string;
  /** SQS's message id: the same at every receive. */
  readonly messageId: string;
  /** Null where the body is not such an event. */
  readonly event: E | null;
  /** What tells the event from all others; null where there is none. */
  readonly eventId: string | null;
  readonly outcome: ConsumeOutcome;
  /** How often SQS has handed the message out, this time included (`ApproximateReceiveCount`). */
  readonly receiveCount: number;
  /** Whole milliseconds that the handler took. */
  readonly ms: number;
  /** Why it wasn't handled. */
  readonly reason?: string;
  /** The text that is not such an event; for `invalid` ones only. */
  readonly body?: string;
  /** What the handler returned, where it returned something. */
  readonly result?: unknown;
}

/** What a consumer met besides messages. */
export type ConsumeProblem =
  /** A call failed for a reason that passes; it is tried again. Said once, until `recovered`. */
  | { readonly kind: 'trouble'; readonly subscriber: string; readonly error: AppError }
  /** Calls get through again. */
  | { readonly kind: 'recovered'; readonly subscriber: string; readonly seconds: number }
  /** A handled message could not be deleted: it will be delivered again. */
  | {
      readonly kind: 'undeleted';
      readonly subscriber: string;
      readonly messageId: string;
      readonly reason: string;
    }
  /** SQS keeps a message hidden no longer while it is handled: another may get it at the same time. */
  | {
      readonly kind: 'unextended';
      readonly subscriber: string;
      readonly messageId: string;
      readonly reason: string;
    }
  /** A message waited longer for a free handler than it stays hidden: it was not begun, and will be delivered again. */
  | { readonly kind: 'expired'; readonly subscriber: string; readonly messageId: string };

/** How a consumer's run ended: asked to stop, `max` reached, nothing came for the idle timeout, or it could not go on. */
export type ConsumeEnd = 'stopped' | 'max' | 'idle' | 'failed';

/** Counts of a consumer's whole run. */
export interface ConsumeSummary {
  readonly subscriber: string;
  readonly end: ConsumeEnd;
  /** Outcomes by kind. */
  readonly outcomes: Readonly<Record<ConsumeOutcome, number>>;
  /** Messages deleted, confirmed by SQS. */
  readonly deleted: number;
  /** Received but not begun, and made visible again: it was asked to stop, or one before it in its FIFO group failed. */
  readonly released: number;
  /** Why it could not go on, where `end` is `failed`. */
  readonly fatal: AppError | undefined;
}
