import type { Place } from '../../topology/inspect.ts';
import type { Waterfall } from './waterfall.ts';

/** What became of a message in one queue, or before it got there. */
export const TRACE_STATES = [
  'handled',
  'waiting',
  'hidden',
  'filtered',
  'refused',
  'dead',
  'expired',
  'removed',
] as const;
export type TraceState = (typeof TRACE_STATES)[number];

/** One message's way, as far as it is known. */
export interface MessageTrace {
  /** In the topic; in the queue where no topic is known. */
  readonly messageId: string;
  readonly eventId: string | undefined;
  readonly eventType: string | undefined;
  readonly topicArn: string | undefined;
  /** When the topic took it, in milliseconds since the epoch. */
  readonly publishedAt: number | undefined;
  /** Subscriptions that the topic had then. */
  readonly subscriptions: number | undefined;
  /** When a FIFO topic took further messages for repetitions of it, in milliseconds since the epoch. */
  readonly repeatedAt: readonly number[];
  readonly branches: readonly TraceBranch[];
}

/** The way from the topic to one queue, and on from there. */
export interface TraceBranch {
  readonly queueArn: string;
  readonly queue: string;
  /** Whose queue it is in the topology at hand. */
  readonly subscriber: string | undefined;
  readonly state: TraceState;
  /** The dead-letter queue that it lies in, where it is dead. */
  readonly deadLetterQueue: string | undefined;
  /** Until when it is hidden, in milliseconds since the epoch. */
  readonly hiddenUntil: number | undefined;
  readonly steps: readonly TraceStep[];
}

/** One thing that happened. */
export interface TraceStep {
  /** Milliseconds since the epoch. */
  readonly time: number;
  /** What happened: the kind of an engine's event, or `failed`. */
  readonly what: string;
  /** A sentence without a full stop. */
  readonly words: string;
  /** Until when the message is hidden by it, in milliseconds since the epoch. */
  readonly hiddenUntil?: number;
}

/** What was found of the message that somebody asked for. */
export interface TraceResult {
  /** What the answer rests on. */
  readonly source: 'engine' | 'queues';
  /** The oldest first; empty where nothing is known. */
  readonly messages: readonly MessageTrace[];
  /** The traces that they carry, and the one that was asked for, where spans are known. */
  readonly traces: readonly Waterfall[];
  /** The time from which on the engine knows everything; undefined where none answers. */
  readonly knownFrom: number | undefined;
  /** What was looked at, and what can't be known, in sentences. */
  readonly remarks: readonly string[];
}

/** What is asked for, and where. */
export interface TraceRequest {
  readonly place: Place;
  /** Of a message, in a topic or in a queue, of an event, or of a trace. */
  readonly id: string;
  /** Where consumers of this machine keep why they failed. */
  readonly stateDir: string;
  readonly signal: AbortSignal;
}
