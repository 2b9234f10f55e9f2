import type { EngineNotes } from '../../aws/engine-notes.ts';
import type { FoundFunction } from '../../aws/functions.ts';
import type { EncryptionKey } from '../../aws/keys.ts';
import type { FoundMapping } from '../../aws/mappings.ts';
import type { QueueReceiver } from '../../aws/observer.ts';
import type { RepeatedMessage } from '../../aws/repeats.ts';
import type { ListedSubscription } from '../../aws/subscriptions.ts';
import type { HistoryMessage } from '../../aws/topic-history.ts';
import type { Attributes } from '../../aws/topics.ts';
import type { TargetIdentity } from '../../config/target.ts';
import type { FailureReason } from '../../consume/failure-reasons.ts';
import type {
  FunctionHandlerSpec,
  FunctionSpec,
  SubscriberSpec,
  SubscriptionSpec,
  Topology,
} from '../../definition/topology.ts';
import type { StrayMapping } from '../../topology/functions/strays.ts';
import type { CandidateMessage } from './candidate-message.ts';
import type { Fact } from './fact.ts';

/** What one reading of a topology found, as far as the caller may look. */
export interface DoctorFacts {
  readonly topics: readonly TopicFacts[];
  readonly subscribers: readonly SubscriberFacts[];
  /** What an engine says of itself; undefined where none answers. */
  readonly engine?: EngineNotes | undefined;
}

/** A topic and what hangs on it. */
export interface TopicFacts {
  readonly key: string;
  readonly name: string;
  /** Where it is or would be; the name alone where nobody can tell the account. */
  readonly arn: string;
  readonly attributes: Fact<Attributes>;
  readonly subscriptions: Fact<readonly ListedSubscription[]>;
  /** What was published in the last minutes, oldest first; nothing where only an engine could tell. */
  readonly published: readonly HistoryMessage[];
  /** What a FIFO topic took for repetitions; undefined where only an engine could tell. */
  readonly repeats: readonly RepeatedMessage[] | undefined;
}

/** One subscriber's queues. */
export interface QueueSideFacts {
  readonly spec: SubscriberSpec;
  /** Where the queue is or would be. */
  readonly queueArn: string;
  readonly queue: Fact<QueueFacts>;
  /** Unread where the subscriber has none. */
  readonly dlq: Fact<QueueFacts>;
  /** The customer key that encrypts the queue; undefined where there is none, absent where the one it names isn't there. */
  readonly key: Fact<KeyFacts | undefined>;
  /** Who received from the queue in the last minute; undefined where only an engine could tell. */
  readonly receivers: readonly QueueReceiver[] | undefined;
  /** Seconds since the oldest dead letter was sent; undefined where only an engine could tell. */
  readonly oldestDeadLetter: number | undefined;
  /** What handles its messages where that is a function; undefined where it is something else. */
  readonly handling?: Fact<HandlingFacts> | undefined;
  /** Mappings of its queue that the topology doesn't say. */
  readonly strays?: readonly StrayMapping[] | undefined;
  /** Why consumers of this machine failed lately, newest first. */
  readonly reasons: readonly FailureReason[];
}

/** A function that handles messages, as it stands, and who takes from the queue. */
export interface HandlingFacts {
  readonly target: FunctionSpec;
  readonly handler: FunctionHandlerSpec;
  /** Undefined where it isn't there. */
  readonly found: FoundFunction | undefined;
  /** All of the queue, whoever made them. */
  readonly mappings: readonly FoundMapping[];
}

/** One subscriber. */
export interface SubscriberFacts extends QueueSideFacts {
  /** From each of its topics on; never empty. */
  readonly branches: readonly BranchFacts[];
}

/** One way into a subscriber's queue, from a topic on. */
export interface BranchFacts extends QueueSideFacts {
  readonly topic: TopicFacts;
  /** What the topology says of the subscription. */
  readonly declared: SubscriptionSpec;
  readonly attachment: Fact<Attachment>;
  /** Attributes of the subscription that counts: the first confirmed one of the queue. */
  readonly subscription: Fact<SubscriptionFacts>;
}

/** A queue as it stands. */
export interface QueueFacts {
  readonly name: string;
  readonly url: string;
  readonly arn: string;
  readonly attributes: Attributes;
}

/** A KMS key as it stands. */
export interface KeyFacts {
  readonly key: EncryptionKey;
  /** The key policy's text. */
  readonly policy: string;
}

/** How a queue hangs on the topic. */
export interface Attachment {
  /** Confirmed subscriptions of the queue; one where all is well. */
  readonly confirmed: readonly ListedSubscription[];
  readonly pending: readonly ListedSubscription[];
  /** Subscriptions of a queue of this name in another account or region. */
  readonly elsewhere: readonly ListedSubscription[];
}

/** The subscription's own settings. */
export interface SubscriptionFacts {
  readonly arn: string;
  readonly attributes: Attributes;
}

/** What the checks know besides what was read. */
export interface Circumstances {
  readonly identity: TargetIdentity;
  readonly topology: Topology;
  /** The message that the user misses, where it was said. */
  readonly missing: CandidateMessage | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
}
