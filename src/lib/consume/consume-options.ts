import type { MessageQueue } from '../aws/message-queue.ts';
import type { EventMessage } from '../events/message.ts';
import type { Tracing } from '../tracing/tracing.ts';
import type { Consumed, ConsumeProblem } from './consumed.ts';
import type { HandledEvents } from './handled-events.ts';
import type { Handler } from './handling.ts';

/** What to consume, how, and who is told. */
export interface ConsumeOptions<E = EventMessage> {
  readonly queue: MessageQueue;
  /** Whose queue it is, for events and facts. */
  readonly subscriber: string;
  /** Aborted to stop receiving at once; handlers that run are waited for, what was not begun becomes visible again. */
  readonly signal: AbortSignal;
  readonly handler: Handler<E>;
  /** Told every message as it is done with. MUST NOT throw. */
  readonly onMessage?: (message: Consumed<E>) => void;
  /** Told each time that a receive was answered, with messages or without. MUST NOT throw. */
  readonly onAnswer?: () => void;
  /** Told what else happened. MUST NOT throw. */
  readonly onProblem?: (problem: ConsumeProblem) => void;
  /** Messages to take before the run ends; no bound unless given. */
  readonly max?: number;
  /** Seconds without a message after which the run ends (from 1); no bound unless given. */
  readonly idleTimeout?: number;
  /** Handlers at once, from 1. */
  readonly concurrency?: number;
  /** Seconds of a long poll, 0 to 20. */
  readonly waitSeconds?: number;
  /**
   * Seconds after which a message that wasn't handled is visible again, more with each receive (`retryDelaySeconds`);
   * unless given, it is when its visibility timeout ends.
   */
  readonly retryDelay?: number;
  /** Seconds that a handler may take; 12 h unless given, since SQS keeps no message hidden for longer. */
  readonly timeout?: number;
  /** What was handled before, and is skipped: in memory, of this run alone, unless given. */
  readonly handledEvents?: HandledEvents;
  /** Seconds for which calls may fail in a row before the run ends. */
  readonly retryFor?: number;
  /** Records traces; absent where nobody does. */
  readonly tracing?: Tracing | undefined;
}
