import type { HandlerSpec, TableAccess } from '../lib/definition/topology.ts';
import type { FilterPolicyScope } from '../lib/rules/filter-policy/scope.ts';
import type { EventDefinitions } from './event-definitions.ts';

/** A length of time: a whole number of seconds, or a text such as `90s`, `15m` or `4d`. */
export type Duration = number | string;

/** The subscription of a queue to a topic. */
export interface SubscriptionDefinition {
  /** SNS's filter policy, such as `{ event_type: ['weather.changed'] }`. Every message is delivered unless given. */
  readonly filterPolicy?: Readonly<Record<string, unknown>>;
  /** What the filter policy looks at; `MessageAttributes` unless given. */
  readonly filterPolicyScope?: FilterPolicyScope;
  /** Whether messages are delivered without SNS's envelope; false unless given. */
  readonly rawDelivery?: boolean;
}

/** The settings of a dead-letter queue. Those that are not given have the defaults of `pubsub setup`. */
export interface DlqDefinition {
  /** Its exact name. */
  readonly queue?: string;
  /** How often a message is received before it goes to the dead-letter queue, 1 to 1,000; 3 unless given. */
  readonly maxReceiveCount?: number;
  /** How long it keeps a message, 60 s to 14 days; 14 days unless given. */
  readonly retention?: Duration;
  /** Alias, id or ARN of its KMS key; false for none. */
  readonly kmsKey?: string | false;
}

/** The event source mapping from a subscriber's queue to a Lambda function. */
export interface FunctionHandlerDefinition {
  /** The function's key in `functions`. */
  readonly function: string;
  /** Messages in one invocation at most, 1 to 10,000; 10 unless given. */
  readonly batchSize?: number;
  /** How long Lambda collects messages for a batch, 0 s to 5 minutes; 0 unless given. */
  readonly window?: Duration;
  /** Whether the function names the messages of a batch that failed (`ReportBatchItemFailures`). */
  readonly partialFailures?: boolean;
  /** Concurrent invocations for this queue at most, 2 to 1,000; not limited unless given. */
  readonly maximumConcurrency?: number;
}

/**
 * The primary key of a table or an index: the name of an attribute. `:N` after the name means that it is a number, `:B`
 * bytes; otherwise it is text.
 */
export type TableKeyDefinition = string | { readonly hash: string; readonly range?: string };

/** A DynamoDB table. */
export interface TableDefinition {
  /** Its exact name; its key unless given. */
  readonly name?: string;
  readonly key: TableKeyDefinition;
  /**
   * The attribute for DynamoDB's time to live: the time, in seconds since the epoch, after which an item may be
   * deleted.
   */
  readonly ttl?: string;
  /** Global secondary indexes by name. */
  readonly indexes?: Readonly<Record<string, TableKeyDefinition>>;
  readonly tags?: Readonly<Record<string, string>>;
}

/** A Lambda function. */
export interface FunctionDefinition {
  /** Its exact name; its key unless given. */
  readonly name?: string;
  /** Lambda's name of the runtime, such as `nodejs24.x`. */
  readonly runtime: string;
  /** The file and the function in it; `index.handler` unless given. */
  readonly handler?: string;
  /** A folder or a zip file; relative to the working folder. */
  readonly code: string;
  /** Time limit of an invocation, 1 s to 15 minutes; 3 s unless given. */
  readonly timeout?: Duration;
  /** Memory in MB, 128 to 10,240; 128 unless given. */
  readonly memory?: number;
  readonly environment?: Readonly<Record<string, string>>;
  /** Which access it has to tables, by the table's key in `tables`. */
  readonly tables?: Readonly<Record<string, TableAccess>>;
  /** Reserved concurrency, 0 to 1,000; none unless given. */
  readonly reservedConcurrency?: number;
  /** ARN of its execution role on AWS; it gets a role of its own unless given. */
  readonly role?: string;
  readonly tags?: Readonly<Record<string, string>>;
}

/** The settings of a subscriber. Those that are not given have the defaults of `pubsub setup`. */
export interface SubscriberDefinition extends SubscriptionDefinition {
  /**
   * The topic that it subscribes to, by its key in `topics`; or a list of topics; or subscriptions by topic, each with
   * its own filter. It may be left out where there is one topic.
   */
  readonly from?: string | readonly string[] | Readonly<Record<string, SubscriptionDefinition>>;
  /** The exact name of its queue; `<topology>-<subscriber>-queue` unless given. */
  readonly queue?: string;
  /** Whether its queues are FIFO queues; true if all its topics are FIFO topics, unless given. */
  readonly fifo?: boolean;
  /** 0 s to 12 hours; 30 s unless given. */
  readonly visibilityTimeout?: Duration;
  /** How long a receive waits for messages, 0 to 20 s; 20 s unless given. */
  readonly receiveWait?: Duration;
  /** How long the queue keeps a message, 60 s to 14 days; 4 days unless given. */
  readonly retention?: Duration;
  /** How long a new message stays hidden, 0 s to 15 minutes; 0 unless given. */
  readonly delay?: Duration;
  /** Its dead-letter queue: settings, only its name, or false for none. */
  readonly dlq?: DlqDefinition | string | false;
  /** The same as `dlq.maxReceiveCount`. */
  readonly maxReceiveCount?: number;
  /** The same as `dlq.retention`. */
  readonly dlqRetention?: Duration;
  /** Alias, id or ARN of the KMS key of both queues; false for none. */
  readonly kmsKey?: string | false;
  /** What `pubsub listen` and `pubsub run` start for its messages, or the Lambda function that takes them. */
  readonly handler?:
    | Exclude<HandlerSpec, { readonly function: string }>
    | FunctionHandlerDefinition;
}

/** The settings of a topic. */
export interface TopicDefinition {
  /** Its exact name; its key unless given. */
  readonly name?: string;
  /** ARN of a topic that belongs to somebody else: it is subscribed to, and never created, changed or deleted. */
  readonly arn?: string;
  /** Whether it is a FIFO topic; as the topology's `fifo` unless given. */
  readonly fifo?: boolean;
  /** Whether a FIFO topic uses the SHA-256 of the body as the deduplication id; false unless given. */
  readonly contentBasedDeduplication?: boolean;
  readonly displayName?: string;
  /** Alias, id or ARN of its KMS key; false for none. */
  readonly kmsKey?: string | false;
  readonly tags?: Readonly<Record<string, string>>;
}

/** A topology: topics, their subscribers, and the events that are published to them. */
export interface TopologyDefinition<E> {
  /** The value of the tag `pubsub:topology` on its resources: letters, digits, `-` and `_`. */
  readonly name: string;
  /** The only topic's name; `<name>-events` unless `topics` are given. */
  readonly topic?: string;
  /** Topics by key. */
  readonly topics?: Readonly<Record<string, TopicDefinition>>;
  /** Prefix of every resource name; a dash comes between. */
  readonly prefix?: string;
  /** Whether topics and queues are FIFO ones: every resource name ends in `.fifo` then. False unless given. */
  readonly fifo?: boolean;
  /** Name patterns for queues without a name of their own; they contain `{topology}` and `{subscriber}`. */
  readonly names?: { readonly queue?: string; readonly dlq?: string };
  /** Subscribers by name. */
  readonly subscribers: Readonly<Record<string, SubscriberDefinition>>;
  /** Versions and schemas of events. Types that are not listed have version 1 and no schema. */
  readonly events?: EventDefinitions<E>;
  /** DynamoDB tables by key. */
  readonly tables?: Readonly<Record<string, TableDefinition>>;
  /** Lambda functions by key. */
  readonly functions?: Readonly<Record<string, FunctionDefinition>>;
  /** False where others manage these resources: nothing is created, changed or deleted then. True unless given. */
  readonly managed?: boolean;
}
