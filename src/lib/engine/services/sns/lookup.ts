import { authorize, type ConditionKeys, notAuthorized } from './authorize.ts';
import type { SnsContext } from './context.ts';
import { isStillVisible } from './orphans.ts';
import {
  invalidParameter,
  resourceNotFound,
  subscriptionNotFound,
  topicNotFound,
} from './refusals.ts';
import type { Subscription, Topic } from './topic.ts';

const ARN_ELEMENTS = 6;
const SUBSCRIPTION_ARN_ELEMENTS = 7;

/**
 * The topic that an action names, which the caller may do `action` to.
 *
 * @throws ServiceError `InvalidParameter` for what is no topic ARN of the caller's region, `NotFound`,
 * `AuthorizationError`
 */
export function topicFor(
  ctx: SnsContext,
  arn: string,
  action: string,
  keys?: ConditionKeys,
): Topic {
  const topic = ctx.state.topics.get(arn);
  if (topic === undefined || topic.region !== ctx.region) checkTopicArn(ctx, arn, 'TopicArn');
  if (topic === undefined) throw topicNotFound();
  authorize(ctx, topic, action, keys);
  return topic;
}

/**
 * The topic of a tagging action.
 *
 * @throws ServiceError `InvalidParameter`, `ResourceNotFound`, `AuthorizationError`
 */
export function taggedTopic(ctx: SnsContext, arn: string, action: string): Topic {
  checkTopicArn(ctx, arn, 'ResourceArn');
  const topic = ctx.state.topics.get(arn);
  if (topic === undefined) throw resourceNotFound();
  authorize(ctx, topic, action);
  return topic;
}

/** Refuses what is no topic ARN of the caller's region: each region is an endpoint of its own. */
export function checkTopicArn(ctx: SnsContext, arn: string, parameter: string): void {
  const elements = arn.split(':');
  if (elements.length < ARN_ELEMENTS) {
    throw invalidParameter(
      `${parameter} Reason: An ARN must have at least 6 elements, not ${elements.length}`,
    );
  }
  const [prefix, , service, region] = elements;
  if (elements.length > ARN_ELEMENTS || prefix !== 'arn' || service !== 'sns') {
    throw invalidParameter(parameter);
  }
  if (region !== ctx.region) throw invalidParameter(parameter);
}

/**
 * The subscription that an action names. Its owner and the topic's owner may act on it.
 *
 * @throws ServiceError `InvalidParameter` for what is no subscription ARN, `NotFound`, `AuthorizationError`
 */
export function subscriptionFor(ctx: SnsContext, arn: string, action: string): Subscription {
  checkSubscriptionArn(ctx, arn);
  const subscription = findSubscription(ctx, arn);
  if (subscription === undefined) throw subscriptionNotFound();
  authorizeSubscription(ctx, subscription, action);
  return subscription;
}

/** A subscription that exists, or is still visible after its topic. */
export function findSubscription(ctx: SnsContext, arn: string): Subscription | undefined {
  const subscription = ctx.state.subscriptions.get(arn);
  return subscription !== undefined && isStillVisible(ctx.state, subscription)
    ? subscription
    : undefined;
}

/** Refuses what is no subscription ARN of the caller's region. A link in a message is unsigned and names no region. */
export function checkSubscriptionArn(ctx: SnsContext, arn: string): void {
  const elements = arn.split(':');
  if (elements.length < ARN_ELEMENTS) {
    throw invalidParameter(
      `SubscriptionArn Reason: An ARN must have at least 6 elements, not ${elements.length}`,
    );
  }
  if (elements[0] !== 'arn' || elements[2] !== 'sns') throw invalidParameter('SubscriptionArn');
  if (elements.length !== SUBSCRIPTION_ARN_ELEMENTS) throw invalidParameter('SubscriptionId');
  if (elements[3] !== ctx.region && ctx.accessKeyId !== '') {
    throw invalidParameter('SubscriptionArn');
  }
}

/**
 * Refuses to a caller the unknown subscription of another account's topic: its absence isn't told.
 *
 * @throws ServiceError `AuthorizationError`, 403
 */
export function refuseOtherAccounts(ctx: SnsContext, arn: string, action: string): void {
  if (ctx.accessKeyId === '' || arn.split(':')[4] === ctx.account) return;
  throw notAuthorized(ctx, arn, action);
}

/** Lets the subscription's owner act on it, and who may act on its topic. */
export function authorizeSubscription(
  ctx: SnsContext,
  subscription: Subscription,
  action: string,
): void {
  if (ctx.account === subscription.owner) return;
  const topic = ctx.state.topics.get(subscription.topicArn);
  if (topic === undefined) throw subscriptionNotFound();
  authorize(ctx, topic, action);
}
