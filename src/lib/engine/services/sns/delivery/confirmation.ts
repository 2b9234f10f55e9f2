import { randomUUID } from 'node:crypto';
import type { SnsContext } from '../context.ts';
import type { Subscription, Topic } from '../topic.ts';
import { type Confirmation, confirmationEnvelope } from './envelope.ts';
import { confirmOverHttp } from './http/notify.ts';

/**
 * Sends the owner of an endpoint the token that `ConfirmSubscription` takes: in a message to a queue of another account
 * ("Sending Amazon SNS messages to an Amazon SQS queue in a different account"), in a request to an HTTP endpoint, in
 * a mail. An endpoint that doesn't take it leaves the subscription pending.
 */
export function askForConfirmation(
  ctx: SnsContext,
  topic: Topic,
  subscription: Subscription,
  type: Confirmation['type'] = 'SubscriptionConfirmation',
): void {
  const { clock, state } = ctx;
  const { protocol, endpoint, arn: subscriptionArn, token = '' } = subscription;
  const query = `Action=ConfirmSubscription&TopicArn=${topic.arn}&Token=${token}`;
  const confirmation: Confirmation = {
    type,
    messageId: randomUUID(),
    token,
    topicArn: topic.arn,
    subscriptionArn,
    subscribeUrl: `${ctx.baseUrl}/?${query}`,
    timestamp: new Date(clock.timestamp()).toISOString(),
    signing: {
      version: topic.settings.signatureVersion,
      certificateUrl: ctx.baseUrl + state.signer.certificatePath,
    },
  };
  if (protocol === 'http' || protocol === 'https') {
    confirmOverHttp(ctx, subscription, type, confirmation);
  } else if (protocol === 'sqs') {
    const body = confirmationEnvelope(confirmation);
    state.queues.deliver(endpoint, { topicArn: topic.arn, topicAccount: topic.account, body });
  } else {
    state.sink.add({
      time: clock.timestamp(),
      type,
      protocol,
      endpoint,
      topicArn: topic.arn,
      subscriptionArn,
      messageId: confirmation.messageId,
      subject: 'AWS Notification - Subscription Confirmation',
      body: state.signer.seal(confirmationEnvelope(confirmation)),
      attributes: {},
      token,
      subscribeUrl: confirmation.subscribeUrl,
      state: 'kept',
    });
  }
}
