// For programs that are compiled for less than that: `await using` needs it.
/// <reference lib="esnext.disposable" preserve="true" />
import type { Topology } from '../lib/definition/topology.ts';
import type { PublishedMessage, QueuedMessage } from '../lib/engine/control/message-types.ts';
import type { Faults } from '../lib/rules/faults.ts';
import type { MessageEvent } from '../lib/rules/message-trace.ts';

/** Options of `startEngine`. */
export interface EngineOptions {
  /** TCP port; a free one unless given. */
  readonly port?: number;
  /**
   * The folder for its state, which is kept after it ends; state is in memory only unless given. One engine uses it at
   * a time.
   */
  readonly stateDir?: string;
  /** With `frozen` time passes only by `advance`; `running` unless given. */
  readonly clock?: 'running' | 'frozen';
  /** The clock's time at the start, and after each `reset`; the current time unless given. */
  readonly now?: Date | string | number;
  /** Whether AWS's waiting periods hold: 60 s after deleting a queue, and between two purges. Off unless given. */
  readonly waits?: boolean;
  /** With `warn`, what a queue's policy or a stack's role refuses passes with a warning; `enforce` unless given. */
  readonly policies?: 'enforce' | 'warn';
  /**
   * What to set up at the start, and again after each `reset`: a topology, the path of a `pubsub.yaml` or of a script,
   * or the name of a topology that comes with the tool.
   */
  readonly init?: Topology | string;
  /** Faults as in `--faults` of `pubsub local start`; none unless given. */
  readonly faults?: string | Partial<Faults>;
  /** Seed of the faults: the same seed gives the same faults. 0 unless given. */
  readonly seed?: number;
  /** Hosts, with or without a port, that HTTP subscriptions may call besides this machine. */
  readonly allowHttp?: readonly string[];
  /**
   * Which user or role an access key belongs to, as in `--identity` of `pubsub local start`; an account's root unless
   * given.
   */
  readonly identities?: readonly string[];
  /** Host names that clients may use for it, besides those of this machine. */
  readonly allowHosts?: readonly string[];
  /**
   * The address to listen on; 127.0.0.1 unless given. An address that other machines reach needs `token` or
   * `allowAnyone`.
   */
  readonly host?: string;
  /** With `host`: the token that every request must have. `env` and `setUp` use it. */
  readonly token?: string;
  /** With `host`: whether requests without a token are answered. */
  readonly allowAnyone?: boolean;
  /** The region that `env`, `init` and `setUp` use; `us-east-1` unless given. */
  readonly region?: string;
}

/** A length of time: `500ms`, `30s`, `1h30m`, `2d`, or a number of milliseconds. */
export type AdvanceBy = string | number;

/** What to wait for in a queue. */
export interface WaitOptions {
  /** How many messages at least; 1 unless given. 0 waits for an empty queue. */
  readonly count?: number;
  /** Which messages are counted: a function, or a filter policy of SNS on the JSON body. */
  readonly where?: ((message: QueuedMessage) => boolean) | Readonly<Record<string, unknown>>;
  /** How long to wait at most, in real time; `10s` unless given. */
  readonly timeout?: AdvanceBy;
}

/** The result of `setUp`, by the names in the topology. */
export interface SetUpResult {
  /** How many changes were made; 0 if everything existed already. */
  readonly changes: number;
  /** ARNs of the topics. */
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
  /** Environment variables with which a program uses the engine instead of AWS. */
  readonly env: Readonly<Record<string, string>>;
  /**
   * Creates the topics, queues, policies and subscriptions of a topology, as `pubsub setup` does.
   * @param topology from `defineTopology`; or the path of a `pubsub.yaml`; or the name of a topology of the package
   */
  setUp(topology: Topology | string): Promise<SetUpResult>;
  /**
   * Deletes all topics, queues, messages and keys, and ends receives that wait. Clock and faults are as at the start,
   * and `init` is set up again.
   */
  reset(): Promise<void>;
  /**
   * Moves the clock forward. Everything that is due until then happens, in order; deliveries and invocations under way end
   * first, within 2 s. @returns the new time.
   */
  advance(by: AdvanceBy): Promise<Date>;
  /** The engine's time. */
  now(): Date;
  /** Stops the clock, or lets it go on. */
  freeze(frozen?: boolean): void;
  /**
   * The messages that were published to a topic, oldest first.
   * @param topic name or ARN.
   * @throws AppError `TopicNotFound`
   */
  published(topic: string): PublishedMessage[];
  /**
   * The messages in a queue, oldest first, with those that are delayed or in flight. It does not receive them.
   * @param queue name, ARN or URL. @throws AppError `QueueNotFound`
   */
  messages(queue: string): QueuedMessage[];
  /**
   * What happened to a message in the topic and its queues, oldest first.
   * @param messageId its id in the topic or a queue.
   */
  trace(messageId: string): MessageEvent[];
  /**
   * Waits until there are enough messages in a queue, which need not exist yet. It does not receive them.
   * @throws AppError `WaitTimedOut`, saying what is there; `EngineStopped`
   */
  waitFor(queue: string, options?: WaitOptions): Promise<QueuedMessage[]>;
  /**
   * Replaces the faults; without an argument there are none.
   * @param faults as in `--faults`: `throttle=5%,duplicate=1%`
   */
  faults(faults?: string | Partial<Faults>, options?: { readonly seed?: number }): void;
  /** Stops the engine; every `waitFor` ends with `EngineStopped`. With a `stateDir` its state is kept. */
  stop(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}
