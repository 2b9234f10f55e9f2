import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Canary, type CaughtCanary, catchCanaries, publishCanary } from '../../aws/canary.ts';
import type { Aws } from '../../aws/clients.ts';
import { deleteQueue } from '../../aws/queues.ts';
import { unsubscribe } from '../../aws/subscriptions.ts';
import { SNS_NOT_FOUND } from '../../aws/topics.ts';
import { AppError } from '../../model/errors.ts';
import { isFifo } from '../../model/fifo.ts';
import {
  type FilterPolicyScope,
  matchFilterPolicy,
  parseFilterPolicy,
} from '../../model/filter-policy/index.ts';
import type { Topology } from '../../model/topology.ts';
import { allSettled } from '../../topology/limit.ts';
import { createTemporaryQueue, type TemporaryQueue } from '../../topology/temporary-queue.ts';
import {
  createTemporaryTopic,
  removeTemporaryTopic,
  type TemporaryTopic,
} from '../../topology/temporary-topic.ts';
import { type CandidateMessage, usualMessages } from './candidate-message.ts';
import { known } from './fact.ts';
import type { DoctorFacts, SubscriberFacts } from './facts.ts';

/** Seconds after which anybody may remove what a probe that was killed left behind. */
const LIFETIME = 300;
/** Seconds until a canary counts as lost. A new subscription may take AWS a moment. */
const PATIENCE = 20;
/** Milliseconds after which a canary that didn't come is followed by another one. */
const AGAIN = 5_000;
/** Seconds that a receive waits. */
const POLL = 5;

/** What became of a subscriber's canary. Times are milliseconds. */
export interface ProbeResult {
  readonly subscriber: string;
  /** `filtered`: the subscriber's filter policy keeps it out, and it did. */
  readonly outcome: 'delivered' | 'filtered' | 'lost';
  /** What was sent, such as `order.created`. */
  readonly event: string;
  /** Whether the filter policy lets it through. */
  readonly expected: boolean;
  /** Until SNS had taken it. */
  readonly publishMs: number | null;
  /** From SNS to the queue, by their own clocks; null with raw delivery, which doesn't tell. */
  readonly toQueueMs: number | null;
  /** From the publish until it was received. */
  readonly totalMs: number | null;
}

/** What a probe did. */
export interface Probe {
  readonly results: readonly ProbeResult[];
  readonly interrupted: boolean;
}

/** What to probe. */
export interface ProbeRequest {
  readonly aws: Aws;
  readonly topology: Topology;
  readonly facts: DoctorFacts;
  /** The message to send; one that the subscriber's filter lets through unless given. */
  readonly missing: CandidateMessage | undefined;
  /** Aborted to end the waiting; what was created is removed nevertheless. */
  readonly stop: AbortSignal;
}

interface Branch {
  readonly subscriber: SubscriberFacts;
  readonly message: CandidateMessage;
  readonly passes: boolean;
  readonly queue: TemporaryQueue;
}

/**
 * Sends canaries through a copy of the topic, which has a temporary queue for each subscriber, subscribed as the
 * subscriber's own queue is: same filter policy, scope and raw delivery. No service sees them. Everything is removed at
 * the end, also after an interrupt; what a killed probe leaves is swept later.
 *
 * @throws AppError when a call is refused, such as a publish that the topic's policy forbids.
 */
export async function probe(request: ProbeRequest): Promise<Probe> {
  const { aws, topology, facts } = request;
  const attributes = known(facts.topic.attributes);
  const subscribers = facts.subscribers.filter(({ subscription }) => known(subscription));
  if (attributes === undefined || subscribers.length === 0) {
    return { results: [], interrupted: false };
  }
  const topicArn = facts.topic.arn;
  const place = { aws, topology, purpose: 'probe' as const, lifetime: LIFETIME };
  const topic = await createTemporaryTopic({ ...place, topicArn, attributes });
  const queues: TemporaryQueue[] = [];
  const usual = usualMessages();
  try {
    const branches = await allSettled(
      subscribers.map(async (subscriber): Promise<Branch> => {
        const settings = settingsOf(subscriber);
        const queue = await createTemporaryQueue({ ...place, topicArn: topic.arn, ...settings });
        queues.push(queue);
        return { subscriber, queue, ...choose(settings, request.missing, usual) };
      }),
    );
    return await send(aws, topic, branches, request.stop);
  } finally {
    await remove(aws, topic, queues);
  }
}

interface Settings {
  readonly filterPolicy: string | undefined;
  readonly scope: FilterPolicyScope;
  readonly raw: boolean;
}

function settingsOf({ subscription }: SubscriberFacts): Settings {
  const { FilterPolicy, FilterPolicyScope, RawMessageDelivery } =
    known(subscription)?.attributes ?? {};
  return {
    filterPolicy: FilterPolicy || undefined,
    scope: FilterPolicyScope === 'MessageBody' ? 'MessageBody' : 'MessageAttributes',
    raw: RawMessageDelivery?.toLowerCase() === 'true',
  };
}

/** What to send a subscriber: the message that is missing, or the first usual one that its filter lets through. */
function choose(
  { filterPolicy, scope }: Settings,
  missing: CandidateMessage | undefined,
  usual: readonly CandidateMessage[],
): Pick<Branch, 'message' | 'passes'> {
  const policy = filterPolicy === undefined ? undefined : parseFilterPolicy(filterPolicy, scope);
  const passes = (message: CandidateMessage): boolean =>
    policy === undefined || matchFilterPolicy(policy, message).matched;
  const [first] = usual;
  const message = missing ?? usual.find(passes) ?? first;
  if (message === undefined) throw new Error('there is no usual message');
  return { message, passes: passes(message) };
}

/** A canary on its way: when it was sent, and how long that took, in milliseconds. */
interface Flight {
  readonly messageId: string;
  readonly body: string;
  readonly at: number;
  readonly publishMs: number;
}

async function send(
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
        const fifo = isFifo(topic.arn)
          ? { fifo: { groupId: 'probe', deduplicationId: randomUUID() } }
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

/** Subscriptions first, then the topic, then the queues: by its queues a sweep finds what is left of a removal. */
async function remove(
  aws: Aws,
  topic: TemporaryTopic,
  queues: readonly TemporaryQueue[],
): Promise<void> {
  const steps = [
    () => allSettled(queues.map(({ subscriptionArn }) => unsubscribe(aws, subscriptionArn))),
    () => removeTemporaryTopic(aws, topic),
    () => allSettled(queues.map(({ url }) => deleteQueue(aws, url))),
  ];
  let failure: unknown;
  for (const step of steps) {
    try {
      await step();
    } catch (error) {
      failure ??= error;
    }
  }
  if (failure !== undefined) throw failure;
}
