/** What the page talks to. */
export interface TargetView {
  readonly kind: 'local' | 'endpoint' | 'aws';
  /** Twelve digits; null where the endpoint has no STS. */
  readonly account: string | null;
  readonly region: string;
  /** URL; null where the SDK picks AWS's own. */
  readonly endpoint: string | null;
  /** Who is calling; null as above. */
  readonly arn: string | null;
  /** What can be known here. All true on an embedded engine, all false on AWS. */
  readonly knows: {
    /** What was published, and each message's whole way. */
    readonly history: boolean;
    /** Age of the oldest message, and counted rates. */
    readonly age: boolean;
    /** Who receives. */
    readonly receivers: boolean;
    /** Messages of a queue without receiving them. */
    readonly peek: boolean;
  };
  /** What can't be known here, in sentences; empty on an embedded engine. */
  readonly limits: readonly string[];
}

/** `GET overview`: everything that is on the target and who is wired to whom. */
export interface Overview {
  readonly target: TargetView;
  readonly topology: {
    readonly name: string;
    /** False where it only describes what others made. */
    readonly managed: boolean;
  };
  /** When it was read, in milliseconds since the epoch. */
  readonly time: number;
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  /** Resources that are there and were not looked at, because there are too many. */
  readonly unread: number;
  /** Such as that there is nothing yet and which command sets it up. */
  readonly remarks: readonly string[];
  /** Command lines that work on this target. */
  readonly commands: { readonly setup: string; readonly publish: string; readonly tap: string };
}

/** `elsewhere`: an endpoint that isn't looked at, such as e-mail, HTTP, or a queue of another account. */
export type NodeKind = 'topic' | 'queue' | 'dead-letter-queue' | 'function' | 'elsewhere';

/** A thing that messages go through. */
export interface GraphNode {
  /** Stable as long as the thing is there: its ARN where it has one, else such as `email:ann@example.org`. */
  readonly id: string;
  readonly kind: NodeKind;
  readonly name: string;
  readonly arn: string | null;
  readonly fifo: boolean;
  /** The topology's subscriber whose queue, dead-letter queue or function it is. */
  readonly subscriber: string | null;
  /** Whether the topology has it and the target doesn't: drawn as missing. */
  readonly missing: boolean;
  /** Whose it is by its tags: a kind and a few words such as `orders` or `CloudFormation billing`. */
  readonly owner: {
    readonly kind: 'pubsub' | 'other' | 'untagged' | 'unknown';
    readonly words: string;
  };
  /** Null for what has none: topics, endpoints elsewhere, and what may not be read. */
  readonly figures: NodeFigures | null;
}

/** Figures of a queue. Null for what can't be told on this target. */
export interface NodeFigures {
  /** The node's id. */
  readonly id: string;
  /** Messages that can be received. */
  readonly depth: number;
  /** Messages received and neither deleted nor visible again. */
  readonly inFlight: number;
  /** Messages that can't be received yet. */
  readonly delayed: number;
  /** Seconds since the oldest message was sent; 0 for an empty queue. */
  readonly oldestAgeSeconds: number | null;
  /** Messages a second since the last figures. */
  readonly rateIn: number | null;
  readonly rateOut: number | null;
  /** Clients that received in the last minute. */
  readonly receivers: number | null;
}

/**
 * What an edge does. `delivering`: nothing is in the way, whether or not messages pass. `filtering`: its filter lets
 * nothing of what is published through. `refusing`: the queue's policy, the key or the topic's policy refuses.
 * `broken`: what it goes to is missing. `pending`: it waits for its confirmation. `missing`: the topology has it and the
 * target doesn't. `elsewhere`: not looked at. `unknown`: it may not be read. Draw filtering, refusing, broken and
 * missing as broken.
 */
export type EdgeState =
  | 'delivering'
  | 'filtering'
  | 'refusing'
  | 'broken'
  | 'missing'
  | 'pending'
  | 'elsewhere'
  | 'unknown';

/** The way from one node to another. `subscription`: topic to queue. `redrive`: queue to dead-letter queue. `mapping`: queue to function. */
export interface GraphEdge {
  /** Stable: the subscription's ARN, or both nodes' ids with `→` between them. */
  readonly id: string;
  readonly kind: 'subscription' | 'redrive' | 'mapping';
  readonly from: string;
  readonly to: string;
  readonly state: EdgeState;
  /** Why, where the state is not `delivering`: the clause or statement that decides. A sentence. */
  readonly reason: string | null;
  /** The command that fixes it. */
  readonly fix: string | null;
  /** Of a subscription; null for one without a filter, and for other edges. */
  readonly filter: {
    /** JSON text. */
    readonly policy: string;
    readonly scope: 'MessageAttributes' | 'MessageBody';
  } | null;
  readonly rawDelivery: boolean;
  /** Receives before a message becomes a dead letter; of a `redrive` edge only. */
  readonly maxReceiveCount: number | null;
}
