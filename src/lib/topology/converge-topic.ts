import { setSubscriptionAttribute, subscribeQueue } from '../aws/subscriptions.ts';
import { tagTopic } from '../aws/tags.ts';
import { createTopic, setTopicAttribute } from '../aws/topics.ts';
import { type SubscriberSpec, topologyTags } from '../definition/topology.ts';
import type { Work } from './apply.ts';
import { findSubscription } from './observed.ts';
import { subscriptionSettings, unsetValue } from './subscription-settings.ts';

/** Brings the topic to what it should be. @returns its ARN. */
export async function convergeTopic({
  aws,
  observed,
  steps,
  topology,
  wanted,
}: Work): Promise<string> {
  const change = wanted('topic', topology.topic);
  const found = observed.topic;
  const tags = topologyTags(topology);
  if (found && !change) return found.arn;
  return steps.run(change, async () => {
    if (!found) return createTopic(aws, { name: topology.topic, fifo: topology.fifo, tags });
    for (const { setting, to } of change?.differences ?? []) {
      if (setting === 'tags') await tagTopic(aws, found.arn, tags);
      else await setTopicAttribute(aws, found.arn, setting, to ?? '');
    }
    return found.arn;
  });
}

/** Brings a queue's subscription to what it should be. */
export async function convergeSubscription(
  { aws, observed, steps, wanted }: Work,
  spec: SubscriberSpec,
  arns: { topicArn: string; queueArn: string },
): Promise<void> {
  const change = wanted('subscription', spec.queue);
  if (!change) return;
  const found = findSubscription(observed, spec);
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
