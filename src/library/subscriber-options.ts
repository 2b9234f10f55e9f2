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

/** Options of `createSubscriber`. */
export interface SubscriberOptions<E> extends ConnectionOptions {
  /** The subscriber's name: one of the topology, or any name together with `queueUrl`. */
  readonly name: string;
  /** The topology that it belongs to. The schemas of its events apply. */
  readonly topology?: DefinedTopology<E>;
  /** URL of the queue, in place of a topology. */
  readonly queueUrl?: string;
  /** Schemas of events, if there is no topology. */
  readonly events?: EventDefinitions<E>;
  /** Handlers that run at the same time at most, 1 to 1,000; 10 unless given. */
  readonly concurrency?: number;
  /** Time limit of a handler in seconds, up to 12 hours; 12 hours unless given. Its message stays hidden until then. */
  readonly timeout?: number;
  /**
   * Seconds after which a failed event is delivered again; the delay doubles with each receive. Unless given, it is
   * delivered again when the queue's visibility timeout ends.
   */
  readonly retryDelay?: number;
  /** File in which the ids of handled events are kept across restarts; they are kept in memory only unless given. */
  readonly dedupeStore?: string;
  /** How long a receive waits for messages, in seconds, 0 to 20; 20 unless given. */
  readonly waitSeconds?: number;
  /** Seconds after which it gives up if all calls fail; 300 unless given. */
  readonly retryFor?: number;
  /**
   * Whether it is recorded in the state folder of this machine why an event was not handled, for `pubsub dlq show`;
   * true unless given.
   */
  readonly keepReasons?: boolean;
  /** Called for each message after its handler has ended. It must not throw. */
  readonly onMessage?: (message: Consumed<PubsubEvent>) => void;
  /** Called for problems other than failed handlers. It must not throw. */
  readonly onProblem?: (problem: ConsumeProblem) => void;
}

/**
 * Handles an event. If it returns, the event is handled and its message is deleted. If it throws, the event has failed:
 * it is delivered again, and goes to the dead-letter queue in the end. `context.signal` is aborted at the time limit,
 * and by `stop({ abort: true })`.
 */
export type EventHandler<T extends string, D> = (
  event: PubsubEvent<T, D>,
  context: HandlerContext,
) => unknown;

/** A subscriber of typed events. */
export interface EventSubscriber<E> {
  /** Sets the handler of an event type; call it before `start`. An event without a handler fails and is not deleted. */
  on<T extends keyof E & string>(type: T, handler: EventHandler<T, E[T]>): this;
  /** Sets the handler of all event types that have no handler of their own. */
  on(type: '*', handler: EventHandler<string, unknown>): this;
  /**
   * Connects and starts receiving; resolves when it does. It may be called again after it has failed.
   * @throws AppError `QueueNotFound`; `InvalidSchema`; `Stopped` after `stop` (create another subscriber); or the
   * reason why the target can't be reached.
   */
  start(): Promise<void>;
  /**
   * Stops receiving, waits for the handlers that run, deletes the messages that were handled, and makes the others
   * visible again.
   * @param options.abort whether not to wait: the handlers' signals are aborted, and their events are delivered again.
   */
  stop(options?: { readonly abort?: boolean }): Promise<ConsumeSummary>;
  /** Resolves when the subscriber has ended: after `stop`, or with `fatal` set if it could not go on. */
  readonly ended: Promise<ConsumeSummary>;
}
