import { randomUUID } from 'node:crypto';
import { bodyOf } from '../../../../ports.ts';
import type { SnsContext } from '../../context.ts';
import { EFFECTIVE_DELIVERY_POLICY } from '../../defaults.ts';
import { effectiveSubscriptionPolicy, retryDelays } from '../../delivery-policy.ts';
import type { AcceptedMessage } from '../../message.ts';
import type { Subscription, Topic } from '../../topic.ts';
import type { MessageBodies } from '../bodies.ts';
import type { Confirmation } from '../envelope.ts';
import { confirmationEnvelope } from '../envelope.ts';
import type { KeptDelivery } from '../sink.ts';
import type { PendingDelivery } from './deliveries.ts';

const SYSTEM = EFFECTIVE_DELIVERY_POLICY.http;

/** Sends a message to an HTTP endpoint ("HTTP/HTTPS headers", SNS Developer Guide). */
export function notifyOverHttp(
  ctx: SnsContext,
  topic: Topic,
  subscription: Subscription,
  message: AcceptedMessage,
  bodies: MessageBodies,
  letter: PendingDelivery['message'],
): void {
  const { attributes, arn: subscriptionArn, settings } = subscription;
  const policy = effectiveSubscriptionPolicy(
    attributes.get('DeliveryPolicy'),
    topic.attributes.get('DeliveryPolicy'),
  );
  const { messageId } = message;
  const shown = {
    ...shownOf(ctx, subscription, 'Notification', messageId),
    subject: message.subject,
    body: settings.raw ? bodyOf(bodies.raw(subscription)) : bodies.sealed(subscription),
  };
  ctx.state.http.send(
    {
      id: randomUUID(),
      shown,
      headers: {
        ...headersOf(shown, String(policy.requestPolicy.headerContentType)),
        'x-amz-sns-subscription-arn': subscriptionArn,
        ...(settings.raw ? { 'x-amz-sns-rawdelivery': 'true' } : {}),
      },
      delays: retryDelays(policy.healthyRetryPolicy),
      message: letter,
    },
    policy.throttlePolicy?.maxReceivesPerSecond,
  );
}

/** Asks an HTTP endpoint to confirm that it is subscribed, or that it no longer is. */
export function confirmOverHttp(
  ctx: SnsContext,
  subscription: Subscription,
  type: Confirmation['type'],
  confirmation: Confirmation,
): void {
  const { messageId, token, subscribeUrl } = confirmation;
  const shown = {
    ...shownOf(ctx, subscription, type, messageId),
    body: ctx.state.signer.seal(confirmationEnvelope(confirmation)),
    token,
    subscribeUrl,
  };
  const unsubscribed = type === 'UnsubscribeConfirmation';
  ctx.state.http.send({
    id: randomUUID(),
    shown,
    headers: {
      ...headersOf(shown, SYSTEM.defaultRequestPolicy.headerContentType),
      ...(unsubscribed ? { 'x-amz-sns-subscription-arn': subscription.arn } : {}),
    },
    delays: retryDelays(SYSTEM.defaultHealthyRetryPolicy),
    message: undefined,
  });
}

function shownOf(
  ctx: SnsContext,
  { protocol, endpoint, topicArn, arn: subscriptionArn }: Subscription,
  type: KeptDelivery['type'],
  messageId: string,
) {
  const time = ctx.clock.timestamp();
  return { time, type, protocol, endpoint, topicArn, subscriptionArn, messageId, attributes: {} };
}

function headersOf(
  { type, messageId, topicArn }: Pick<KeptDelivery, 'type' | 'messageId' | 'topicArn'>,
  contentType: string,
): Record<string, string> {
  return {
    'x-amz-sns-message-type': type,
    'x-amz-sns-message-id': messageId,
    'x-amz-sns-topic-arn': topicArn ?? '',
    'Content-Type': contentType,
    'User-Agent': 'Amazon Simple Notification Service Agent',
    'Accept-Encoding': 'gzip,deflate',
  };
}
