import type { FilterPolicyScope } from '../rules/filter-policy/scope.ts';

/** A topic of a topology. */
export interface TopicSpec {
  /** What the topology calls it. */
  readonly key: string;
  /** Its name on the target, with the prefix; the name in `arn` if that is set. */
  readonly name: string;
  /** Set if the topic is somebody else's: it is subscribed to, and never created, changed or deleted. */
  readonly arn?: string | undefined;
  readonly fifo: boolean;
  /** Whether a FIFO topic takes the SHA-256 of a body for its deduplication id. */
  readonly contentBasedDeduplication: boolean;
  /** Empty for none. */
  readonly displayName: string;
  /** Id, ARN or alias of the KMS key; undefined to leave the encryption as it is, false for none. */
  readonly kmsKey?: string | false | undefined;
  /** Further tags; those of every resource come on top. */
  readonly tags: Readonly<Record<string, string>>;
}

/** The subscription of a queue to a topic. */
export interface SubscriptionSpec {
  /** The topic's key. */
  readonly topic: string;
  /** SNS's filter policy, as JSON text; undefined if every message is delivered. */
  readonly filterPolicy: string | undefined;
  /** What the filter policy looks at. */
  readonly filterPolicyScope: FilterPolicyScope;
  /** Whether messages are delivered without SNS's envelope. */
  readonly rawDelivery: boolean;
}

/** A Lambda function that handles a subscriber's events: Lambda takes them from the queue in batches. */
export interface FunctionHandlerSpec {
  /** The function's key. */
  readonly function: string;
  /** Messages that one invocation gets at most (1 to 10,000; 10 of a FIFO queue). */
  readonly batchSize: number;
  /** Seconds for which Lambda collects messages for a batch (0 to 300). */
  readonly window: number;
  /** Whether the function says which messages of a batch failed (`ReportBatchItemFailures`). */
  readonly partialFailures: boolean;
  /** Concurrent invocations for this queue at most (2 to 1,000); undefined if not limited. */
  readonly maximumConcurrency: number | undefined;
}

/** The default handler of a subscriber's events: a program, a module, or a Lambda function. */
export type HandlerSpec =
  | { readonly exec: string; readonly mode: 'event' | 'stream' | 'batch' }
  | { readonly module: string }
  | FunctionHandlerSpec;

/** An attribute of a primary key. */
export interface KeyAttribute {
  readonly name: string;
  /** Text, number or bytes. */
  readonly type: 'S' | 'N' | 'B';
}

/** The primary key of a table or an index. */
export interface TableKey {
  readonly hash: KeyAttribute;
  readonly range?: KeyAttribute | undefined;
}

/** A DynamoDB table of a topology. */
export interface TableSpec {
  /** What the topology calls it. */
  readonly key: string;
  /** Its name on the target, prefix included. */
  readonly name: string;
  readonly itemKey: TableKey;
  /** The attribute with the time, in seconds since the epoch, from which on DynamoDB may remove an item. */
  readonly ttl: string | undefined;
  /** Global secondary indexes with all attributes, by name. */
  readonly indexes: Readonly<Record<string, TableKey>>;
  /** As `TopicSpec.tags`. */
  readonly tags: Readonly<Record<string, string>>;
}

/** The access of a function to a table. */
export const TABLE_ACCESSES = ['read', 'write', 'readwrite'] as const;
export type TableAccess = (typeof TABLE_ACCESSES)[number];

/** A Lambda function of a topology. */
export interface FunctionSpec {
  /** What the topology calls it. */
  readonly key: string;
  /** Its name on the target, prefix included. */
  readonly name: string;
  /** One of `RUNTIMES`. */
  readonly runtime: string;
  /** Such as `index.handler`. */
  readonly handler: string;
  /** A folder or a zip file, relative to the topology's folder. */
  readonly code: string;
  /** Seconds (1 to 900). */
  readonly timeout: number;
  /** MB (128 to 10,240). */
  readonly memory: number;
  /** As written: the key of one of its tables stands for that table's name. See `functionEnvironment`. */
  readonly environment: Readonly<Record<string, string>>;
  /** Its access to tables, by the table's key. */
  readonly tables: Readonly<Record<string, TableAccess>>;
  /** Reserved concurrency (0 to 1,000); undefined for none. */
  readonly reservedConcurrency: number | undefined;
  /** ARN of the role that it runs as on AWS; undefined for one of its own. */
  readonly role: string | undefined;
  /** As `TopicSpec.tags`. */
  readonly tags: Readonly<Record<string, string>>;
}

/** One subscriber: a queue behind topics, and the dead-letter queue behind that. */
export interface SubscriberSpec {
  readonly name: string;
  /** Never empty. */
  readonly subscriptions: readonly SubscriptionSpec[];
  /** The queue's name on the target. */
  readonly queue: string;
  /** The dead-letter queue's name on the target; undefined where there is none. */
  readonly dlq: string | undefined;
  /** Whether both queues are FIFO ones. */
  readonly fifo: boolean;
  /** Seconds a received message stays hidden (0 to 43,200). */
  readonly visibilityTimeout: number;
  /** Seconds a receive waits for messages by default (0 to 20). */
  readonly receiveWait: number;
  /** Seconds the queue keeps a message (60 to 1,209,600). */
  readonly retention: number;
  /** Seconds until a new message can be received (0 to 900). */
  readonly delay: number;
  /** Receives before a message goes to the dead-letter queue (1 to 1,000). */
  readonly maxReceiveCount: number;
  /** Seconds the dead-letter queue keeps a message (60 to 1,209,600). */
  readonly dlqRetention: number;
  /** As `TopicSpec.kmsKey`, of the queue. */
  readonly kmsKey?: string | false | undefined;
  /** As `TopicSpec.kmsKey`, of the dead-letter queue. */
  readonly dlqKmsKey?: string | false | undefined;
  readonly handler?: HandlerSpec | undefined;
}

/** The settings of an event type. */
export interface EventSpec {
  /** The key of the topic that it is published to; undefined where there is one topic. */
  readonly topic?: string | undefined;
  /** `event_version` of what is published, a whole number from 1. */
  readonly version: number;
  /** JSON Schema of its data. */
  readonly schema?: Readonly<Record<string, unknown>> | boolean | undefined;
  /** Templates of message attributes besides `event_type`. */
  readonly attributes?: Readonly<Record<string, string>> | undefined;
  /** Template of its data. */
  readonly sample?: unknown;
  /** Template of its messages' subject; none unless given. */
  readonly subject?: string | undefined;
  /** Template of the group of its messages on a FIFO topic; all events are one group unless given. */
  readonly group?: string | undefined;
}

/** Topics and their subscribers, names prefixed and checked. */
export interface Topology {
  readonly name: string;
  /** Prefix of every resource name, without the dash that follows it; empty for none. */
  readonly prefix: string;
  /** False where others manage these resources: nothing is created, changed or deleted. */
  readonly managed: boolean;
  /** The folder of the file that defines it: paths in it are relative to that; undefined where no file does. */
  readonly folder: string | undefined;
  /** Never empty. */
  readonly topics: readonly TopicSpec[];
  readonly subscribers: readonly SubscriberSpec[];
  /** By event type; empty where any JSON object may be published. */
  readonly events: Readonly<Record<string, EventSpec>>;
  readonly tables: readonly TableSpec[];
  readonly functions: readonly FunctionSpec[];
}

/** Tag that every resource of ours carries; only what carries it is ever deleted. */
export const MANAGED_TAG = { key: 'managed-by', value: 'pubsub' } as const;
/** Tag that says which topology a resource belongs to. */
export const TOPOLOGY_TAG_KEY = 'pubsub:topology';

/** The tags of every resource of a topology. */
export function topologyTags({ name }: Pick<Topology, 'name'>): Record<string, string> {
  return { [MANAGED_TAG.key]: MANAGED_TAG.value, [TOPOLOGY_TAG_KEY]: name };
}

/** Whether tags say that a resource belongs to the topology. */
export function isTaggedAs(
  topology: Pick<Topology, 'name'>,
  tags: Readonly<Record<string, string>>,
): boolean {
  return Object.entries(topologyTags(topology)).every(([key, value]) => tags[key] === value);
}

/** The names of a subscriber's queues: the queue, and the dead-letter queue where there is one. */
export function queueNames({ queue, dlq }: Pick<SubscriberSpec, 'queue' | 'dlq'>): string[] {
  return dlq === undefined ? [queue] : [queue, dlq];
}
