import { randomUUID } from 'node:crypto';
import type { SnsContext } from '../context.ts';
import type { Subscription, Topic } from '../topic.ts';
import { confirmationEnvelope } from './envelope.ts';

/**
 * Sends the owner of a queue in another account the token that `ConfirmSubscription` takes, in a message to the queue
 * ("Sending Amazon SNS messages to an Amazon SQS queue in a different account"). A queue that doesn't take it leaves
 * the subscription pending.
 */
export function askForConfirmation(
  ctx: SnsContext,
  topic: Topic,
  subscription: Subscription,
): void {
  const { clock, state: sns } = ctx;
  const token = subscription.token ?? '';
  const query = `Action=ConfirmSubscription&TopicArn=${topic.arn}&Token=${token}`;
  sns.queues.deliver(subscription.endpoint, {
    topicArn: topic.arn,
    topicAccount: topic.account,
    body: confirmationEnvelope({
      messageId: randomUUID(),
      token,
      topicArn: topic.arn,
      subscribeUrl: `${ctx.baseUrl}/?${query}`,
      timestamp: new Date(clock.timestamp()).toISOString(),
      signing: {
        version: topic.settings.signatureVersion,
        certificateUrl: ctx.baseUrl + sns.signer.certificatePath,
      },
    }),
  });
}
