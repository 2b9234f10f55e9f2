import type { HandlerSpec, TableAccess } from '../lib/definition/topology.ts';
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

/** A Lambda function that takes a subscriber's messages, as a topology file has it. */
export interface FunctionHandlerDefinition {
  /** The function's key. */
  readonly function: string;
  /** 1 to 10,000; 10 unless given. */
  readonly batchSize?: number;
  /** 0 s to 5 minutes; none unless given. */
  readonly window?: Duration;
  readonly partialFailures?: boolean;
  /** 2 to 1,000. */
  readonly maximumConcurrency?: number;
}

/** What items are found by: an attribute, with `:N` behind a number's and `:B` behind that of bytes. */
export type TableKeyDefinition = string | { readonly hash: string; readonly range?: string };

/** A DynamoDB table, as a topology file has it. */
export interface TableDefinition {
  /** Its exact name; its key unless given. */
  readonly name?: string;
  readonly key: TableKeyDefinition;
  /** The attribute with the time, in seconds since the epoch, from which on an item may be removed. */
  readonly ttl?: string;
  /** Global secondary indexes by name. */
  readonly indexes?: Readonly<Record<string, TableKeyDefinition>>;
  readonly tags?: Readonly<Record<string, string>>;
}

/** A Lambda function, as a topology file has it. */
export interface FunctionDefinition {
  /** Its exact name; its key unless given. */
  readonly name?: string;
  /** Such as `nodejs24.x`. */
  readonly runtime: string;
  /** `index.handler` unless given. */
  readonly handler?: string;
  /** A folder or a zip file; relative to the working folder. */
  readonly code: string;
  /** 1 s to 15 minutes; 3 s unless given. */
  readonly timeout?: Duration;
  /** MB, 128 to 10,240; 128 unless given. */
  readonly memory?: number;
  readonly environment?: Readonly<Record<string, string>>;
  /** What it may do, by the table's key. */
  readonly tables?: Readonly<Record<string, TableAccess>>;
  /** 0 to 1,000. */
  readonly reservedConcurrency?: number;
  /** ARN of the role that it runs as on AWS. */
  readonly role?: string;
  readonly tags?: Readonly<Record<string, string>>;
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
  readonly handler?:
    | Exclude<HandlerSpec, { readonly function: string }>
    | FunctionHandlerDefinition;
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
  /** DynamoDB tables by key. */
  readonly tables?: Readonly<Record<string, TableDefinition>>;
  /** Lambda functions by key. */
  readonly functions?: Readonly<Record<string, FunctionDefinition>>;
  /** False where it only describes what others made: nothing of it is created, changed or deleted. */
  readonly managed?: boolean;
}
