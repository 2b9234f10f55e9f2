import type { FilterPolicy } from '../../../rules/filter-policy/index.ts';
import type { ResourcePolicy } from '../../../rules/policy/index.ts';
import type { ArchivePolicy, ReplayPolicy } from './archive-policy.ts';

/** A topic as the engine holds it. */
export interface Topic {
  readonly arn: string;
  readonly name: string;
  readonly account: string;
  readonly region: string;
  readonly fifo: boolean;
  /** Order of creation within the engine: pages of lists go by it. */
  readonly serial: number;
  /** What was set, by attribute name; defaults are not in it. */
  readonly attributes: Map<string, string>;
  readonly tags: Map<string, string>;
  dataProtectionPolicy: string | undefined;
  /** Confirmed and pending ones, by ARN, in order of creation. */
  readonly subscriptions: Map<string, Subscription>;
  /** How many subscriptions were deleted (`SubscriptionsDeleted`). */
  deleted: number;
  /** Sequence numbers given so far; FIFO topics only. */
  sequence: number;
  /** What publishing needs of the attributes, read once for each change of them. */
  settings: TopicSettings;
}

/** A topic's attributes as publishing reads them. */
export interface TopicSettings {
  /** Bytes of body and attributes. */
  readonly maximumMessageSize: number;
  readonly contentBasedDeduplication: boolean;
  readonly deduplicateByGroup: boolean;
  readonly signatureVersion: '1' | '2';
  /** How long messages are kept to be replayed; undefined for a topic without an archive. */
  readonly archive: ArchivePolicy | undefined;
  /** When the archive was begun, in milliseconds since the epoch. */
  readonly archiveSince: number | undefined;
  /** Undefined while the default policy holds, which allows the owner and nobody else. */
  readonly policy: ResourcePolicy | undefined;
}

/** A subscription as the engine holds it. */
export interface Subscription {
  readonly arn: string;
  readonly topicArn: string;
  /** The account that made the subscription. */
  readonly owner: string;
  readonly region: string;
  readonly protocol: string;
  /** The queue's ARN, or what else the protocol delivers to. */
  readonly endpoint: string;
  /** ARN of the caller of `Subscribe`. */
  readonly principal: string;
  readonly serial: number;
  /** What was set, by attribute name; defaults are not in it. */
  readonly attributes: Map<string, string>;
  /** Whether nobody has confirmed it yet. */
  pending: boolean;
  /** The secret that `ConfirmSubscription` takes, however often; undefined where none was needed. */
  token: string | undefined;
  /** Whether the confirmation was signed by the owner of the endpoint. */
  authenticated: boolean;
  /** Milliseconds since the epoch. */
  readonly created: number;
  /** When the topic was deleted, in milliseconds since the epoch: such a subscription stays visible for a while. */
  orphaned: number | undefined;
  /** What delivery needs of the attributes, read once for each change of them. */
  settings: SubscriptionSettings;
}

/** A subscription's attributes as delivery reads them. */
export interface SubscriptionSettings {
  readonly raw: boolean;
  /** What was or is to be replayed; after its end the subscription gets nothing. */
  readonly replay: ReplayPolicy | undefined;
  readonly filter: FilterPolicy | undefined;
  /** ARN of the queue that takes what couldn't be delivered. */
  readonly deadLetterArn: string | undefined;
}
