import { setSubscriptionAttribute, subscribeQueue } from '../aws/subscriptions.ts';
import { tagTopic, untagTopic } from '../aws/tags.ts';
import { createTopic, setTopicAttribute } from '../aws/topics.ts';
import { resourceTags } from '../definition/resource-tags.ts';
import type { SubscriptionSpec, TopicSpec } from '../definition/topology.ts';
import { findSubscription, observedTopic } from './observed.ts';
import { subscriptionResource } from './plan.ts';
import { subscriptionSettings, unsetValue } from './subscription-settings.ts';
import { tagChange } from './tag-settings.ts';
import { topicSettings } from './topic-settings.ts';
import type { Work } from './work.ts';

/** Brings a topic to what it should be; somebody else's is left as it is. @returns its ARN. */
export async function convergeTopic(work: Work, spec: TopicSpec): Promise<string> {
  const { aws, observed, steps, topology, wanted } = work;
  const found = observedTopic(observed, spec.key);
  if (spec.arn !== undefined) return spec.arn;
  const change = wanted({ type: 'topic', name: spec.name });
  const { arn } = found;
  if (found.exists && arn !== undefined && !change) return arn;
  return steps.run(change, async () => {
    if (!found.exists || arn === undefined) {
      const tags = resourceTags(topology, spec);
      return createTopic(aws, { name: spec.name, attributes: topicSettings(spec), tags });
    }
    for (const { setting, to } of change?.differences ?? []) {
      if (setting === 'tags') await retag(work, spec, arn);
      else await setTopicAttribute(aws, arn, setting, to ?? '');
    }
    return arn;
  });
}

async function retag(
  { aws, observed, topology }: Work,
  spec: TopicSpec,
  arn: string,
): Promise<void> {
  const { set, remove } = tagChange(topology, spec, observedTopic(observed, spec.key).tags);
  if (Object.keys(set).length > 0) await tagTopic(aws, arn, set);
  if (remove.length > 0) await untagTopic(aws, arn, remove);
}

/** Brings a queue's subscription to one topic to what it should be. */
export async function convergeSubscription(
  { aws, observed, steps, topology, wanted }: Work,
  queue: string,
  spec: SubscriptionSpec,
  arns: { readonly topicArn: string; readonly queueArn: string },
): Promise<void> {
  const change = wanted(subscriptionResource(topology, queue, spec.topic));
  if (!change) return;
  const found = findSubscription(observed, queue, spec.topic);
  await steps.run(change, async () => {
    if (!found) {
      await subscribeQueue(aws, { ...arns, attributes: subscriptionSettings(spec) });
      return;
    }
    // One after the other: SNS checks a filter policy and its scope against each other.
    for (const { setting, to } of change.differences) {
      await setSubscriptionAttribute(aws, found.arn, setting, to ?? unsetValue(setting));
    }
  });
}
