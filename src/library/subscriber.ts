import type { Aws } from '../lib/aws/clients.ts';
import type {
  Consumed,
  ConsumeProblem,
  ConsumeSummary,
  HandlerContext,
} from '../lib/model/consumed.ts';
import { AppError, usageError } from '../lib/model/errors.ts';
import { eventReader, type PubsubEvent } from '../lib/model/library-event.ts';
import { findSubscribers } from '../lib/model/topology.ts';
import { connect } from './connection.ts';
import type { ConnectionOptions } from './connection-options.ts';
import { compileSchemas, type EventDefinitions } from './schemas.ts';
import type { AnyEvents, DefinedTopology, EventMap } from './topology.ts';

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
   * @throws AppError where the queue or the target isn't there, or a schema is none.
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

type AnyHandler = (event: PubsubEvent, context: HandlerContext) => unknown;

/**
 * A subscriber of typed events.
 * @throws AppError `NotConfigured` where neither a topology nor a queue is given, `UnknownSubscriber` where the topology
 * has none of that name.
 */
export function createSubscriber<E extends AnyEvents<E> = EventMap>(
  options: SubscriberOptions<E>,
): EventSubscriber<E> {
  const { name, topology } = options;
  const queue = options.queueUrl
    ? undefined
    : topology && findSubscribers(topology, name)[0]?.queue;
  if (!options.queueUrl && queue === undefined) {
    throw usageError('No queue is configured.', 'Give a topology or queueUrl.', 'NotConfigured');
  }
  const handlers = new Map<string, AnyHandler>();
  const stopping = new AbortController();
  /** Ends of the handlers that run. */
  const running = new Set<() => void>();
  const aborted = new Error('The subscriber was stopped.');
  let isAborted = false;
  let starting: Promise<void> | undefined;
  const { promise: ended, resolve: end, reject: fail } = deferred<ConsumeSummary>();

  const handle: AnyHandler = (event, context) => {
    const handler = handlers.get(event.event_type) ?? handlers.get('*');
    if (!handler) throw new Error(`There is no handler for "${event.event_type}".`);
    if (isAborted) throw aborted;
    const { signal } = context;
    const controller = new AbortController();
    signal.addEventListener('abort', () => controller.abort(signal.reason), { once: true });
    const result = handler(event, { ...context, signal: controller.signal });
    if (!(result instanceof Promise)) return result;
    const { promise, resolve, reject } = deferred<unknown>();
    const abort = (): void => {
      controller.abort(aborted);
      reject(aborted);
    };
    running.add(abort);
    void result.then(resolve, reject).finally(() => running.delete(abort));
    return promise;
  };

  const begin = async (): Promise<void> => {
    const reader = eventReader(await compileSchemas(options.events ?? topology?.events ?? {}));
    const aws = await connect(options);
    try {
      const queueUrl = options.queueUrl || (await urlOf(aws, queue ?? ''));
      const { consumeEvents } = await import('../lib/messaging/consumer.ts');
      const store = await openStore(options.dedupeStore);
      const { concurrency, timeout, retryDelay, waitSeconds, retryFor } = options;
      const { onMessage, onProblem } = options;
      const run = consumeEvents(
        {
          aws,
          queueUrl,
          subscriber: name,
          signal: stopping.signal,
          handler: handle,
          ...(store === undefined ? {} : { handledEvents: store }),
          ...(onMessage === undefined ? {} : { onMessage }),
          ...(onProblem === undefined ? {} : { onProblem }),
          ...(concurrency === undefined ? {} : { concurrency }),
          ...(timeout === undefined ? {} : { timeout }),
          ...(retryDelay === undefined ? {} : { retryDelay }),
          ...(waitSeconds === undefined ? {} : { waitSeconds }),
          ...(retryFor === undefined ? {} : { retryFor }),
        },
        reader,
      ).finally(() => {
        store?.close();
        aws.close();
      });
      run.then(end, fail);
    } catch (error) {
      aws.close();
      throw error;
    }
  };

  return {
    ended,
    on(type: string, handler: (event: never, context: HandlerContext) => unknown) {
      handlers.set(type, handler as AnyHandler);
      return this;
    },
    start() {
      starting ??= begin();
      return starting;
    },
    async stop({ abort = false } = {}) {
      if (starting === undefined) {
        throw new AppError({ code: 'NotStarted', message: 'The subscriber was not started.' });
      }
      stopping.abort();
      isAborted = abort;
      if (abort) for (const each of running) each();
      await starting;
      return ended;
    },
  };
}

async function urlOf(aws: Aws, queue: string): Promise<string> {
  const { findQueueUrl } = await import('../lib/aws/queues.ts');
  const url = await findQueueUrl(aws, queue);
  if (url !== undefined) return url;
  throw new AppError({
    code: 'QueueNotFound',
    message: `There is no queue "${queue}".`,
    hint: 'Create it with: await setUpTopology(topology)',
  });
}

async function openStore(file: string | undefined) {
  if (file === undefined) return undefined;
  const { openHandledEvents } = await import('../lib/messaging/handled-events-file.ts');
  return openHandledEvents(file);
}

/** A promise with its ends (ES2024 has `Promise.withResolvers`). */
function deferred<T>() {
  let resolve: (value: T) => void = () => {};
  let reject: (error: unknown) => void = () => {};
  const promise = new Promise<T>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  // Nobody has to watch it.
  promise.catch(() => {});
  return { promise, resolve, reject };
}
