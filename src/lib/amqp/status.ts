import type { SubscriberSpec, Topology } from '../definition/topology.ts';
import type { Status, SubscriberStatus } from '../diagnose/status/status.ts';
import { REPLY, replyCode } from './errors.ts';
import type { Observed } from './observed.ts';
import { bindingSteps } from './plan.ts';
import { queueUrl } from './report.ts';
import { routingOf } from './routing.ts';
import type { Session } from './session.ts';

/** What a queue counts at this moment. */
interface Counts {
  /** Messages that can be handed out. */
  readonly ready: number;
  readonly consumers: number;
}

/**
 * How a topology is doing on a broker: what waits and who consumes as of now, what is handed out as the management plugin
 * counted it in the last seconds. A queue tells no age of its messages, and counts none that came and went.
 */
export async function readStatus(
  session: Session,
  topology: Topology,
  observed: Observed,
): Promise<Status> {
  const counts = await countAll(session, [...observed.queues.keys()]);
  const topics = topology.topics.map(({ key, name }) => ({
    key,
    name,
    arn: null,
    exists: observed.exchanges.has(name),
  }));
  return {
    topic: { arn: null, exists: topics[0]?.exists ?? false },
    topics,
    subscribers: topology.subscribers.map((spec) =>
      subscriberStatus(session, topology, spec, observed, counts),
    ),
  };
}

function subscriberStatus(
  { broker }: Session,
  topology: Topology,
  spec: SubscriberSpec,
  observed: Observed,
  counts: ReadonlyMap<string, Counts>,
): SubscriberStatus {
  const { name, queue, dlq } = spec;
  const found = observed.queues.get(queue);
  const dead = dlq === undefined ? undefined : observed.queues.get(dlq);
  const count = counts.get(queue);
  return {
    name,
    queueUrl: found ? queueUrl(broker, queue) : null,
    subscribed: found !== undefined && isBound(topology, spec, observed),
    depth: count?.ready ?? null,
    inFlight: found ? (found.messages_unacknowledged ?? 0) : null,
    delayed: found ? 0 : null,
    oldestAgeSeconds: null,
    dlqExists: dlq === undefined ? null : dead !== undefined,
    // What somebody holds is known of some seconds ago alone, and would be counted twice when it was given back.
    dlqDepth: dead === undefined ? null : (counts.get(dlq ?? '')?.ready ?? 0),
    arrived: null,
    left: null,
    consumers: count?.consumers ?? null,
    functions: null,
  };
}

/** Whether every subscription has all of its bindings. */
function isBound(topology: Topology, spec: SubscriberSpec, observed: Observed): boolean {
  return (
    spec.subscriptions.length > 0 &&
    spec.subscriptions.every((subscription) => {
      const { keys } = routingOf(subscription);
      const topic = topology.topics.find(({ key }) => key === subscription.topic);
      if (keys === undefined || topic === undefined) return false;
      const binding = { exchange: topic.name, topic: undefined, queue: spec.queue, keys };
      return bindingSteps(binding, observed).missing.length === 0;
    })
  );
}

/** Counts one queue after the other: a queue that is gone by now ends the channel that asked for it. */
async function countAll(
  session: Session,
  names: readonly string[],
): Promise<ReadonlyMap<string, Counts>> {
  const counts = new Map<string, Counts>();
  let channel = await session.channel();
  for (const name of names) {
    try {
      const { messageCount, consumerCount } = await channel.checkQueue(name);
      counts.set(name, { ready: messageCount, consumers: consumerCount });
    } catch (error) {
      if (replyCode(error) !== REPLY.notFound) throw error;
      channel = await session.channel();
    }
  }
  await channel.close();
  return counts;
}
