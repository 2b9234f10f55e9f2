import { observedAttributes } from '../../../observe/attribute-values.ts';
import { bodyOf, type TopicDelivery } from '../../../ports.ts';
import type { SnsContext } from '../context.ts';
import { type AcceptedMessage, textFor } from '../message.ts';
import { textForPlatform } from '../platform/payload.ts';
import type { Subscription, Topic } from '../topic.ts';
import type { MessageBodies } from './bodies.ts';
import { deliverToFunction, type FunctionDelivery } from './function.ts';
import { notifyOverHttp } from './http/notify.ts';
import { lambdaEvent } from './lambda-event.ts';

const KEPT: FunctionDelivery = { state: 'kept' };

/** Delivers a message to a subscription that is no queue: over HTTP, or into the sink. */
export function deliverElsewhere(
  ctx: SnsContext,
  topic: Topic,
  subscription: Subscription,
  message: AcceptedMessage,
  bodies: MessageBodies,
  letter: TopicDelivery,
): void {
  const { protocol, endpoint, arn: subscriptionArn } = subscription;
  if (protocol === 'http' || protocol === 'https') {
    const { shared, ...own } = letter;
    notifyOverHttp(ctx, topic, subscription, message, bodies, own);
    return;
  }
  const { messageId, subject, attributes, sendsAttributes } = message;
  const body = bodyFor(subscription, message, bodies);
  const { error, ...delivered } =
    protocol === 'lambda'
      ? deliverToFunction(ctx, topic, subscription, { messageId, event: body }, letter)
      : KEPT;
  const kept = ctx.state.sink.add({
    time: ctx.clock.timestamp(),
    type: 'Notification',
    protocol,
    endpoint,
    topicArn: topic.arn,
    subscriptionArn,
    messageId,
    subject,
    body,
    attributes: sendsAttributes ? observedAttributes(attributes.values) : {},
    ...delivered,
  });
  if (error !== undefined) kept.attempts.push({ time: kept.time, error });
}

function bodyFor(
  subscription: Subscription,
  message: AcceptedMessage,
  bodies: MessageBodies,
): string {
  switch (subscription.protocol) {
    case 'email-json':
      return bodies.sealed(subscription);
    case 'firehose':
      return subscription.settings.raw
        ? bodyOf(bodies.raw(subscription))
        : bodies.sealed(subscription);
    case 'lambda':
      return lambdaEvent(subscription, bodies.sealed(subscription));
    case 'application':
      return textForPlatform(message, subscription.endpoint);
    default:
      return textFor(message, subscription.protocol);
  }
}
