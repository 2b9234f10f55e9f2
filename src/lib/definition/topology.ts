import type { FilterPolicyScope } from '../rules/filter-policy/scope.ts';

/** A topic of a topology. */
export interface TopicSpec {
  /** What the topology calls it. */
  readonly key: string;
  /** Its name on the target, prefix included; that of the ARN where it is somebody else's. */
  readonly name: string;
  /** Set where it is somebody else's: subscribed to, never made, changed or deleted. */
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

/** How a subscriber's queue hangs on one topic. */
export interface SubscriptionSpec {
  /** The topic's key. */
  readonly topic: string;
  /** What it lets through, as JSON text to the letter; undefined for everything. */
  readonly filterPolicy: string | undefined;
  /** What the filter policy looks at. */
  readonly filterPolicyScope: FilterPolicyScope;
  /** Whether messages come without SNS's envelope. */
  readonly rawDelivery: boolean;
}

/** What handles a subscriber's events where nothing else is said: a program, or a module of this project. */
export type HandlerSpec =
  | { readonly exec: string; readonly mode: 'event' | 'stream' | 'batch' }
  | { readonly module: string };

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

/** What is known of an event type. */
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
  /** What stands with a dash before every resource name; empty for nothing. */
  readonly prefix: string;
  /** False where it only describes what others made: nothing of it is created, changed or deleted. */
  readonly managed: boolean;
  /** The folder of the file that defines it: paths in it are relative to that; undefined where no file does. */
  readonly folder: string | undefined;
  /** Never empty. */
  readonly topics: readonly TopicSpec[];
  readonly subscribers: readonly SubscriberSpec[];
  /** By event type; empty where any JSON object may be published. */
  readonly events: Readonly<Record<string, EventSpec>>;
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
