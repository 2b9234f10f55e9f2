import { SNS_MAX_MESSAGE_BYTES } from '../../model/limits.ts';
import { invalidParameter } from './refusals.ts';

/** What holds for HTTP deliveries of a topic without a delivery policy ("Amazon SNS message delivery retries"). */
export const EFFECTIVE_DELIVERY_POLICY = {
  http: {
    defaultHealthyRetryPolicy: {
      minDelayTarget: 20,
      maxDelayTarget: 20,
      numRetries: 3,
      numMaxDelayRetries: 0,
      numNoDelayRetries: 0,
      numMinDelayRetries: 0,
      backoffFunction: 'linear',
    },
    disableSubscriptionOverrides: false,
    defaultRequestPolicy: { headerContentType: 'text/plain; charset=UTF-8' },
  },
} as const;

/** Subscriptions of a topic that takes messages of more than 256 KiB ("Publishing large messages"). */
const MAX_SUBSCRIPTIONS_OF_LARGE = 100;

/**
 * Refuses more subscriptions than a topic can have that takes messages of up to `maximumMessageSize` bytes.
 *
 * @throws ServiceError `InvalidParameter`
 */
export function checkSubscriptionRoom(maximumMessageSize: number, subscriptions: number): void {
  if (maximumMessageSize > SNS_MAX_MESSAGE_BYTES && subscriptions > MAX_SUBSCRIPTIONS_OF_LARGE) {
    throw invalidParameter(
      'MaximumMessageSize Reason: a topic with a MaximumMessageSize above 262144 can have at most ' +
        `${MAX_SUBSCRIPTIONS_OF_LARGE} subscriptions`,
    );
  }
}
