import type { FilterPolicyScope } from '../rules/filter-policy/scope.ts';
import type { EventSpec, TableAccess, TableKey } from './topology.ts';

/** A topic as it is written down. */
export interface TopicDefinition {
  /** Its key unless given. */
  readonly name?: string | undefined;
  /** Somebody else's; then nothing else is given. */
  readonly arn?: string | undefined;
  readonly fifo?: boolean | undefined;
  readonly contentBasedDeduplication?: boolean | undefined;
  readonly displayName?: string | undefined;
  readonly kmsKey?: string | false | undefined;
  readonly tags?: Readonly<Record<string, string>> | undefined;
}

/** A subscription as it is written down. */
export interface SubscriptionDefinition {
  /** JSON text. */
  readonly filterPolicy?: string | undefined;
  readonly filterPolicyScope?: FilterPolicyScope | undefined;
  readonly rawDelivery?: boolean | undefined;
}

/** A dead-letter queue as it is written down. */
export interface DlqDefinition {
  readonly queue?: string | undefined;
  readonly maxReceiveCount?: number | undefined;
  /** Seconds. */
  readonly retention?: number | undefined;
  readonly kmsKey?: string | false | undefined;
}

/** A subscriber as it is written down; times are seconds. What it says of subscriptions holds for all of its topics. */
export interface SubscriberDefinition extends SubscriptionDefinition {
  /** By topic's key; the only topic unless given. */
  readonly from?: Readonly<Record<string, SubscriptionDefinition>> | undefined;
  readonly queue?: string | undefined;
  /** Whether its queues are FIFO ones; as its topics are unless given. */
  readonly fifo?: boolean | undefined;
  readonly visibilityTimeout?: number | undefined;
  readonly receiveWait?: number | undefined;
  readonly retention?: number | undefined;
  readonly delay?: number | undefined;
  /** False for none. */
  readonly dlq?: DlqDefinition | false | undefined;
  readonly kmsKey?: string | false | undefined;
  readonly handler?: HandlerDefinition | undefined;
}

/** What handles a subscriber's events, as it is written down. */
export type HandlerDefinition =
  | { readonly exec: string; readonly mode: 'event' | 'stream' | 'batch' }
  | { readonly module: string }
  | {
      readonly function: string;
      readonly batchSize?: number | undefined;
      /** Seconds. */
      readonly window?: number | undefined;
      readonly partialFailures?: boolean | undefined;
      readonly maximumConcurrency?: number | undefined;
    };

/** A table as it is written down. */
export interface TableDefinition {
  readonly name?: string | undefined;
  /** Needed. */
  readonly key?: TableKey | undefined;
  readonly ttl?: string | undefined;
  readonly indexes?: Readonly<Record<string, TableKey>> | undefined;
  readonly tags?: Readonly<Record<string, string>> | undefined;
}

/** A function as it is written down; times are seconds. */
export interface FunctionDefinition {
  readonly name?: string | undefined;
  /** Needed. */
  readonly runtime?: string | undefined;
  readonly handler?: string | undefined;
  /** Needed. */
  readonly code?: string | undefined;
  readonly timeout?: number | undefined;
  readonly memory?: number | undefined;
  readonly environment?: Readonly<Record<string, string>> | undefined;
  readonly tables?: Readonly<Record<string, TableAccess>> | undefined;
  readonly reservedConcurrency?: number | undefined;
  readonly role?: string | undefined;
  readonly tags?: Readonly<Record<string, string>> | undefined;
}

/** A topology as it is written down, in a file or a program: checked, without defaults and prefix. */
export interface TopologyDefinition {
  readonly name: string;
  /** Whether topics are FIFO ones unless they say otherwise. */
  readonly fifo?: boolean | undefined;
  /** Patterns of the names of queues that have none, with `{topology}` and `{subscriber}` in them. */
  readonly names?: { readonly queue?: string | undefined; readonly dlq?: string | undefined };
  readonly topics: Readonly<Record<string, TopicDefinition>>;
  readonly subscribers: Readonly<Record<string, SubscriberDefinition>>;
  readonly events?: Readonly<Record<string, EventSpec>> | undefined;
  readonly tables?: Readonly<Record<string, TableDefinition>> | undefined;
  readonly functions?: Readonly<Record<string, FunctionDefinition>> | undefined;
  readonly managed?: boolean | undefined;
}
