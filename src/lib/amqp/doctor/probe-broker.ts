import type { Broker } from '../../config/target.ts';
import type { SubscriberSpec, TopicSpec, Topology } from '../../definition/topology.ts';
import type { CandidateMessage } from '../../diagnose/doctor/candidate-message.ts';
import type { SkippedCheck } from '../../diagnose/doctor/diagnose.ts';
import type { ProbeResult } from '../../diagnose/doctor/probe-result.ts';
import type { BrokerProbe } from '../../transport/transport.ts';
import type { Management } from '../management.ts';
import { type FoundExchange, type Observed, observe } from '../observed.ts';
import { routingOf } from '../routing.ts';
import { Session } from '../session.ts';
import { canariesFor } from './canaries.ts';
import { type Branch, ExchangeCopy } from './exchange-copy.ts';
import { judgeBranch } from './probe-checks.ts';
import { sweepCopies } from './sweep-copies.ts';

/** What to probe. */
export interface BrokerProbeRequest {
  /** With the subscribers to look at. */
  readonly topology: Topology;
  /** The message to send; each event type of the topology unless given. */
  readonly missing: CandidateMessage | undefined;
  /** Aborted to end it. */
  readonly stop: AbortSignal;
}

/**
 * Sends canaries through a copy of each exchange, to which a queue of the probe's own is bound as the subscriber's is,
 * and compares what comes with what the file says. No service sees them. The copies belong to a connection of their own:
 * the broker removes them when that ends, however it ends.
 * @throws AppError when something is refused, or the broker confirms nothing.
 */
export async function probeBroker(
  broker: Broker,
  management: Management,
  { topology, missing, stop }: BrokerProbeRequest,
): Promise<BrokerProbe> {
  const observed = await observe(management, topology);
  const session = new Session(broker);
  const found: Found = { checks: [], skipped: [], results: [] };
  const probing = (async () => {
    await sweepCopies(session, management, topology);
    for (const topic of topology.topics) {
      stop.throwIfAborted();
      await probeTopic(session, { topology, topic, observed, missing, stop }, found);
    }
  })();
  const stopped = new Promise<void>((resolve) => {
    stop.addEventListener('abort', () => resolve(), { once: true });
    if (stop.aborted) resolve();
  });
  try {
    await Promise.race([probing, stopped]);
  } finally {
    // What was interrupted fails now, and nobody waits for it.
    probing.catch(() => {});
    await session.close();
  }
  return { ...found, interrupted: stop.aborted };
}

interface Found {
  readonly checks: BrokerProbe['checks'][number][];
  readonly skipped: SkippedCheck[];
  readonly results: ProbeResult[];
}

async function probeTopic(
  session: Session,
  request: BrokerProbeRequest & { readonly topic: TopicSpec; readonly observed: Observed },
  { checks, skipped, results }: Found,
): Promise<void> {
  const { topology, topic, observed, missing, stop } = request;
  const exchange = observed.exchanges.get(topic.name);
  const several = topology.topics.length > 1;
  const branches: Branch[] = [];
  for (const spec of topology.subscribers) {
    const branch = branchOf(spec, topic, exchange, observed);
    if (branch === undefined) continue;
    if (typeof branch === 'string') {
      skipped.push({ id: 'probe', subject: spec.name, because: branch });
    } else branches.push(branch);
  }
  if (exchange === undefined || branches.length === 0) return;
  const canaries = canariesFor(topology, topic, branches, missing);
  const copy = new ExchangeCopy(session, topology, exchange, stop);
  const arrivals = await copy.send(branches, canaries);
  for (const branch of branches) {
    const judged = judgeBranch(branch, canaries, arrivals);
    results.push(...judged.results);
    const { verdict, evidence } = judged;
    checks.push({
      id: 'probe',
      subject: branch.subscriber,
      verdict,
      evidence: several ? `${topic.key}: ${evidence}` : evidence,
    });
  }
}

/** A subscriber's way from a topic; why it can't be probed; or undefined where the file has none. */
function branchOf(
  { name, queue, subscriptions }: SubscriberSpec,
  topic: TopicSpec,
  exchange: FoundExchange | undefined,
  { bindings }: Observed,
): Branch | string | undefined {
  const subscription = subscriptions.find((each) => each.topic === topic.key);
  if (subscription === undefined) return undefined;
  if (exchange === undefined) return `there is no exchange "${topic.name}"`;
  const found = (bindings.get(queue) ?? []).filter(({ source }) => source === topic.name);
  if (found.length === 0) return `queue "${queue}" is not bound to "${topic.name}"`;
  return { subscriber: name, bindings: found, wanted: routingOf(subscription).keys ?? [] };
}
