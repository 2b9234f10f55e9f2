import type {
  GetTopicAttributesInput,
  GetTopicAttributesResponse,
  SetTopicAttributesInput,
} from '@aws-sdk/client-sns';
import { ARCHIVE_SINCE, keepArchiveTime, topicSettings } from '../attributes.ts';
import type { SnsContext } from '../context.ts';
import { effectiveTopicPolicy } from '../delivery-policy.ts';
import { topicFor } from '../lookup.ts';
import { checkSubscriptionRoom } from '../quotas.ts';
import { invalidParameter } from '../refusals.ts';
import { storeTopic } from '../stored.ts';
import type { Topic } from '../topic.ts';
import { checkedTopicAttribute, isSettable } from '../topic-attribute-rules.ts';
import { policyText } from '../topic-policy.ts';

/** https://docs.aws.amazon.com/sns/latest/api/API_GetTopicAttributes.html */
export function getTopicAttributes(
  input: GetTopicAttributesInput,
  ctx: SnsContext,
): GetTopicAttributesResponse {
  const topic = topicFor(ctx, input.TopicArn ?? '', 'GetTopicAttributes');
  const beginning = ctx.state.archive.beginning(topic);
  const archive: Record<string, string> =
    beginning === undefined ? {} : { BeginningArchiveTime: new Date(beginning).toISOString() };
  return { Attributes: { ...describeTopic(topic), ...archive } };
}

/** Every attribute that AWS returns: some always, the others when they were set. */
function describeTopic(topic: Topic): Record<string, string> {
  let unconfirmed = 0;
  for (const { pending } of topic.subscriptions.values()) if (pending) unconfirmed += 1;
  const { [ARCHIVE_SINCE]: _, ...own } = Object.fromEntries(topic.attributes);
  return {
    ...(topic.fifo ? fifoDefaults() : {}),
    DisplayName: '',
    ...own,
    Policy: policyText(topic),
    Owner: topic.account,
    SubscriptionsPending: String(unconfirmed),
    SubscriptionsConfirmed: String(topic.subscriptions.size - unconfirmed),
    SubscriptionsDeleted: String(topic.deleted),
    TopicArn: topic.arn,
    EffectiveDeliveryPolicy: JSON.stringify(
      effectiveTopicPolicy(topic.attributes.get('DeliveryPolicy')),
    ),
  };
}

function fifoDefaults(): Record<string, string> {
  return { FifoTopic: 'true', ContentBasedDeduplication: 'false' };
}

/** https://docs.aws.amazon.com/sns/latest/api/API_SetTopicAttributes.html */
export function setTopicAttributes(input: SetTopicAttributesInput, ctx: SnsContext): object {
  const { TopicArn = '', AttributeName: name = '', AttributeValue: value = '' } = input;
  const topic = topicFor(ctx, TopicArn, 'SetTopicAttributes');
  if (!isSettable(name)) throw invalidParameter('AttributeName');
  if (value === '' && name !== 'DisplayName') {
    topic.attributes.delete(name);
  } else {
    const kept = checkedTopicAttribute(name, value, topic.fifo, '');
    if (name === 'MaximumMessageSize')
      checkSubscriptionRoom(topic, Number(value), topic.subscriptions.size);
    topic.attributes.set(name, kept);
  }
  keepArchiveTime(topic.attributes, ctx.clock.timestamp());
  topic.settings = topicSettings(topic.attributes);
  if (topic.settings.archive === undefined) ctx.state.archive.drop(topic);
  storeTopic(ctx.state, topic);
  return {};
}
