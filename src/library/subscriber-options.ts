import type {
  Consumed,
  ConsumeProblem,
  ConsumeSummary,
  HandlerContext,
} from '../lib/consume/consumed.ts';
import type { PubsubEvent } from '../lib/events/library-event.ts';
import type { ConnectionOptions } from './connection-options.ts';
import type { EventDefinitions } from './event-definitions.ts';
import type { DefinedTopology } from './topology.ts';

export interface SubscriberOptions<E> extends ConnectionOptions {
  /** The subscriber's name: one of the topology's, or any for a queue of one's own. */
  readonly name: string;
  /** The topology that it belongs to; its events' schemas hold. */
  readonly topology?: DefinedTopology<E>;
  /** A queue instead of the topology's. */
  readonly queueUrl?: string;
  /** Schemas of events, where there is no topology. */
  readonly events?: EventDefinitions<E>;
  /** Handlers at once, from 1; 10 unless given. */
  readonly concurrency?: number;
  /** Seconds that a handler may take; its message stays hidden for so long. 12 h unless given. */
  readonly timeout?: number;
  /**
   * Seconds after which a failed event comes again, more with each receive; unless given, when the queue's
   * visibility timeout ends.
   */
  readonly retryDelay?: number;
  /** File that remembers handled events across restarts; in memory unless given. */
  readonly dedupeStore?: string;
  /** Seconds of a long poll, 0 to 20; 20 unless given. */
  readonly waitSeconds?: number;
  /** Seconds for which calls may fail in a row before it gives up; 300 unless given. */
  readonly retryFor?: number;
  /**
   * Whether the reasons of what wasn't handled are kept in the state folder of this machine, where `pubsub dlq show`
   * finds them; true unless given.
   */
  readonly keepReasons?: boolean;
  /** Told every message as it is done with. MUST NOT throw. */
  readonly onMessage?: (message: Consumed<PubsubEvent>) => void;
  /** Told what else happened. MUST NOT throw. */
  readonly onProblem?: (problem: ConsumeProblem) => void;
}

/**
 * Reacts to an event. Returning means handled: its message is deleted. Throwing means failed: it comes again, and ends
 * in the dead-letter queue. `context.signal` is aborted at the time limit, and by `stop({ abort: true })`.
 */
export type EventHandler<T extends string, D> = (
  event: PubsubEvent<T, D>,
  context: HandlerContext,
) => unknown;

export interface EventSubscriber<E> {
  /** Sets the handler of an event type, before the start. An event without one fails: it is never deleted unhandled. */
  on<T extends keyof E & string>(type: T, handler: EventHandler<T, E[T]>): this;
  /** Sets the handler of all event types that have none of their own. */
  on(type: '*', handler: EventHandler<string, unknown>): this;
  /**
   * Connects and begins to receive; resolves when it does.
   * @throws AppError where the queue or the target isn't there, a schema is none, or it was stopped (`Stopped`): create
   * another one then.
   */
  start(): Promise<void>;
  /**
   * Stops receiving at once, waits for the handlers that run, deletes what was handled and gives the rest back.
   * @param options.abort not to wait: the handlers' signals are aborted, and their events come again.
   */
  stop(options?: { readonly abort?: boolean }): Promise<ConsumeSummary>;
  /** How it ended, once it did: asked to stop, or with `fatal` set where it can't go on. Pending before the start. */
  readonly ended: Promise<ConsumeSummary>;
}
