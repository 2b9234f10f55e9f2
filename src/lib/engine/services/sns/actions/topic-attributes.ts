import type {
  GetTopicAttributesInput,
  GetTopicAttributesResponse,
  SetTopicAttributesInput,
} from '@aws-sdk/client-sns';
import { topicSettings } from '../attributes.ts';
import type { SnsContext } from '../context.ts';
import { EFFECTIVE_DELIVERY_POLICY } from '../defaults.ts';
import { topicFor } from '../lookup.ts';
import { checkSubscriptionRoom } from '../quotas.ts';
import { invalidParameter } from '../refusals.ts';
import { storeTopic } from '../stored.ts';
import type { Topic } from '../topic.ts';
import { checkTopicAttribute, isSettable } from '../topic-attribute-rules.ts';
import { policyText } from '../topic-policy.ts';

/** https://docs.aws.amazon.com/sns/latest/api/API_GetTopicAttributes.html */
export function getTopicAttributes(
  input: GetTopicAttributesInput,
  ctx: SnsContext,
): GetTopicAttributesResponse {
  return { Attributes: describeTopic(topicFor(ctx, input.TopicArn ?? '', 'GetTopicAttributes')) };
}

/** Every attribute that AWS returns: some always, the others when they were set. */
function describeTopic(topic: Topic): Record<string, string> {
  let pending = 0;
  for (const { token } of topic.subscriptions.values()) if (token !== undefined) pending += 1;
  return {
    ...(topic.fifo ? fifoDefaults() : {}),
    DisplayName: '',
    ...Object.fromEntries(topic.attributes),
    Policy: policyText(topic),
    Owner: topic.account,
    SubscriptionsPending: String(pending),
    SubscriptionsConfirmed: String(topic.subscriptions.size - pending),
    SubscriptionsDeleted: String(topic.deleted),
    TopicArn: topic.arn,
    EffectiveDeliveryPolicy: effectiveDeliveryPolicy(topic),
  };
}

function fifoDefaults(): Record<string, string> {
  return { FifoTopic: 'true', ContentBasedDeduplication: 'false', FifoThroughputScope: 'Topic' };
}

/** The system's delivery policy, with what the topic's own says for HTTP laid over it, field by field. */
function effectiveDeliveryPolicy(topic: Topic): string {
  const own = topic.attributes.get('DeliveryPolicy');
  const http: Record<string, unknown> = { ...EFFECTIVE_DELIVERY_POLICY.http };
  const given: Record<string, unknown> = own === undefined ? {} : (JSON.parse(own).http ?? {});
  for (const [name, value] of Object.entries(given)) {
    const system = http[name];
    const both = typeof system === 'object' && typeof value === 'object';
    http[name] = both ? { ...system, ...value } : value;
  }
  return JSON.stringify({ http });
}

/** https://docs.aws.amazon.com/sns/latest/api/API_SetTopicAttributes.html */
export function setTopicAttributes(input: SetTopicAttributesInput, ctx: SnsContext): object {
  const { TopicArn = '', AttributeName: name = '', AttributeValue: value = '' } = input;
  const topic = topicFor(ctx, TopicArn, 'SetTopicAttributes');
  if (!isSettable(name)) throw invalidParameter('AttributeName');
  if (value === '' && name !== 'DisplayName') {
    topic.attributes.delete(name);
  } else {
    checkTopicAttribute(name, value, topic.fifo, '');
    if (name === 'MaximumMessageSize')
      checkSubscriptionRoom(topic, Number(value), topic.subscriptions.size);
    topic.attributes.set(name, value);
  }
  topic.settings = topicSettings(topic.attributes);
  storeTopic(ctx.state, topic);
  return {};
}
