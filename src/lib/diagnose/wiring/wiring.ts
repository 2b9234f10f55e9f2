import type { FilterPolicyScope } from '../../rules/filter-policy/scope.ts';

/** What is on a target: topics, queues, and who is wired to whom. Names in alphabetical order. */
export interface Wiring {
  readonly topics: readonly WiredTopic[];
  readonly queues: readonly WiredQueue[];
  /** Subscriptions whose topic is gone. */
  readonly orphans: readonly WiredSubscription[];
  /** Topics, queues and subscriptions whose details were not read, because there are too many. */
  readonly unread: number;
}

/** Whose a resource is, as its tags say. */
export interface Owner {
  /** `untagged` without tags; `unknown` where the tags may not be read or were not read. */
  readonly kind: 'pubsub' | 'other' | 'untagged' | 'unknown';
  /** A few words, such as `orders`, `CloudFormation billing` or `team=money`. */
  readonly words: string;
}

/** A topic and what is subscribed to it. */
export interface WiredTopic {
  readonly name: string;
  readonly arn: string;
  readonly fifo: boolean;
  readonly owner: Owner;
  readonly subscriptions: readonly WiredSubscription[];
}

/**
 * Whether a subscription's messages arrive. `ok`: its queue takes them. `pending`: it waits for its confirmation.
 * `no-queue`: the queue is gone. `refused`: the queue's policy lets the topic not send. `elsewhere`: another account
 * or region, or no queue. `unknown`: the queue's policy may not be read or was not read.
 */
export type SubscriptionState = 'ok' | 'pending' | 'no-queue' | 'refused' | 'elsewhere' | 'unknown';

/** A subscription and what becomes of its messages. */
export interface WiredSubscription {
  /** Undefined while it waits for its confirmation. */
  readonly arn: string | undefined;
  readonly topicArn: string;
  readonly protocol: string;
  readonly endpoint: string;
  /** The queue's name; undefined for other protocols. */
  readonly queue: string | undefined;
  readonly state: SubscriptionState;
  /** Why, where the state is not `ok`. */
  readonly reason: string | undefined;
  /** JSON text; undefined for everything, and where it was not read. */
  readonly filterPolicy: string | undefined;
  readonly filterPolicyScope: FilterPolicyScope;
  readonly rawDelivery: boolean;
}

/** A queue and what it hangs on. */
export interface WiredQueue {
  readonly name: string;
  readonly url: string;
  readonly arn: string;
  readonly fifo: boolean;
  readonly owner: Owner;
  /** Names of the topics that it is subscribed to. */
  readonly topics: readonly string[];
  /** Messages that can be received; undefined where it may not be read. */
  readonly waiting: number | undefined;
  readonly inFlight: number | undefined;
  /** Where its dead letters go; undefined for nowhere. */
  readonly deadLetters: { readonly queue: string; readonly maxReceiveCount: number } | undefined;
  /** Names of the queues whose dead letters come here. */
  readonly deadLettersOf: readonly string[];
}
