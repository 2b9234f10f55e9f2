import type { Attributes } from '../aws/topics.ts';
import type { RememberedSettings } from '../definition/resource-tags.ts';
import type {
  SubscriberSpec,
  SubscriptionSpec,
  TopicSpec,
  Topology,
} from '../definition/topology.ts';
import type { Change, Difference, Resource } from './change.ts';
import { describedChanges } from './described-changes.ts';
import { functionChanges } from './functions/plan.ts';
import { strayChanges } from './functions/strays.ts';
import type { Observed } from './inspect.ts';
import { keyDifference } from './key-setting.ts';
import { findSubscription, observedTopic, siblingArn } from './observed.ts';
import { isForeign } from './ownership.ts';
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
import { tagDifference } from './tag-settings.ts';
import { topicDifferences } from './topic-settings.ts';

/**
 * What setup has to do, one change for each resource, in the order in which it is shown.
 *
 * Ours, and so brought back also to a default: a topic's DisplayName and, of a FIFO topic, its
 * ContentBasedDeduplication; of queues and dead-letter queues
 * VisibilityTimeout, ReceiveMessageWaitTimeSeconds, MessageRetentionPeriod, DelaySeconds, RedrivePolicy, and a
 * MaximumMessageSize too small for SNS; a dead-letter queue's RedriveAllowPolicy where it shuts our queue out; our
 * own statements of the queue policy; a subscription's RawMessageDelivery, FilterPolicy, FilterPolicyScope and
 * RedrivePolicy; our tags; encryption and further tags where the topology says something of them, or did. Left as they
 * are: the topics' own policies, other statements, tags, attributes and subscriptions, and all of somebody else's topic.
 *
 * @throws AppError when a queue holds a policy that can't be read, so that nothing can be merged into it.
 */
export function plan(topology: Topology, observed: Observed): Change[] {
  const { subscribers } = topology;
  const topics = topology.topics.filter(({ arn }) => arn === undefined);
  const changes = [
    ...topics.map((spec) => topicChange(topology, observed, spec)),
    ...dlqChanges(topology, observed),
    ...subscribers.map((spec) => queueChange(topology, observed, spec)),
    ...subscribers.map((spec) => policyChange(topology, observed, spec)),
    ...subscribers.flatMap((spec) =>
      spec.subscriptions.map((each) => subscriptionChange(topology, observed, spec, each)),
    ),
    ...(observed.functions
      ? functionChanges(topology, observed.functions, (queue) => observed.queues.get(queue)?.arn)
      : []),
    ...strayChanges(observed.strays),
  ];
  return topology.managed ? changes : describedChanges(changes);
}

/** Changes that a plan really makes. */
export function pending(changes: readonly Change[]): Change[] {
  return changes.filter(({ action }) => action !== 'unchanged');
}

/** The subscription of a queue to a topic as plans and results name it. */
export function subscriptionResource(topology: Topology, queue: string, topic: string): Resource {
  const several = topology.topics.length > 1;
  return { type: 'subscription', name: queue, topic: several ? topic : undefined };
}

function topicChange(topology: Topology, observed: Observed, spec: TopicSpec): Change {
  const found = observedTopic(observed, spec.key);
  const resource = { type: 'topic', name: spec.name } as const;
  if (!found.exists) return create(resource);
  const differences = [
    ...topicDifferences(spec, found.attributes),
    ...keyDifference(spec.kmsKey, found),
  ];
  return update(topology, resource, differences, { tags: found.tags, settings: spec });
}

/** One change for each dead-letter queue; several subscribers may share one. */
function dlqChanges(topology: Topology, observed: Observed): Change[] {
  const names = new Set(topology.subscribers.flatMap(({ dlq }) => dlq ?? []));
  return [...names].map((name) => {
    const resource = { type: 'dlq', name } as const;
    const found = observed.queues.get(name);
    const sources = topology.subscribers.filter(({ dlq }) => dlq === name);
    const [spec] = sources;
    if (!found || !spec) return create(resource);
    const arns = sources.map(({ queue }) => siblingArn(found, queue));
    const settings = { kmsKey: spec.dlqKmsKey };
    return update(
      topology,
      resource,
      [
        ...settingDifferences(dlqSettings(spec), found.attributes),
        ...messageSizeDifference(found.attributes),
        ...noRedriveDifference(found.attributes),
        ...redriveAllowDifference(found.attributes, arns),
        ...keyDifference(spec.dlqKmsKey, found),
      ],
      { tags: found.tags, settings },
    );
  });
}

function queueChange(topology: Topology, observed: Observed, spec: SubscriberSpec): Change {
  const resource = { type: 'queue', name: spec.queue } as const;
  const found = observed.queues.get(spec.queue);
  if (!found) return create(resource);
  const redrive =
    spec.dlq === undefined
      ? noRedriveDifference(found.attributes)
      : redriveDifference(found.attributes, siblingArn(found, spec.dlq), spec.maxReceiveCount);
  return update(
    topology,
    resource,
    [
      ...settingDifferences(queueSettings(spec), found.attributes),
      ...messageSizeDifference(found.attributes),
      ...redrive,
      ...keyDifference(spec.kmsKey, found),
    ],
    { tags: found.tags, settings: { kmsKey: spec.kmsKey } },
  );
}

function policyChange(topology: Topology, observed: Observed, spec: SubscriberSpec): Change {
  const resource = { type: 'policy', name: spec.queue } as const;
  const topics = spec.subscriptions.map(({ topic }) => observedTopic(observed, topic).arn);
  const found = observed.queues.get(spec.queue);
  const text = found?.attributes.Policy;
  const topicArns = topics.filter((arn) => arn !== undefined);
  // Without an account to tell a topic's ARN there is no topic, so no statement can name it.
  if (!found || !text || topicArns.length < topics.length) return create(resource);
  const parties = { queue: spec.queue, queueArn: found.arn, topicArns };
  return update(topology, resource, policyDifferences(text, parties));
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
  return update(topology, resource, subscriptionDifferences(spec, found.attributes));
}

function create(resource: Resource): Change {
  return { ...resource, action: 'create', differences: [] };
}

/** @param tagged what carries tags: those that it has, and what the topology says of them. */
function update(
  topology: Topology,
  resource: Resource,
  found: readonly Difference[],
  tagged?: { readonly tags: Attributes; readonly settings: RememberedSettings },
): Change {
  const ofTags =
    tagged && topology.managed ? tagDifference(topology, tagged.settings, tagged.tags) : [];
  const differences = [...found, ...ofTags];
  return {
    ...resource,
    action: differences.length > 0 ? 'update' : 'unchanged',
    differences,
    isForeign: tagged && topology.managed && isForeign(topology, tagged.tags),
  };
}
