import {
  assertNames,
  resourceNames,
  SUBSCRIBER_DEFAULTS,
  type SubscriberSpec,
  type Topology,
} from '../lib/definition/topology.ts';
import { usageError } from '../lib/rules/errors.ts';
import {
  type FilterPolicyScope,
  InvalidFilterPolicy,
  parseFilterPolicy,
} from '../lib/rules/filter-policy/index.ts';
import type { EventDefinitions } from './event-definitions.ts';

/** What an event's type carries, by type: `{ 'weather.changed': { celsius: number } }`. */
export type EventMap = Record<string, unknown>;
/** An event map that may be an interface too. */
export type AnyEvents<E> = { readonly [K in keyof E]: unknown };

/** A subscriber's settings; those that are not given are as `pubsub setup` has them. */
export interface SubscriberDefinition
  extends Partial<Omit<SubscriberSpec, 'name' | 'filterPolicy'>> {
  /** What its subscription lets through, such as `{ event_type: ['weather.changed'] }`; everything unless given. */
  readonly filterPolicy?: Readonly<Record<string, unknown>>;
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
  readonly events: EventDefinitions<E>;
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
  const { name, prefix = '', fifo = false, subscribers } = definition;
  const named = resourceNames(prefix, fifo);
  const topology: DefinedTopology<E> = {
    name,
    prefix,
    topic: named(definition.topic ?? `${name}-events`),
    fifo,
    subscribers: Object.entries(subscribers).map(([subscriber, { filterPolicy, ...given }]) => ({
      ...SUBSCRIBER_DEFAULTS,
      ...given,
      filterPolicy: filterPolicy && filterText(subscriber, filterPolicy, given.filterPolicyScope),
      name: subscriber,
      queue: named(given.queue ?? `${subscriber}-queue`),
      dlq: named(given.dlq ?? `${subscriber}-dlq`),
    })),
    events: definition.events ?? {},
  };
  assertNames(topology);
  return topology;
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
