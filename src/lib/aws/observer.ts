import type { Aws } from './clients.ts';
import { observed } from './engine-paths.ts';

export { type HistoryMessage, readHistory, type TopicHistory } from './topic-history.ts';

/** What only the embedded engine tells of a queue: SQS has no call for it. */
export interface QueueInsight {
  /** Messages that can be received. */
  readonly visible: number;
  /** Messages received and neither deleted nor visible again. */
  readonly inFlight: number;
  /** Messages that can't be received yet. */
  readonly delayed: number;
  /** Seconds since the oldest message was sent, received ones included; 0 for an empty queue. */
  readonly oldestAgeSeconds: number;
  /** Messages that ever came in; begins anew with the engine's process. */
  readonly arrived: number;
  /** Messages that came in and are gone again. */
  readonly left: number;
}

/**
 * Asks the endpoint for the insight of an embedded engine (`GET /_pubsub/queues`). Asks nobody on `aws`.
 * @returns by queue ARN; undefined where something else than an engine answers, or nobody.
 */
export async function readQueueInsights(
  aws: Aws,
): Promise<ReadonlyMap<string, QueueInsight> | undefined> {
  const found = await observed(aws, '/_pubsub/queues');
  if (!isFigures(found)) return undefined;
  return new Map(
    found.queues.map(({ queueArn, oldestSentAt, ...figures }) => [
      queueArn,
      {
        ...figures,
        oldestAgeSeconds:
          oldestSentAt === null ? 0 : Math.max(0, Math.floor((found.time - oldestSentAt) / 1000)),
      },
    ]),
  );
}

/**
 * Asks the endpoint which names of queues can't be taken yet, since their queues were deleted a moment ago
 * (`GET /_pubsub/queues` of an embedded engine). Asks nobody on `aws`.
 * @param account whose queues are meant.
 * @returns seconds to wait, by name; nothing where something else than an engine answers.
 */
export async function readWaitingNames(
  aws: Aws,
  account: string | undefined,
): Promise<ReadonlyMap<string, number>> {
  const found = await observed(aws, '/_pubsub/queues');
  const waiting = (isFigures(found) ? found.waitingNames : undefined) ?? [];
  return new Map(
    waiting.flatMap((each) =>
      each.account === account && each.region === aws.region
        ? [[each.name, Math.ceil(each.waitMs / 1000)] as const]
        : [],
    ),
  );
}

/** A client that received from a queue in the last minute. */
export interface QueueReceiver {
  /** `pubsub-subscriber/email` for ours, else the client's app id, else its SDK such as `aws-sdk-js/3.1090.0`. */
  readonly client: string;
  /** The process; known of our own only. */
  readonly pid: number | null;
  /** `ReceiveMessage` calls, empty ones included. */
  readonly receives: number;
  readonly messages: number;
  /** Seconds since the last of them. */
  readonly secondsAgo: number;
  /** The client's port, while the connection of its last call is open; else null. */
  readonly port: number | null;
}

/**
 * Asks the endpoint who receives from its queues (`GET /_pubsub/receivers` of an embedded engine). Asks nobody on `aws`.
 * @returns by queue ARN, queues without receivers left out; undefined where something else than an engine answers.
 */
export async function readReceivers(
  aws: Aws,
): Promise<ReadonlyMap<string, readonly QueueReceiver[]> | undefined> {
  const found = await observed(aws, '/_pubsub/receivers');
  if (!isReceivers(found)) return undefined;
  return new Map(
    found.queues.map(({ queueArn, receivers }) => [
      queueArn,
      receivers.map(({ lastAt, client, pid, receives, messages, port }) => {
        const secondsAgo = Math.max(0, Math.floor((found.time - lastAt) / 1000));
        return { client, pid, receives, messages, secondsAgo, port: port ?? null };
      }),
    ]),
  );
}

interface ReceiversFound {
  readonly time: number;
  readonly seconds: number;
  readonly queues: readonly {
    readonly queueArn: string;
    readonly receivers: readonly (Omit<QueueReceiver, 'secondsAgo'> & {
      readonly lastAt: number;
    })[];
  }[];
}

function isReceivers(found: unknown): found is ReceiversFound {
  const { time, seconds, queues } = (found ?? {}) as Partial<ReceiversFound>;
  return typeof time === 'number' && typeof seconds === 'number' && Array.isArray(queues);
}

interface Figures {
  readonly time: number;
  readonly queues: readonly (Omit<QueueInsight, 'oldestAgeSeconds'> & {
    readonly queueArn: string;
    readonly oldestSentAt: number | null;
  })[];
  /** Not of engines before this one. */
  readonly waitingNames?: readonly {
    readonly account: string;
    readonly region: string;
    readonly name: string;
    readonly waitMs: number;
  }[];
}

function isFigures(found: unknown): found is Figures {
  const { time, queues } = (found ?? {}) as Partial<Figures>;
  return typeof time === 'number' && Array.isArray(queues);
}
