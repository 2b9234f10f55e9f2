import { SNS_MAX_MESSAGE_BYTES } from '../../../rules/limits.ts';
import { ServiceError } from '../../errors.ts';
import { invalidParameter } from './refusals.ts';
import type { Topic } from './topic.ts';

/** Subscriptions of a topic that takes messages of more than 256 KiB ("Publishing large messages"). */
const MAX_SUBSCRIPTIONS_OF_LARGE = 100;
/** Subscriptions of a FIFO topic ("Amazon SNS endpoints and quotas", AWS General Reference). */
const MAX_SUBSCRIPTIONS_OF_FIFO = 100;
/** Filter policies of one topic's subscriptions (same place). */
const MAX_FILTER_POLICIES = 200;

/**
 * Refuses more subscriptions than a topic can have.
 *
 * @throws ServiceError `InvalidParameter`, or `SubscriptionLimitExceeded`, 403
 */
export function checkSubscriptionRoom(topic: Topic, maximumMessageSize: number, count: number) {
  if (topic.fifo && count > MAX_SUBSCRIPTIONS_OF_FIFO) {
    throw new ServiceError(
      'SubscriptionLimitExceeded',
      `The topic already has the maximum allowed number of subscriptions: ${MAX_SUBSCRIPTIONS_OF_FIFO}`,
      { status: 403 },
    );
  }
  if (maximumMessageSize > SNS_MAX_MESSAGE_BYTES && count > MAX_SUBSCRIPTIONS_OF_LARGE) {
    throw invalidParameter(
      'MaximumMessageSize Reason: a topic with a MaximumMessageSize above 262144 can have at most ' +
        `${MAX_SUBSCRIPTIONS_OF_LARGE} subscriptions`,
    );
  }
}

/**
 * Refuses one more filter policy than a topic's subscriptions can have together.
 *
 * @throws ServiceError `FilterPolicyLimitExceeded`, 403
 */
export function checkFilterPolicyRoom(topic: Topic): void {
  let count = 0;
  for (const { settings } of topic.subscriptions.values()) {
    if (settings.filter !== undefined) count += 1;
  }
  if (count >= MAX_FILTER_POLICIES) {
    throw new ServiceError(
      'FilterPolicyLimitExceeded',
      `The topic already has the maximum allowed number of filter policies: ${MAX_FILTER_POLICIES}`,
      { status: 403 },
    );
  }
}
