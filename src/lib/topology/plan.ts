import type { Attributes } from '../aws/topics.ts';
import { type SubscriberSpec, type Topology, topologyTags } from '../definition/topology.ts';
import type { Change, Difference, ResourceType } from './change.ts';
import type { Observed } from './inspect.ts';
import { findSubscription, siblingArn } from './observed.ts';
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

/**
 * What setup has to do, one change for each resource, in the order in which it is shown.
 *
 * Ours, and so brought back also to a default: the topic's DisplayName and, of a FIFO topic, its
 * ContentBasedDeduplication; of queues and dead-letter queues
 * VisibilityTimeout, ReceiveMessageWaitTimeSeconds, MessageRetentionPeriod, DelaySeconds, RedrivePolicy, and a
 * MaximumMessageSize too small for SNS; a dead-letter queue's RedriveAllowPolicy where it shuts our queue out; our
 * own statement of the queue policy; a subscription's RawMessageDelivery, FilterPolicy, FilterPolicyScope and
 * RedrivePolicy; our two tags. Left as they are: encryption, the topic's own policy, other statements, tags,
 * attributes and subscriptions.
 *
 * @throws AppError when a queue holds a policy that can't be read, so that nothing can be merged into it.
 */
export function plan(topology: Topology, observed: Observed): Change[] {
  const { subscribers } = topology;
  return [
    topicChange(topology, observed),
    ...subscribers.map((spec) => dlqChange(topology, observed, spec)),
    ...subscribers.map((spec) => queueChange(topology, observed, spec)),
    ...subscribers.map((spec) => policyChange(observed, spec)),
    ...subscribers.map((spec) => subscriptionChange(observed, spec)),
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

function topicChange(topology: Topology, { topic }: Observed): Change {
  if (!topic) return create('topic', topology.topic);
  const name = topic.attributes.DisplayName ?? '';
  const byContent = topic.attributes.ContentBasedDeduplication ?? 'false';
  return update('topic', topology.topic, [
    ...(name === '' ? [] : [{ setting: 'DisplayName', from: name, to: undefined }]),
    ...(byContent === 'false'
      ? []
      : [{ setting: 'ContentBasedDeduplication', from: byContent, to: 'false' }]),
    ...tagDifference(topology, topic.tags),
  ]);
}

function dlqChange(topology: Topology, observed: Observed, spec: SubscriberSpec): Change {
  const found = observed.queues.get(spec.dlq);
  if (!found) return create('dlq', spec.dlq);
  return update('dlq', spec.dlq, [
    ...settingDifferences(dlqSettings(spec), found.attributes),
    ...messageSizeDifference(found.attributes),
    ...noRedriveDifference(found.attributes),
    ...redriveAllowDifference(found.attributes, siblingArn(found, spec.queue)),
    ...tagDifference(topology, found.tags),
  ]);
}

function queueChange(topology: Topology, observed: Observed, spec: SubscriberSpec): Change {
  const found = observed.queues.get(spec.queue);
  if (!found) return create('queue', spec.queue);
  return update('queue', spec.queue, [
    ...settingDifferences(queueSettings(spec), found.attributes),
    ...messageSizeDifference(found.attributes),
    ...redriveDifference(found.attributes, siblingArn(found, spec.dlq), spec.maxReceiveCount),
    ...tagDifference(topology, found.tags),
  ]);
}

function policyChange(observed: Observed, spec: SubscriberSpec): Change {
  const { topicArn } = observed;
  const found = observed.queues.get(spec.queue);
  const text = found?.attributes.Policy;
  // Without an account to tell the topic's ARN there is no topic, so no statement can name it.
  if (!found || !text || topicArn === undefined) return create('policy', spec.queue);
  const parties = { queue: spec.queue, queueArn: found.arn, topicArn };
  return update('policy', spec.queue, policyDifferences(text, parties));
}

function subscriptionChange(observed: Observed, spec: SubscriberSpec): Change {
  const found = findSubscription(observed, spec);
  if (!found) return create('subscription', spec.queue);
  return update('subscription', spec.queue, subscriptionDifferences(spec, found.attributes));
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

function create(type: ResourceType, name: string): Change {
  return { action: 'create', type, name, differences: [] };
}

function update(type: ResourceType, name: string, differences: readonly Difference[]): Change {
  return { action: differences.length > 0 ? 'update' : 'unchanged', type, name, differences };
}
