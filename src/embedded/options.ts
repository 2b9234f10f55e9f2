// For programs that are compiled for less than that: `await using` needs it.
/// <reference lib="esnext.disposable" preserve="true" />
import type { Topology } from '../lib/definition/topology.ts';
import type { PublishedMessage, QueuedMessage } from '../lib/engine/control/message-types.ts';
import type { Faults } from '../lib/rules/faults.ts';
import type { MessageEvent } from '../lib/rules/message-trace.ts';

/** How to start an engine for tests. */
export interface EngineOptions {
  /** TCP port; a free one unless given. */
  readonly port?: number;
  /** The folder for its state, which then survives it; in memory only unless given. One engine at a time uses it. */
  readonly stateDir?: string;
  /** `frozen` stands still but for `advance`; `running` unless given. */
  readonly clock?: 'running' | 'frozen';
  /** The time that the clock begins at, and again after each `reset`; now unless given. */
  readonly now?: Date | string | number;
  /** Whether AWS's waiting periods hold: 60 s after deleting a queue, and between two purges. Off unless given. */
  readonly waits?: boolean;
  /** `warn` delivers what a queue's policy refuses, and says so with a warning; `enforce` unless given. */
  readonly policies?: 'enforce' | 'warn';
  /**
   * What to set up at the start, and again after each `reset`: a topology, the path of a `pubsub.yaml` or of a script,
   * or the name of a topology that comes with the tool.
   */
  readonly init?: Topology | string;
  /** As `--faults` of `pubsub local start`; none unless given. */
  readonly faults?: string | Partial<Faults>;
  /** Makes the faults repeat; 0 unless given. */
  readonly seed?: number;
  /** Hosts, with or without a port, that HTTP subscriptions may lead to besides this machine. */
  readonly allowHttp?: readonly string[];
  /** Whose access keys are, as `--identity` of `pubsub local start`; each is an account's root unless given. */
  readonly identities?: readonly string[];
  /** Names that clients may address it by, besides those of this machine. */
  readonly allowHosts?: readonly string[];
  /** The address to listen on; 127.0.0.1 unless given. One that others reach needs `token` or `allowAnyone`. */
  readonly host?: string;
  /** With `host`: what every request has to show. `env` and `setUp` do. */
  readonly token?: string;
  /** With `host`: whoever reaches it is answered, without a token. */
  readonly allowAnyone?: boolean;
  /** The region that `env`, `init` and `setUp` use; `us-east-1` unless given. */
  readonly region?: string;
}

/** A length of time: `500ms`, `30s`, `1h30m`, `2d`, or a number of milliseconds. */
export type AdvanceBy = string | number;

/** What to wait for in a queue. */
export interface WaitOptions {
  /** So many messages at least, 1 unless given; 0 for a queue without any. */
  readonly count?: number;
  /** Which messages count: a function, or a filter policy on what they carry, as SNS has them. */
  readonly where?: ((message: QueuedMessage) => boolean) | Readonly<Record<string, unknown>>;
  /** Real time; `10s` unless given. */
  readonly timeout?: AdvanceBy;
}

/** What `setUp` made, by the names that the topology gives. */
export interface SetUpResult {
  /** How many changes were made; 0 when all was there. */
  readonly changes: number;
  /** ARNs. */
  readonly topics: Readonly<Record<string, string>>;
  readonly subscribers: Readonly<
    Record<
      string,
      {
        readonly queueUrl: string;
        readonly queueArn: string;
        /** Undefined for a subscriber without a dead-letter queue. */
        readonly dlqUrl: string | undefined;
      }
    >
  >;
}

/** An engine that runs in this process. */
export interface TestEngine {
  /** `http://127.0.0.1:<port>` */
  readonly endpoint: string;
  readonly port: number;
  /** What a program has to find in its environment to use the engine instead of AWS. */
  readonly env: Readonly<Record<string, string>>;
  /**
   * Makes a topology's topics, queues, policies and subscriptions, as `pubsub setup` does.
   * @param topology one of `defineTopology`, the path of a `pubsub.yaml`, or the name of one that comes with the tool
   */
  setUp(topology: Topology | string): Promise<SetUpResult>;
  /** Begins anew: forgets all topics, queues, messages and keys, ends receives that wait; clock, faults and `init` as at the start. */
  reset(): Promise<void>;
  /** Lets time go by at once: what is due on the way happens, in order. @returns the time then. */
  advance(by: AdvanceBy): Promise<Date>;
  /** The engine's time. */
  now(): Date;
  /** Stops the clock, or lets it go on. */
  freeze(frozen?: boolean): void;
  /** What was published to a topic, the oldest first. @param topic name or ARN. @throws AppError `TopicNotFound` */
  published(topic: string): PublishedMessage[];
  /**
   * What lies in a queue, delayed and in-flight messages included, the oldest first. Nothing is received.
   * @param queue name, ARN or URL. @throws AppError `QueueNotFound`
   */
  messages(queue: string): QueuedMessage[];
  /** What happened to a message, the oldest first, from the topic through every queue. @param messageId in either. */
  trace(messageId: string): MessageEvent[];
  /**
   * Waits until enough messages lie in a queue, which need not be there yet. Nothing is received.
   * @throws AppError `WaitTimedOut`, saying what is there; `EngineStopped`
   */
  waitFor(queue: string, options?: WaitOptions): Promise<QueuedMessage[]>;
  /** Exchanges the faults; none without an argument. @param faults as `--faults`: `throttle=5%,duplicate=1%` */
  faults(faults?: string | Partial<Faults>, options?: { readonly seed?: number }): void;
  /** Ends it, and every `waitFor` under way (`EngineStopped`). What it acknowledged is kept where it has a `stateDir`. */
  stop(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}
