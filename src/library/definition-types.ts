import type { HandlerSpec } from '../lib/definition/topology.ts';
import type { FilterPolicyScope } from '../lib/rules/filter-policy/scope.ts';
import type { EventDefinitions } from './event-definitions.ts';

/** A length of time: whole seconds, or such as `90s`, `15m`, `4d`. */
export type Duration = number | string;

/** How a subscriber's queue hangs on a topic. */
export interface SubscriptionDefinition {
  /** What it lets through, such as `{ event_type: ['weather.changed'] }`; everything unless given. */
  readonly filterPolicy?: Readonly<Record<string, unknown>>;
  /** What the filter policy looks at; `MessageAttributes` unless given. */
  readonly filterPolicyScope?: FilterPolicyScope;
  /** Whether messages come without SNS's envelope. */
  readonly rawDelivery?: boolean;
}

/** A dead-letter queue; what is not given is as `pubsub setup` has it. */
export interface DlqDefinition {
  /** Its exact name. */
  readonly queue?: string;
  /** Receives before a message is a dead letter, 1 to 1,000; 3 unless given. */
  readonly maxReceiveCount?: number;
  /** 60 s to 14 days; 14 days unless given. */
  readonly retention?: Duration;
  readonly kmsKey?: string | false;
}

/** A subscriber's settings, as a topology file has them; those that are not given are as `pubsub setup` has them. */
export interface SubscriberDefinition extends SubscriptionDefinition {
  /** A topic's key, several, or topics with filters of their own; the only topic unless given. */
  readonly from?: string | readonly string[] | Readonly<Record<string, SubscriptionDefinition>>;
  /** The exact name of its queue; `<topology>-<subscriber>-queue` unless given. */
  readonly queue?: string;
  readonly fifo?: boolean;
  readonly visibilityTimeout?: Duration;
  readonly receiveWait?: Duration;
  readonly retention?: Duration;
  readonly delay?: Duration;
  /** Its dead-letter queue; a name alone, or false for none. */
  readonly dlq?: DlqDefinition | string | false;
  /** As `dlq.maxReceiveCount`. */
  readonly maxReceiveCount?: number;
  /** As `dlq.retention`. */
  readonly dlqRetention?: Duration;
  /** Alias, id or ARN of the KMS key of both queues; false for none. */
  readonly kmsKey?: string | false;
  readonly handler?: HandlerSpec;
}

/** A topic, as a topology file has it. */
export interface TopicDefinition {
  /** Its exact name; its key unless given. */
  readonly name?: string;
  /** Somebody else's topic: subscribed to, never made, changed or deleted. Then nothing else is given. */
  readonly arn?: string;
  readonly fifo?: boolean;
  readonly contentBasedDeduplication?: boolean;
  readonly displayName?: string;
  readonly kmsKey?: string | false;
  readonly tags?: Readonly<Record<string, string>>;
}

/** Topics, their subscribers and events, as they are written down. */
export interface TopologyDefinition<E> {
  /** Letters, digits, `-` and `_`: the tag that its resources carry. */
  readonly name: string;
  /** The only topic's name; `<name>-events` unless `topics` are given. */
  readonly topic?: string;
  /** Topics by key. */
  readonly topics?: Readonly<Record<string, TopicDefinition>>;
  /** Put with a dash before every resource name. */
  readonly prefix?: string;
  /** FIFO topics with FIFO queues: `.fifo` is put behind every resource name. */
  readonly fifo?: boolean;
  /** Patterns of the names of queues that have none, with `{topology}` and `{subscriber}` in them. */
  readonly names?: { readonly queue?: string; readonly dlq?: string };
  /** Subscribers by name. */
  readonly subscribers: Readonly<Record<string, SubscriberDefinition>>;
  /** Versions and schemas of events; types that are not here have version 1 and no schema. */
  readonly events?: EventDefinitions<E>;
  /** False where it only describes what others made: nothing of it is created, changed or deleted. */
  readonly managed?: boolean;
}
