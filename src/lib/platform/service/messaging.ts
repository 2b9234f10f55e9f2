import { setTimeout as sleep } from 'node:timers/promises';
import type { Handler } from '../../consume/handling.ts';
import { findSubscribers } from '../../definition/find.ts';
import type { Topology } from '../../definition/topology.ts';
import type { EventWriter } from '../../events/event-codec.ts';
import { createTopicPublisher, type Publisher } from '../../publish/publisher.ts';
import { AppError } from '../../rules/errors.ts';
import type { Tracing } from '../../tracing/tracing.ts';
import type { Transport } from '../../transport/transport.ts';
import type { ServiceLog } from './log.ts';

/** Milliseconds between two tries to reach a queue that is away. */
const RETRY_PAUSE_MS = 1_000;
/** Seconds after which a message is delivered again whose handler failed. */
const RETRY_DELAY_SECONDS = 1;

/** The topology of the platform as a service uses it. What carries it may be away: it is reached when it is back. */
export interface Messaging {
  /** A publisher to one of its topics. @param topic such as `shop-events` */
  publisher<E>(topic: string, writer: EventWriter<E>): Publisher<E>;
  /**
   * Handles the messages of one of its subscribers in the background. An event may come more than once.
   * @returns what ends it, and resolves when the handlers in hand are done
   */
  subscribe(subscriber: string, handler: Handler): () => Promise<void>;
  /** Rejects while what carries the messages is away. */
  check(): Promise<void>;
  /** Ends connections. Never throws. */
  close(): Promise<void>;
}

export interface MessagingOptions {
  readonly topology: Topology;
  /** Reaches what carries the messages; called again after it has failed. */
  readonly open: () => Promise<Transport>;
  readonly log: ServiceLog;
  readonly tracing: Tracing | undefined;
}

/** Reaches SNS and SQS, or RabbitMQ, once something is to be published or received. */
export function createMessaging(options: MessagingOptions): Messaging {
  const { topology, open, log, tracing } = options;
  let transport: Promise<Transport> | undefined;
  const reach = (): Promise<Transport> => {
    transport ??= open().catch((error: unknown) => {
      transport = undefined;
      throw error;
    });
    return transport;
  };
  return {
    publisher<E>(topic: string, writer: EventWriter<E>): Publisher<E> {
      const spec = topology.topics.find(({ key }) => key === topic);
      if (spec === undefined) throw new Error(`There is no topic ${topic} in the topology.`);
      let publisher: Publisher<E> | undefined;
      return {
        async publish(items, how) {
          try {
            const reached = await reach();
            publisher ??= createTopicPublisher({
              topic: await reached.topic(reached.addressOf(spec)),
              writer,
              tracing,
            });
          } catch (error) {
            if (!(error instanceof AppError)) throw error;
            return { published: 0, failed: 0, fatal: error };
          }
          return publisher.publish(items, how);
        },
      };
    },
    subscribe(subscriber, handler) {
      const stop = new AbortController();
      const done = receive({ topology, log, tracing, reach }, subscriber, handler, stop.signal);
      return () => {
        stop.abort();
        return done;
      };
    },
    async check() {
      await reach();
    },
    async close() {
      await (await transport?.catch(() => undefined))?.close();
    },
  };
}

type Receiving = Pick<MessagingOptions, 'topology' | 'log' | 'tracing'> & {
  readonly reach: () => Promise<Transport>;
};

/** Receives until it is stopped, whatever happens in between. */
async function receive(
  { topology, log, tracing, reach }: Receiving,
  subscriber: string,
  handler: Handler,
  signal: AbortSignal,
): Promise<void> {
  const [spec] = findSubscribers(topology, subscriber);
  if (spec === undefined) throw new Error(`There is no subscriber ${subscriber} in the topology.`);
  const { consume } = await import('../../consume/consumer.ts');
  let told = '';
  while (!signal.aborted) {
    try {
      const queue = await (await reach()).findQueue(spec);
      if (queue === undefined) throw new Error(`the queue ${spec.queue} doesn't exist`);
      told = '';
      const { fatal } = await consume({
        queue,
        subscriber,
        signal,
        handler,
        retryDelay: RETRY_DELAY_SECONDS,
        tracing,
        onMessage: ({ outcome, eventId, reason }) => {
          if (reason !== undefined) log.warn('event', { subscriber, outcome, eventId, reason });
        },
      });
      if (fatal) throw fatal;
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      if (message !== told) log.warn('not receiving', { subscriber, reason: message });
      told = message;
      await sleep(RETRY_PAUSE_MS, undefined, { signal }).catch(() => {});
    }
  }
}
