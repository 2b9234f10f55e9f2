import type { MessageEvent } from './message-trace.ts';

/** A part of what an engine keeps of what happened to messages. */
export interface MessageLogPart {
  /** By the engine's clock, in milliseconds since the epoch. */
  readonly time: number;
  /** Tells this log from others: an engine that was started again, or reset, numbers events from 1. */
  readonly log: string;
  /** The time from which on no event is missing, in milliseconds since the epoch. */
  readonly from: number;
  /** Events after the one that was named that are not among these. */
  readonly skipped: number;
  /** The number of the last event of these: what comes after it is asked for next. */
  readonly last: number;
  /** How many more there are. */
  readonly more: number;
  /** The oldest first; at most 1,000. */
  readonly events: readonly MessageEvent[];
}

/** An id that begins as asked for, and the message that it is an id of. */
export interface BeginningId {
  /** Of a message in a topic or in a queue, or of an invocation. */
  readonly id: string;
  /** The message's id in the topic or queue of the event that names it. */
  readonly messageId: string;
}
