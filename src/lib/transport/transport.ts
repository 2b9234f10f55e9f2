import type { Aws } from '../aws/clients.ts';
import type { MessageQueue } from '../aws/message-queue.ts';
import type { MessageTopic } from '../aws/message-topic.ts';
import type { Depth, StoredQueue } from '../aws/stored-queue.ts';
import type { AnyIdentity, TargetIdentity } from '../config/target.ts';
import type { SubscriberSpec, TopicSpec, Topology } from '../definition/topology.ts';
import type { CandidateMessage } from '../diagnose/doctor/candidate-message.ts';
import type { Diagnosis } from '../diagnose/doctor/diagnose.ts';
import type { Probe } from '../diagnose/doctor/probe-result.ts';
import type { Status } from '../diagnose/status/status.ts';
import type { Publisher } from '../publish/publisher.ts';
import type { ApplyEvent } from '../topology/apply.ts';
import type { Change, Resource } from '../topology/change.ts';
import type { CleanupEvent, CleanupResult } from '../topology/cleanup.ts';
import type { Observed } from '../topology/inspect.ts';
import type { RealFilter } from '../topology/real-filter.ts';
import type { Remains } from '../topology/remains.ts';
import type { TopologyReport } from '../topology/report.ts';
import type { Tracing } from '../tracing/tracing.ts';

/** What carries the messages: SNS and SQS, or RabbitMQ. Its methods throw AppError. */
export interface Transport {
  readonly identity: AnyIdentity;
  /** SNS and SQS themselves, for what they alone have; undefined on RabbitMQ. */
  readonly aws: { readonly aws: Aws; readonly identity: TargetIdentity } | undefined;
  /** RabbitMQ itself, for what is done in another way there; undefined on SNS and SQS. */
  readonly broker: BrokerAccess | undefined;
  /** Compares a topology with what is there. Writes nothing. */
  planSetup(topology: Topology): Promise<TransportPlan>;
  /** Finds what is left of a topology. */
  findRemains(topology: Topology, options: RemainsOptions): Promise<Remains>;
  /** Deletes what was found, and reads again until nothing of it is left. */
  cleanUp(topology: Topology, found: Remains, options: CleanUpOptions): Promise<CleanupResult>;
  /**
   * Reads how a topology is doing, as often as it is called.
   * @param options.subscriptionsFor milliseconds for which subscriptions may be taken as they were.
   */
  statusReader(
    topology: Topology,
    options: { readonly subscriptionsFor: number },
  ): Promise<() => Promise<Status>>;
  /** What stands for a topic where several are published to. */
  addressOf(topic: TopicSpec): string;
  /**
   * Makes the publisher of the topic at an address, for events as `createEventMaker` makes them.
   * @param tracing records traces.
   */
  publishers(tracing: Tracing | undefined): Promise<(address: string) => Publisher>;
  /** The topic at an address, for events of any kind. */
  topic(address: string): Promise<MessageTopic>;
  /** A subscriber's queue; undefined where it isn't there. */
  findQueue(spec: SubscriberSpec): Promise<MessageQueue | undefined>;
  /** A queue to look into, and to move messages from and to; undefined where it isn't there. */
  findStored(name: string): Promise<FoundStored | undefined>;
  /** A queue to send to, which needs no permission to look into it; undefined where it isn't there. */
  findDestination(name: string): Promise<StoredQueue | undefined>;
  /** Ends connections. Never throws. */
  close(): Promise<void>;
}

/** A queue to look into, as it is at this moment. */
export interface FoundStored extends Depth {
  readonly queue: StoredQueue;
  /** What SQS knows it by; undefined on RabbitMQ. */
  readonly sqs: { readonly url: string; readonly arn: string } | undefined;
  /** What bounds how often its messages may be received, of which a look is one; undefined without a limit. */
  readonly limit:
    | { readonly by: string; readonly receives: number; readonly outcome: string }
    | undefined;
}

/** What RabbitMQ does in its own way. Methods throw AppError. */
export interface BrokerAccess {
  /** Binds a queue of one's own to a topic's exchange. It goes with the connection. */
  openTap(request: TapRequest): Promise<BrokerTap>;
  /** Takes a subscriber's bindings to a topic's exchange away, as the demo does. @returns their keys. */
  unbind(topic: TopicSpec, subscriber: SubscriberSpec): Promise<readonly string[]>;
  /** Looks at each hop of a topology. Reads only. @param request.missing the message that the user misses. */
  diagnose(request: {
    readonly topology: Topology;
    readonly missing: CandidateMessage | undefined;
  }): Promise<Diagnosis>;
  /** Sends canaries through copies of the exchanges, which nobody else sees, and compares what comes with the topology. */
  probe(request: {
    readonly topology: Topology;
    /** The message to send; each event type unless given. */
    readonly missing: CandidateMessage | undefined;
    readonly stop: AbortSignal;
  }): Promise<BrokerProbe>;
  /** Plans what brings back what a topology says, as far as a broker can change what is there. */
  planMend(topology: Topology): Promise<MendPlan>;
}

/** What a probe did, and what doctor says of it. */
export interface BrokerProbe extends Probe, Pick<Diagnosis, 'checks' | 'skipped'> {}

/** Changes that doctor makes. */
export interface MendPlan {
  readonly changes: readonly Change[];
  /** Makes them, and reads again. @returns how many it made. */
  setUp(options: SetUpOptions): Promise<Pick<TransportSetup, 'interrupted' | 'made'>>;
}

/** What a tap is to get. */
export interface TapRequest {
  readonly topology: Topology;
  readonly topic: TopicSpec;
  /** Whose bindings are copied. */
  readonly subscriber: SubscriberSpec | undefined;
  /** A filter; what of it is no binding is left to who reads. */
  readonly policy: RealFilter | undefined;
}

/** An open tap. */
export interface BrokerTap {
  readonly queue: MessageQueue;
  /** The keys that it is bound by. */
  readonly keys: readonly string[];
}

/** What a setup would change, and how it is done. */
export interface TransportPlan {
  readonly changes: readonly Change[];
  /** What is there and was made by others: setup uses it, and cleanup leaves it. */
  readonly others: readonly Resource[];
  readonly report: TopologyReport;
  /** What was seen of SNS and SQS; undefined on RabbitMQ. */
  readonly observed: Observed | undefined;
  /** Makes the plan true and reads it again. */
  setUp(options: SetUpOptions): Promise<TransportSetup>;
}

/** How a setup ended. */
export interface TransportSetup {
  /** As read at the end. */
  readonly report: TopologyReport;
  readonly interrupted: boolean;
  /** Changes that were made. */
  readonly made: number;
}

export interface SetUpOptions {
  readonly stop?: AbortSignal | undefined;
  readonly onEvent?: (event: ApplyEvent) => void;
}

export interface RemainsOptions {
  /** Whether what carries our names and not our tags counts as ours. */
  readonly includeUntagged: boolean;
}

export interface CleanUpOptions extends RemainsOptions {
  readonly stop?: AbortSignal | undefined;
  readonly onEvent?: (event: CleanupEvent) => void;
}
