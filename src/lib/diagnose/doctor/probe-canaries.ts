import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Canary, type CaughtCanary, catchCanaries, publishCanary } from '../../aws/canary.ts';
import type { Aws } from '../../aws/clients.ts';
import { SNS_NOT_FOUND } from '../../aws/topics.ts';
import { AppError } from '../../rules/errors.ts';
import { isFifo } from '../../rules/fifo.ts';
import type { TemporaryTopic } from '../../topology/temporary-topic.ts';
import type { CandidateMessage } from './candidate-message.ts';
import type { Branch } from './probe-branch.ts';
import type { Probe, ProbeResult } from './probe-result.ts';

/** Seconds until a canary counts as lost. A new subscription may take AWS a moment. */
const PATIENCE = 20;
/** Milliseconds after which a canary that didn't come is followed by another one. */
const AGAIN = 5_000;
/** Seconds that a receive waits. */
const POLL = 5;

/** A canary on its way: when it was sent, and how long that took, in milliseconds. */
interface Flight {
  readonly messageId: string;
  readonly body: string;
  readonly at: number;
  readonly publishMs: number;
}

/**
 * Publishes the branches' messages and waits until those that are expected came, or the patience is over.
 * @param stop aborted to end the waiting. @throws AppError when a publish or receive is refused.
 */
export async function send(
  aws: Aws,
  topic: TemporaryTopic,
  branches: readonly Branch[],
  stop: AbortSignal,
): Promise<Probe> {
  const flights: Flight[] = [];
  const over = new AbortController();
  const signal = AbortSignal.any([stop, over.signal, AbortSignal.timeout(PATIENCE * 1000)]);
  const messages = [...new Map(branches.map(({ message }) => [message.body, message])).values()];
  const publishing = keepPublishing(aws, topic, messages, flights, signal);
  // Only what is expected is waited for: a canary that a filter keeps out would take all the patience there is.
  const waiting = branches.filter(({ passes }) => passes);
  const caught = new Map<Branch, ProbeResult>();
  const receiving = waiting.map(async (branch) => {
    const result = await receive(aws, branch, flights, signal);
    if (result) caught.set(branch, result);
  });
  try {
    await Promise.race([Promise.all([publishing.first, ...receiving]), publishing.failed]);
    await Promise.all(
      branches
        .filter((branch) => !branch.passes)
        .map(async (branch) => {
          const found = await caughtOne(aws, branch, 1, signal);
          if (found) caught.set(branch, resultOf(branch, found, undefined));
        }),
    );
  } finally {
    over.abort();
    await Promise.allSettled([...receiving, publishing.ended]);
  }
  const [first] = flights;
  return {
    interrupted: stop.aborted,
    results: branches.map(
      (branch) =>
        caught.get(branch) ?? {
          subscriber: branch.subscriber.spec.name,
          outcome: branch.passes ? 'lost' : 'filtered',
          event: branch.message.name,
          expected: branch.passes,
          publishMs: first?.publishMs ?? null,
          toQueueMs: null,
          totalMs: null,
        },
    ),
  };
}

/** Publishes the canaries, and again those that may have come before the subscription was ready everywhere. */
function keepPublishing(
  aws: Aws,
  topic: TemporaryTopic,
  messages: readonly CandidateMessage[],
  flights: Flight[],
  signal: AbortSignal,
): {
  /** The first round is out. */
  readonly first: Promise<void>;
  readonly ended: Promise<void>;
  readonly failed: Promise<never>;
} {
  let firstRound = (): void => {};
  const first = new Promise<void>((resolve) => {
    firstRound = resolve;
  });
  const ended = (async () => {
    while (!signal.aborted) {
      for (const { body, attributes } of messages) {
        const at = Date.now();
        // Groups of their own: one canary in flight doesn't hold up the next.
        const fifo = isFifo(topic.arn)
          ? { fifo: { groupId: randomUUID(), deduplicationId: randomUUID() } }
          : {};
        const messageId = await publishUnlessNew(aws, topic.arn, { body, attributes, ...fifo });
        if (messageId === undefined) continue;
        flights.push({ messageId, body, at, publishMs: Date.now() - at });
      }
      firstRound();
      await sleep(AGAIN, undefined, { signal }).catch(() => {});
    }
    firstRound();
  })();
  const failed = new Promise<never>((_resolve, reject) => {
    ended.catch(reject);
  });
  failed.catch(() => {});
  return { first, ended, failed };
}

/** A topic that was just created may not be known everywhere yet: then undefined, and the next round comes. */
async function publishUnlessNew(
  aws: Aws,
  topicArn: string,
  canary: Canary,
): Promise<string | undefined> {
  try {
    return await publishCanary(aws, topicArn, canary);
  } catch (error) {
    const unknown: readonly string[] = SNS_NOT_FOUND;
    if (error instanceof AppError && unknown.includes(error.code)) return undefined;
    throw error;
  }
}

async function receive(
  aws: Aws,
  branch: Branch,
  flights: readonly Flight[],
  signal: AbortSignal,
): Promise<ProbeResult | undefined> {
  while (!signal.aborted) {
    const found = await caughtOne(aws, branch, POLL, signal);
    if (found === undefined) continue;
    const now = Date.now();
    // The answer to the publish may come after the message itself.
    const flight = await flightOf(found, flights, signal);
    if (flight === undefined) return undefined;
    return resultOf(branch, found, { ...flight, totalMs: now - flight.at });
  }
  return undefined;
}

function resultOf(
  { subscriber, message, passes }: Branch,
  { publishedAt, sentAt }: CaughtCanary,
  flight: { readonly publishMs: number; readonly totalMs: number } | undefined,
): ProbeResult {
  const known = publishedAt !== undefined && sentAt !== undefined;
  return {
    subscriber: subscriber.spec.name,
    outcome: 'delivered',
    event: message.name,
    expected: passes,
    publishMs: flight?.publishMs ?? null,
    toQueueMs: known ? Math.max(0, sentAt - publishedAt) : null,
    totalMs: flight?.totalMs ?? null,
  };
}

async function caughtOne(
  aws: Aws,
  { queue, message }: Branch,
  waitSeconds: number,
  signal: AbortSignal,
): Promise<CaughtCanary | undefined> {
  try {
    const caught = await catchCanaries(aws, queue.url, waitSeconds, signal);
    return caught.find(({ body }) => body === message.body);
  } catch (error) {
    if (signal.aborted) return undefined;
    throw error;
  }
}

async function flightOf(
  { messageId, body }: CaughtCanary,
  flights: readonly Flight[],
  signal: AbortSignal,
): Promise<Flight | undefined> {
  while (!signal.aborted) {
    const flight = flights.findLast((each) =>
      messageId === undefined ? each.body === body : each.messageId === messageId,
    );
    if (flight !== undefined) return flight;
    await sleep(5, undefined, { signal }).catch(() => {});
  }
  return undefined;
}
