import type { Aws } from '../lib/aws/clients.ts';
import { stateDirectory } from '../lib/config/folders.ts';
import type { Consumed, ConsumeSummary, HandlerContext } from '../lib/consume/consumed.ts';
import { findSubscribers } from '../lib/definition/find.ts';
import { eventReader, type PubsubEvent } from '../lib/events/library-event.ts';
import { AppError, usageError } from '../lib/rules/errors.ts';
import { queueNameFromUrl } from '../lib/rules/names.ts';
import { hostTracing } from '../lib/tracing/host.ts';
import {
  CONNECTION_RULES,
  checkArgument,
  checkOptions,
  type OptionRules,
  RULES,
} from './check-options.ts';
import { connect } from './connection.ts';
import { deferred } from './deferred.ts';
import { type AnyHandler, createHandlers } from './handlers.ts';
import { compileSchemas } from './schemas.ts';
import type { EventSubscriber, SubscriberOptions } from './subscriber-options.ts';
import type { AnyEvents, EventMap } from './topology.ts';

/**
 * Creates a subscriber of typed events. It connects at `start`.
 * @throws AppError `NotConfigured` if neither a topology nor a queue is given; `UnknownSubscriber` if the topology has
 * no subscriber of that name.
 */
export function createSubscriber<E extends AnyEvents<E> = EventMap>(
  options: SubscriberOptions<E>,
): EventSubscriber<E> {
  checkOptions('createSubscriber', options, OPTION_RULES);
  const { name, topology } = options;
  const queue = options.queueUrl
    ? undefined
    : topology && findSubscribers(topology, name)[0]?.queue;
  if (!options.queueUrl && queue === undefined) {
    throw usageError('No queue is configured.', 'Give a topology or queueUrl.', 'NotConfigured');
  }
  const handlers = createHandlers();
  const stopping = new AbortController();
  let starting: Promise<void> | undefined;
  const { promise: ended, resolve: end, reject: fail } = deferred<ConsumeSummary>();

  const begin = async (): Promise<void> => {
    const reader = eventReader(await compileSchemas(options.events ?? topology?.events ?? {}));
    const aws = await connect(options);
    try {
      const queueUrl = options.queueUrl || (await urlOf(aws, queue ?? ''));
      const [{ consumeEvents }, { sqsQueue }] = await Promise.all([
        import('../lib/consume/consumer.ts'),
        import('../lib/aws/message-queue.ts'),
      ]);
      const store = await openStore(options.dedupeStore);
      const { concurrency, timeout, retryDelay, waitSeconds, retryFor } = options;
      const { onProblem } = options;
      const onMessage = await tellerOf(options, queueNameFromUrl(queueUrl));
      const run = consumeEvents(
        {
          queue: sqsQueue(aws, queueUrl),
          subscriber: name,
          signal: stopping.signal,
          onMessage,
          handler: handlers.handle,
          tracing: await hostTracing(undefined),
          ...(store === undefined ? {} : { handledEvents: store }),
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
      checkArgument('type', 'on', type, RULES.filled);
      checkArgument('handler', 'on', handler, RULES.call);
      handlers.set(type, handler as AnyHandler);
      return this;
    },
    async start() {
      if (stopping.signal.aborted) {
        throw new AppError({
          code: 'Stopped',
          message: 'The subscriber was stopped, and does not start again.',
          hint: 'Create another with createSubscriber.',
        });
      }
      starting ??= begin().catch((error: unknown) => {
        starting = undefined;
        throw error;
      });
      return starting;
    },
    async stop(given = {}) {
      // `process.once('SIGTERM', subscriber.stop)` gives the name of the signal.
      const how = typeof given === 'string' ? {} : given;
      checkOptions('stop', how, { abort: RULES.flag });
      if (starting === undefined) {
        throw new AppError({ code: 'NotStarted', message: 'The subscriber was not started.' });
      }
      stopping.abort();
      if (how.abort) handlers.abort();
      await starting;
      return ended;
    },
  };
}

const OPTION_RULES: OptionRules<SubscriberOptions<unknown>> = {
  ...CONNECTION_RULES,
  name: RULES.text,
  topology: RULES.topology,
  queueUrl: RULES.text,
  events: RULES.object,
  concurrency: RULES.concurrency,
  timeout: RULES.timeout,
  retryDelay: RULES.delay,
  dedupeStore: RULES.filled,
  waitSeconds: RULES.wait,
  retryFor: RULES.seconds,
  keepReasons: RULES.flag,
  onMessage: RULES.call,
  onProblem: RULES.call,
};

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
  const { openHandledEvents } = await import('../lib/consume/handled-events-file.ts');
  return openHandledEvents(file);
}

/** What is called for each message: it records why it was not handled, then calls `onMessage`. */
async function tellerOf<E>(
  { keepReasons = true, onMessage }: SubscriberOptions<E>,
  queue: string,
): Promise<(message: Consumed<PubsubEvent>) => void> {
  const { failureOf, keepReason } = await import('../lib/consume/failure-reasons.ts');
  const stateDir = stateDirectory(process.env);
  return (message) => {
    const failure = keepReasons ? failureOf(queue, message) : undefined;
    if (failure) keepReason(stateDir, failure);
    onMessage?.(message);
  };
}
