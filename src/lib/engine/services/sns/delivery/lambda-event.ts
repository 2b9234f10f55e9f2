import type { Subscription } from '../topic.ts';

/** The event that a function gets of an envelope ("Using Lambda with Amazon SNS"): the names of two URLs differ there. */
export function lambdaEvent(subscription: Subscription, envelope: string): string {
  const {
    Subject = null,
    SigningCertURL,
    UnsubscribeURL,
    MessageAttributes = {},
    ...rest
  }: Record<string, unknown> = JSON.parse(envelope);
  return JSON.stringify({
    Records: [
      {
        EventSource: 'aws:sns',
        EventVersion: '1.0',
        EventSubscriptionArn: subscription.arn,
        Sns: {
          ...rest,
          Subject,
          SigningCertUrl: SigningCertURL,
          UnsubscribeUrl: UnsubscribeURL,
          MessageAttributes,
        },
      },
    ],
  });
}
