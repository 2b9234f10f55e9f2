import type { Aws } from '../../aws/clients.ts';
import { deleteQueue } from '../../aws/queues.ts';
import { unsubscribe } from '../../aws/subscriptions.ts';
import type { Topology } from '../../definition/topology.ts';
import { allSettled } from '../../topology/limit.ts';
import { createTemporaryQueue, type TemporaryQueue } from '../../topology/temporary-queue.ts';
import {
  createTemporaryTopic,
  removeTemporaryTopic,
  type TemporaryTopic,
} from '../../topology/temporary-topic.ts';
import { type CandidateMessage, usualMessages } from './candidate-message.ts';
import { known } from './fact.ts';
import type { DoctorFacts, TopicFacts } from './facts.ts';
import { type Branch, choose, settingsOf } from './probe-branch.ts';
import { send } from './probe-canaries.ts';
import type { Probe, ProbeResult } from './probe-result.ts';

/** Seconds after which anybody may remove what a probe that was killed left behind. */
const LIFETIME = 300;

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

/**
 * Sends canaries through a copy of each topic, which has a temporary queue for each subscriber, subscribed as the
 * subscriber's own queue is: same filter policy, scope and raw delivery. No service sees them. Everything is removed at
 * the end, also after an interrupt; what a killed probe leaves is swept later.
 *
 * @throws AppError when a call is refused, such as a publish that the topic's policy forbids.
 */
export async function probe(request: ProbeRequest): Promise<Probe> {
  const results: ProbeResult[] = [];
  for (const topic of request.facts.topics) {
    const found = await probeTopic(request, topic);
    results.push(...found.results);
    if (found.interrupted) return { results, interrupted: true };
  }
  return { results, interrupted: false };
}

async function probeTopic(request: ProbeRequest, source: TopicFacts): Promise<Probe> {
  const { aws, topology, facts } = request;
  const attributes = known(source.attributes);
  const subscribers = facts.subscribers
    .flatMap(({ branches }) => branches)
    .filter(({ topic, subscription }) => topic.key === source.key && known(subscription));
  if (attributes === undefined || subscribers.length === 0) {
    return { results: [], interrupted: false };
  }
  const topicArn = source.arn;
  const place = { aws, topology, purpose: 'probe' as const, lifetime: LIFETIME };
  const topic = await createTemporaryTopic({ ...place, topicArn, attributes });
  const queues: TemporaryQueue[] = [];
  const usual = usualMessages(topology);
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
