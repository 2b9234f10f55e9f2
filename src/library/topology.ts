import { buildTopology } from '../lib/definition/build.ts';
import type { EventSpec, SubscriberSpec, Topology } from '../lib/definition/topology.ts';
import { usageError } from '../lib/rules/errors.ts';
import {
  type FilterPolicyScope,
  InvalidFilterPolicy,
  parseFilterPolicy,
} from '../lib/rules/filter-policy/index.ts';
import type { EventDefinition, EventDefinitions } from './event-definitions.ts';

/** What an event's type carries, by type: `{ 'weather.changed': { celsius: number } }`. */
export type EventMap = Record<string, unknown>;
/** An event map that may be an interface too. */
export type AnyEvents<E> = { readonly [K in keyof E]: unknown };

/** A subscriber's settings; those that are not given are as `pubsub setup` has them. */
export interface SubscriberDefinition
  extends Partial<
    Pick<
      SubscriberSpec,
      | 'queue'
      | 'dlq'
      | 'visibilityTimeout'
      | 'receiveWait'
      | 'retention'
      | 'delay'
      | 'maxReceiveCount'
      | 'dlqRetention'
    >
  > {
  /** What its subscription lets through, such as `{ event_type: ['weather.changed'] }`; everything unless given. */
  readonly filterPolicy?: Readonly<Record<string, unknown>>;
  /** What the filter policy looks at; `MessageAttributes` unless given. */
  readonly filterPolicyScope?: FilterPolicyScope;
  /** Whether messages come without SNS's envelope. */
  readonly rawDelivery?: boolean;
}

/** A topic, its subscribers and its events, as they are written down. */
export interface TopologyDefinition<E> {
  /** Letters, digits, `-` and `_`: the tag that its resources carry. */
  readonly name: string;
  /** The topic's name; `<name>-events` unless given. */
  readonly topic?: string;
  /** Put with a dash before every resource name. */
  readonly prefix?: string;
  /** A FIFO topic with FIFO queues: `.fifo` is put behind every resource name. */
  readonly fifo?: boolean;
  /** Subscribers by name; their queues are `<subscriber>-queue` and `<subscriber>-dlq` unless given. */
  readonly subscribers: Readonly<Record<string, SubscriberDefinition>>;
  /** Versions and schemas of events; types that are not here have version 1 and no schema. */
  readonly events?: EventDefinitions<E>;
}

/** A topology with the types of its events. */
export interface DefinedTopology<E> extends Topology {
  /** For the compiler alone; never set. */
  readonly '~events'?: E;
}

/**
 * Writes a topology down in one place, for publishers, subscribers and `setUpTopology`. Calls nobody.
 * @throws AppError `InvalidName` or `InvalidFilterPolicy` for what AWS would refuse.
 */
export function defineTopology<E extends AnyEvents<E> = EventMap>(
  definition: TopologyDefinition<E>,
): DefinedTopology<E> {
  const { name, prefix = '', fifo = false, topic = `${name}-events`, events = {} } = definition;
  return buildTopology(
    {
      name,
      fifo,
      names: { queue: '{subscriber}-queue', dlq: '{subscriber}-dlq' },
      topics: { [topic]: {} },
      subscribers: Object.fromEntries(
        Object.entries(definition.subscribers).map(([subscriber, given]) => {
          const { filterPolicy, dlq, maxReceiveCount, dlqRetention, ...rest } = given;
          const policy =
            filterPolicy && filterText(subscriber, filterPolicy, given.filterPolicyScope);
          const dead = { queue: dlq, maxReceiveCount, retention: dlqRetention };
          return [subscriber, { ...rest, filterPolicy: policy, dlq: dead }];
        }),
      ),
      events: eventSpecs(events),
    },
    { prefix },
  );
}

function eventSpecs<E>(events: EventDefinitions<E>): Record<string, EventSpec> {
  const entries = Object.entries<EventDefinition | undefined>(events);
  return Object.fromEntries(
    entries.map(([type, { version = 1, ...rest } = {}]) => [type, { version, ...rest }]),
  );
}

/** A filter policy as text. @throws AppError `InvalidFilterPolicy` for one that SNS would refuse. */
function filterText(
  subscriber: string,
  policy: Readonly<Record<string, unknown>>,
  scope: FilterPolicyScope = 'MessageAttributes',
): string {
  const text = JSON.stringify(policy);
  try {
    parseFilterPolicy(text, scope);
    return text;
  } catch (error) {
    if (!(error instanceof InvalidFilterPolicy)) throw error;
    const [reason = ''] = error.message.split('\n');
    throw usageError(
      `The filterPolicy of "${subscriber}" is none that SNS takes: ${reason}`,
      "Lists of values, such as: filterPolicy: { event_type: ['weather.changed'] }",
      'InvalidFilterPolicy',
    );
  }
}
