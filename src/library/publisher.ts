import { randomUUID } from 'node:crypto';
import type { Aws } from '../lib/aws/clients.ts';
import { chooseTopic } from '../lib/definition/find.ts';
import type { Topology } from '../lib/definition/topology.ts';
import { attributeOf } from '../lib/events/attributes.ts';
import {
  type CheckData,
  type EventFormat,
  type PubsubEvent,
  type WrittenEvent,
  writeEvent,
  writtenEvents,
} from '../lib/events/library-event.ts';
import { readMessage } from '../lib/events/message.ts';
import { type EventRecipe, fillRecipe } from '../lib/events/outgoing-event.ts';
import { withTraceparent } from '../lib/events/trace-context.ts';
import { createEventPublisher, type PublishItem } from '../lib/publish/publisher.ts';
import { AppError, usageError } from '../lib/rules/errors.ts';
import { isFifoId } from '../lib/rules/fifo.ts';
import { topicArn } from '../lib/rules/names.ts';
import { hostTracing } from '../lib/tracing/host.ts';
import type { Tracing } from '../lib/tracing/tracing.ts';
import { CONNECTION_RULES, checkOptions, type OptionRules, RULES } from './check-options.ts';
import { connect } from './connection.ts';
import type { ConnectionOptions } from './connection-options.ts';
import type { EventDefinitions } from './event-definitions.ts';
import { createFeed, type Feed } from './feed.ts';
import { compileSchemas, versionOf } from './schemas.ts';
import type { AnyEvents, DefinedTopology, EventMap } from './topology.ts';

/** Options of `createPublisher`. */
export interface PublisherOptions<E> extends ConnectionOptions {
  /** The topology whose topic is published to. The versions and schemas of its events apply. */
  readonly topology?: DefinedTopology<E> | undefined;
  /**
   * ARN of the topic, in place of a topology. An empty text counts as not given, as an empty environment variable does.
   */
  readonly topicArn?: string | undefined;
  /** What to do if neither is given: `throw` (the default), or `log` what would have been sent. */
  readonly ifUnconfigured?: 'throw' | 'log';
  /**
   * Called with a line for each event that was not sent, with `ifUnconfigured: 'log'`; `console.error` unless given.
   */
  readonly log?: (line: string) => void;
  /**
   * How events are written: `pubsub` (with `event_type`, `event_version` and `data`), or `cloudevents` (CloudEvents 1.0
   * in structured mode). `pubsub` unless given.
   */
  readonly format?: EventFormat;
  /** The `source` of CloudEvents, a URI reference: who publishes. */
  readonly source?: string;
  /** Versions and schemas of events, if there is no topology. */
  readonly events?: EventDefinitions<E>;
  /** Milliseconds that an event waits for others, so that they are sent as one batch; from 0, 5 unless given. */
  readonly linger?: number;
  /** Seconds for which a request that failed for a temporary reason is retried; 30 unless given. */
  readonly retryFor?: number;
}

const OPTION_RULES: OptionRules<PublisherOptions<unknown>> = {
  ...CONNECTION_RULES,
  topology: RULES.topology,
  topicArn: RULES.text,
  ifUnconfigured: {
    what: 'throw or log',
    fits: (value) => value === 'throw' || value === 'log',
  },
  log: RULES.call,
  format: {
    what: 'pubsub or cloudevents',
    fits: (value) => value === 'pubsub' || value === 'cloudevents',
  },
  source: RULES.text,
  events: RULES.object,
  linger: RULES.milliseconds,
  retryFor: RULES.seconds,
};

/** The value of a message attribute. */
export type AttributeValue =
  | string
  | number
  | bigint
  | boolean
  | readonly (string | number | boolean | null)[]
  | Uint8Array
  | { readonly type: string; readonly value: string };

/** Options for one event. */
export interface PublishOneOptions {
  /**
   * Attributes besides `event_type` and those that the topology gives the type: a text, a number (`Number`), a list
   * (`String.Array`), bytes (`Binary`), or `{ type, value }`. `traceparent` carries a trace to the handlers; unless it
   * is given, that of a span of OpenTelemetry's API goes along where there is room, or without one that of the
   * environment (`TRACEPARENT`).
   */
  readonly attributes?: Readonly<Record<string, AttributeValue>>;
  /** `event_version` of an event of another version than the type has now. The schema is not applied to it. */
  readonly version?: number;
  /** The event's id; random unless given. Subscribers handle each id once. */
  readonly eventId?: string;
  /**
   * On a FIFO topic: the message group id. Events of one group are delivered in order. Unless given, all events are in
   * one group.
   */
  readonly group?: string;
  /** When it happened; the current time unless given. */
  readonly timestamp?: Date;
}

/** An event that SNS accepted, or that was logged instead. */
export interface Published {
  readonly eventId: string;
  /** SNS's message id; undefined if the event was logged because no topic is configured. */
  readonly messageId: string | undefined;
}

/** A publisher of typed events. */
export interface EventPublisher<E> {
  /**
   * Publishes an event. Resolves when SNS has accepted it. Events that are published at the same time are sent in
   * batches.
   * @throws AppError `InvalidEvent` if the data doesn't match its schema or is not JSON; or the reason why SNS did not
   * accept the event, after retries.
   */
  publish<T extends keyof E & string>(
    type: T,
    data: E[T],
    options?: PublishOneOptions,
  ): Promise<Published>;
  /** Waits for requests in progress and closes the connections. Nothing can be published after that. */
  close(): Promise<void>;
}

/**
 * Creates a publisher of typed events. It connects when the first event is published.
 * @throws AppError `NotConfigured` if there is no topic, unless `ifUnconfigured` is `log`.
 */
export function createPublisher<E extends AnyEvents<E> = EventMap>(
  options: PublisherOptions<E>,
): EventPublisher<E> {
  checkOptions('createPublisher', options, OPTION_RULES);
  const { topology, format = 'pubsub', log = console.error } = options;
  const isConfigured = topology !== undefined || Boolean(options.topicArn);
  if (!isConfigured && options.ifUnconfigured !== 'log') {
    throw usageError(
      'No topic is configured.',
      "Give a topology or topicArn, or ifUnconfigured: 'log' to go on without.",
      'NotConfigured',
    );
  }
  const events: Readonly<Record<string, EventRecipe | undefined>> =
    options.events ?? topology?.events ?? {};
  const source = options.source ?? `urn:pubsub:${topology?.name ?? 'publisher'}`;
  let schemas: Promise<CheckData> | undefined;
  let line: Promise<Line> | undefined;
  let isClosed = false;

  const open = async (): Promise<Line> => {
    const aws = await connect(options);
    const arn = options.topicArn || (await arnOf(aws, topology));
    const tracing = await hostTracing(process.env.TRACEPARENT);
    const publisher = createEventPublisher({ aws, topicArn: arn, writer: writtenEvents, tracing });
    const { linger = 5, retryFor } = options;
    const feed = createFeed(publisher, { linger, ...(retryFor === undefined ? {} : { retryFor }) });
    return { aws, feed, tracing };
  };

  return {
    async publish(type, data, one = {}) {
      checkOptions('publish', one, ONE_RULES);
      const { attributes = {}, eventId = randomUUID(), timestamp, group } = one;
      if (isClosed) throw new AppError({ code: 'Closed', message: 'The publisher is closed.' });
      const event: PubsubEvent = {
        event_id: eventId,
        event_type: type,
        event_version: one.version ?? versionOf(events, type),
        timestamp: (timestamp ?? new Date()).toISOString(),
        data,
      };
      schemas ??= compileSchemas(events);
      if (group !== undefined && !isFifoId(group))
        throw usageError(GROUP_RULE, undefined, 'InvalidGroup');
      const given = mapValues(attributes, attributeOf);
      const written = writeEvent(event, format, source, await schemas, group);
      const recipe = Object.hasOwn(events, type) ? events[type] : undefined;
      const around = fillRecipe(recipe, readMessage({ ...NOBODY, text: written.text }), FIRST);
      if (!isConfigured) {
        log(`No topic is configured; would have published ${written.text}`);
        return { eventId, messageId: undefined };
      }
      line ??= open();
      const { feed, tracing } = await line.catch((error: unknown) => {
        // Whoever publishes next tries again.
        line = undefined;
        throw error;
      });
      const all = { ...around.attributes, ...given };
      const ownGroup = group ?? around.group;
      const item: PublishItem<WrittenEvent> = {
        event: written,
        // Tracing takes the environment's trace up by itself.
        attributes: tracing ? all : withTraceparent(all, process.env.TRACEPARENT),
        ...(tracing ? { parent: tracing.here() } : {}),
        ...(ownGroup ? { group: ownGroup } : {}),
      };
      return { eventId, messageId: await feed.publish(item) };
    },
    async close() {
      isClosed = true;
      const opened = await line?.catch(() => undefined);
      await opened?.feed.idle();
      opened?.aws.close();
    },
  };
}

/** What a publisher has when it is connected. */
interface Line {
  readonly aws: Aws;
  readonly feed: Feed<WrittenEvent>;
  readonly tracing: Tracing | undefined;
}

const ONE_RULES: OptionRules<PublishOneOptions> = {
  attributes: RULES.object,
  version: {
    what: 'a whole number from 1',
    fits: (value) => Number.isSafeInteger(value) && Number(value) >= 1,
  },
  eventId: RULES.filled,
  group: RULES.text,
  timestamp: {
    what: 'a valid Date',
    fits: (value) => value instanceof Date && !Number.isNaN(value.getTime()),
  },
};

/** What a message of the publisher's own has before SNS takes it. */
const NOBODY = { messageId: '', attributes: {} };
const FIRST = { count: 1, seed: 1 };

function mapValues<T, R>(
  values: Readonly<Record<string, T>>,
  map: (name: string, value: T) => R,
): Record<string, R> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, map(name, value)]),
  );
}

const GROUP_RULE = 'A group must be 1 to 128 letters, digits or punctuation.';

async function arnOf(aws: Aws, topology: Topology | undefined): Promise<string> {
  const { identify } = await import('../lib/aws/identity.ts');
  const topic = topology && chooseTopic(topology, undefined);
  return topic?.arn ?? topicArn(await identify(aws), topic?.name ?? '');
}
