import { get } from 'node:http';
import type { Aws } from './clients.ts';

/** What only the embedded engine tells of a queue: SQS has no call for it. */
export interface QueueInsight {
  /** Seconds since the oldest message was sent, received ones included; 0 for an empty queue. */
  readonly oldestAgeSeconds: number;
  /** Messages that ever came in; begins anew with the engine's process. */
  readonly arrived: number;
  /** Messages that came in and are gone again. */
  readonly left: number;
}

/** Milliseconds until an endpoint that does not answer counts as one that is no engine. */
const PATIENCE = 2_000;
/** Answers longer than this, in characters, come from something else. */
const LONGEST = 16 * 1024 * 1024;

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
    found.queues.map(({ queueArn, oldestSentAt, arrived, left }) => [
      queueArn,
      {
        oldestAgeSeconds:
          oldestSentAt === null ? 0 : Math.max(0, Math.floor((found.time - oldestSentAt) / 1000)),
        arrived,
        left,
      },
    ]),
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
      receivers.map(({ lastAt, client, pid, receives, messages }) => {
        const secondsAgo = Math.max(0, Math.floor((found.time - lastAt) / 1000));
        return { client, pid, receives, messages, secondsAgo };
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
  readonly queues: readonly {
    readonly queueArn: string;
    readonly oldestSentAt: number | null;
    readonly arrived: number;
    readonly left: number;
  }[];
}

function isFigures(found: unknown): found is Figures {
  const { time, queues } = (found ?? {}) as Partial<Figures>;
  return typeof time === 'number' && Array.isArray(queues);
}

/** The JSON at one of the engine's own paths; undefined where there is none. Never throws. */
function observed({ kind, endpoint }: Aws, path: string): Promise<unknown> {
  if (kind === 'aws' || !endpoint?.startsWith('http:')) return Promise.resolve(undefined);
  return new Promise((resolve) => {
    const request = get(new URL(path, endpoint), { agent: false, timeout: PATIENCE }, (answer) => {
      let body = '';
      answer.setEncoding('utf8');
      answer.on('data', (chunk: string) => {
        body += chunk;
        if (body.length > LONGEST) answer.destroy();
      });
      answer.on('close', () => resolve(answer.statusCode === 200 ? parsed(body) : undefined));
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(undefined));
  });
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
