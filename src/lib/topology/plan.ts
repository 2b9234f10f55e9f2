import type { Attributes } from '../aws/topics.ts';
import {
  type SubscriberSpec,
  type SubscriptionSpec,
  type TopicSpec,
  type Topology,
  topologyTags,
} from '../definition/topology.ts';
import type { Change, Difference, Resource } from './change.ts';
import type { Observed } from './inspect.ts';
import { findSubscription, observedTopic, siblingArn } from './observed.ts';
import { policyDifferences } from './queue-policy.ts';
import {
  dlqSettings,
  messageSizeDifference,
  noRedriveDifference,
  queueSettings,
  redriveAllowDifference,
  redriveDifference,
  settingDifferences,
} from './queue-settings.ts';
import { subscriptionDifferences } from './subscription-settings.ts';
import { topicDifferences } from './topic-settings.ts';

/**
 * What setup has to do, one change for each resource, in the order in which it is shown.
 *
 * Ours, and so brought back also to a default: a topic's DisplayName and, of a FIFO topic, its
 * ContentBasedDeduplication; of queues and dead-letter queues
 * VisibilityTimeout, ReceiveMessageWaitTimeSeconds, MessageRetentionPeriod, DelaySeconds, RedrivePolicy, and a
 * MaximumMessageSize too small for SNS; a dead-letter queue's RedriveAllowPolicy where it shuts our queue out; our
 * own statements of the queue policy; a subscription's RawMessageDelivery, FilterPolicy, FilterPolicyScope and
 * RedrivePolicy; our two tags. Left as they are: encryption, the topics' own policies, other statements, tags,
 * attributes and subscriptions, and all of somebody else's topic.
 *
 * @throws AppError when a queue holds a policy that can't be read, so that nothing can be merged into it.
 */
export function plan(topology: Topology, observed: Observed): Change[] {
  const { subscribers } = topology;
  const topics = topology.topics.filter(({ arn }) => arn === undefined);
  return [
    ...topics.map((spec) => topicChange(topology, observed, spec)),
    ...dlqChanges(topology, observed),
    ...subscribers.map((spec) => queueChange(topology, observed, spec)),
    ...subscribers.map((spec) => policyChange(observed, spec)),
    ...subscribers.flatMap((spec) =>
      spec.subscriptions.map((each) => subscriptionChange(topology, observed, spec, each)),
    ),
  ];
}

/** Changes that a plan really makes. */
export function pending(changes: readonly Change[]): Change[] {
  return changes.filter(({ action }) => action !== 'unchanged');
}

/** Resources that exist without our tags: setup takes them over, and cleanup will then delete them. */
export function adopted(changes: readonly Change[]): Change[] {
  return changes.filter(({ differences }) =>
    differences.some(({ setting, from }) => setting === 'tags' && from === undefined),
  );
}

/** The subscription of a queue to a topic as plans and results name it. */
export function subscriptionResource(topology: Topology, queue: string, topic: string): Resource {
  const several = topology.topics.length > 1;
  return { type: 'subscription', name: queue, topic: several ? topic : undefined };
}

function topicChange(topology: Topology, observed: Observed, spec: TopicSpec): Change {
  const { exists, attributes, tags } = observedTopic(observed, spec.key);
  const resource = { type: 'topic', name: spec.name } as const;
  if (!exists) return create(resource);
  return update(resource, [
    ...topicDifferences(spec, attributes),
    ...tagDifference(topology, tags),
  ]);
}

/** One change for each dead-letter queue; several subscribers may share one. */
function dlqChanges(topology: Topology, observed: Observed): Change[] {
  const names = new Set(topology.subscribers.flatMap(({ dlq }) => dlq ?? []));
  return [...names].map((name) => {
    const resource = { type: 'dlq', name } as const;
    const found = observed.queues.get(name);
    if (!found) return create(resource);
    const sources = topology.subscribers.filter(({ dlq }) => dlq === name);
    const [first] = sources;
    const arns = sources.map(({ queue }) => siblingArn(found, queue));
    return update(resource, [
      ...(first ? settingDifferences(dlqSettings(first), found.attributes) : []),
      ...messageSizeDifference(found.attributes),
      ...noRedriveDifference(found.attributes),
      ...redriveAllowDifference(found.attributes, arns),
      ...tagDifference(topology, found.tags),
    ]);
  });
}

function queueChange(topology: Topology, observed: Observed, spec: SubscriberSpec): Change {
  const resource = { type: 'queue', name: spec.queue } as const;
  const found = observed.queues.get(spec.queue);
  if (!found) return create(resource);
  return update(resource, [
    ...settingDifferences(queueSettings(spec), found.attributes),
    ...messageSizeDifference(found.attributes),
    ...(spec.dlq === undefined
      ? noRedriveDifference(found.attributes)
      : redriveDifference(found.attributes, siblingArn(found, spec.dlq), spec.maxReceiveCount)),
    ...tagDifference(topology, found.tags),
  ]);
}

function policyChange(observed: Observed, spec: SubscriberSpec): Change {
  const resource = { type: 'policy', name: spec.queue } as const;
  const topics = spec.subscriptions.map(({ topic }) => observedTopic(observed, topic).arn);
  const found = observed.queues.get(spec.queue);
  const text = found?.attributes.Policy;
  const topicArns = topics.filter((arn) => arn !== undefined);
  // Without an account to tell a topic's ARN there is no topic, so no statement can name it.
  if (!found || !text || topicArns.length < topics.length) return create(resource);
  const parties = { queue: spec.queue, queueArn: found.arn, topicArns };
  return update(resource, policyDifferences(text, parties));
}

function subscriptionChange(
  topology: Topology,
  observed: Observed,
  { queue }: SubscriberSpec,
  spec: SubscriptionSpec,
): Change {
  const resource = subscriptionResource(topology, queue, spec.topic);
  const found = findSubscription(observed, queue, spec.topic);
  if (!found) return create(resource);
  return update(resource, subscriptionDifferences(spec, found.attributes));
}

function tagDifference(topology: Topology, found: Attributes): Difference[] {
  const wanted = Object.entries(topologyTags(topology));
  if (wanted.every(([key, value]) => found[key] === value)) return [];
  const had = wanted.filter(([key]) => found[key] !== undefined);
  return [
    {
      setting: 'tags',
      from: had.length > 0 ? had.map(([key]) => `${key}=${found[key]}`).join(' ') : undefined,
      to: wanted.map(([key, value]) => `${key}=${value}`).join(' '),
    },
  ];
}

function create(resource: Resource): Change {
  return { ...resource, action: 'create', differences: [] };
}

function update(resource: Resource, differences: readonly Difference[]): Change {
  return { ...resource, action: differences.length > 0 ? 'update' : 'unchanged', differences };
}
