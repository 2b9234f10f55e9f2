import type {
  GetSubscriptionAttributesInput,
  GetSubscriptionAttributesResponse,
  ListSubscriptionsByTopicInput,
  ListSubscriptionsByTopicResponse,
  ListSubscriptionsInput,
  ListSubscriptionsResponse,
  SetSubscriptionAttributesInput,
  Subscription as SubscriptionEntry,
  UnsubscribeInput,
} from '@aws-sdk/client-sns';
import { filterScope, subscriptionSettings } from '../attributes.ts';
import type { SnsContext } from '../context.ts';
import { askForConfirmation } from '../delivery/confirmation.ts';
import { checkReplay, replayArchive } from '../delivery/replay.ts';
import { effectiveSubscriptionPolicy } from '../delivery-policy.ts';
import {
  authorizeSubscription,
  checkSubscriptionArn,
  findSubscription,
  refuseOtherAccounts,
  subscriptionFor,
  topicFor,
} from '../lookup.ts';
import { isStillVisible } from '../orphans.ts';
import { page } from '../pages.ts';
import { checkFilterPolicyRoom } from '../quotas.ts';
import { invalidParameter } from '../refusals.ts';
import { dropSubscription, storeSubscription, storeTopic, withdraw } from '../stored.ts';
import { checkedAttributes, isSettable } from '../subscription-attribute-rules.ts';
import type { Subscription, Topic } from '../topic.ts';
import { newToken } from './confirm-subscription.ts';

/** Unsubscribing twice is no error. https://docs.aws.amazon.com/sns/latest/api/API_Unsubscribe.html */
export function unsubscribe(input: UnsubscribeInput, ctx: SnsContext): object {
  const arn = input.SubscriptionArn ?? '';
  if (arn === '') {
    throw invalidParameter('SubscriptionArn Reason: no value for required parameter');
  }
  checkSubscriptionArn(ctx, arn);
  const subscription = findSubscription(ctx, arn);
  if (subscription === undefined) {
    refuseOtherAccounts(ctx, arn, 'Unsubscribe');
    return {};
  }
  // The link in a message carries no credentials, and works unless the confirmation asked for a signature.
  if (ctx.accessKeyId !== '' || subscription.authenticated) {
    authorizeSubscription(ctx, subscription, 'Unsubscribe');
  }
  if (subscription.pending) {
    throw invalidParameter(
      'SubscriptionArn Reason: a subscription that is pending confirmation cannot be deleted',
    );
  }
  const { state: sns } = ctx;
  dropSubscription(sns, subscription);
  const topic = sns.topics.get(subscription.topicArn);
  if (topic !== undefined && subscription.orphaned === undefined) {
    topic.deleted += 1;
    storeTopic(sns, topic);
    if (subscription.protocol === 'http' || subscription.protocol === 'https') {
      tellOfTheEnd(ctx, topic, subscription);
    }
  }
  return {};
}

/** An HTTP endpoint is told that it is no longer subscribed, and how to take that back. */
function tellOfTheEnd(ctx: SnsContext, topic: Topic, subscription: Subscription): void {
  const withdrawn = { ...subscription, token: newToken() };
  withdraw(ctx.state, withdrawn, withdrawn.token);
  askForConfirmation(ctx, topic, withdrawn, 'UnsubscribeConfirmation');
}

/** https://docs.aws.amazon.com/sns/latest/api/API_GetSubscriptionAttributes.html */
export function getSubscriptionAttributes(
  input: GetSubscriptionAttributesInput,
  ctx: SnsContext,
): GetSubscriptionAttributesResponse {
  const arn = input.SubscriptionArn ?? '';
  const subscription = subscriptionFor(ctx, arn, 'GetSubscriptionAttributes');
  const topic = ctx.state.topics.get(subscription.topicArn);
  return { Attributes: { ...describe(subscription, topic), ...replayStatus(subscription, ctx) } };
}

/** Every attribute that AWS returns: some always, the others when they were set. */
function describe(subscription: Subscription, topic: Topic | undefined): Record<string, string> {
  const own = Object.fromEntries(subscription.attributes);
  // A scope shows only with a policy.
  if (own.FilterPolicy === undefined) delete own.FilterPolicyScope;
  else own.FilterPolicyScope = filterScope(subscription.attributes);
  return {
    RawMessageDelivery: 'false',
    ...own,
    ...effectivePolicy(subscription, topic),
    SubscriptionArn: subscription.arn,
    TopicArn: subscription.topicArn,
    Owner: subscription.owner,
    Protocol: subscription.protocol,
    Endpoint: shownEndpoint(subscription.endpoint),
    ConfirmationWasAuthenticated: String(subscription.authenticated),
    PendingConfirmation: String(subscription.pending),
    SubscriptionPrincipal: subscription.principal,
  };
}

/** How far a replay is: one that ends later goes on with what is published until then. */
function replayStatus({ settings }: Subscription, { clock }: SnsContext): Record<string, string> {
  if (settings.replay === undefined) return {};
  const { end = 0 } = settings.replay;
  return { ReplayStatus: end > clock.timestamp() ? 'In progress' : 'Completed' };
}

/** What HTTP deliveries go by; other subscriptions have it where they have a policy of their own. */
function effectivePolicy(
  { protocol, attributes }: Subscription,
  topic: Topic | undefined,
): Record<string, string> {
  const own = attributes.get('DeliveryPolicy');
  if (own === undefined && !protocol.startsWith('http')) return {};
  const policy = effectiveSubscriptionPolicy(own, topic?.attributes.get('DeliveryPolicy'));
  return { EffectiveDeliveryPolicy: JSON.stringify(policy) };
}

/** https://docs.aws.amazon.com/sns/latest/api/API_SetSubscriptionAttributes.html */
export function setSubscriptionAttributes(
  input: SetSubscriptionAttributesInput,
  ctx: SnsContext,
): object {
  const { SubscriptionArn = '', AttributeName: name = '', AttributeValue: value = '' } = input;
  const subscription = subscriptionFor(ctx, SubscriptionArn, 'SetSubscriptionAttributes');
  if (!isSettable(name)) throw invalidParameter('AttributeName');
  const { state: sns } = ctx;
  const live = sns.topics.get(subscription.topicArn);
  const topic = live ?? {
    fifo: subscription.topicArn.endsWith('.fifo'),
    account: subscription.owner,
    region: subscription.region,
  };
  const changed = new Map(subscription.attributes).set(name, value);
  const checked = checkedAttributes(changed, topic, subscription, '');
  if (name === 'ReplayPolicy' && live !== undefined) {
    checkReplay(ctx, live, subscriptionSettings(checked), '');
  }
  const filters = subscription.settings.filter !== undefined;
  if (name === 'FilterPolicy' && !filters && live !== undefined) checkFilterPolicyRoom(live);
  subscription.attributes.clear();
  for (const [each, kept] of checked) subscription.attributes.set(each, kept);
  subscription.settings = subscriptionSettings(subscription.attributes);
  storeSubscription(sns, subscription);
  if (name === 'ReplayPolicy' && live !== undefined) replayArchive(ctx, live, subscription);
  return {};
}

/** The caller's own. https://docs.aws.amazon.com/sns/latest/api/API_ListSubscriptions.html */
export function listSubscriptions(
  input: ListSubscriptionsInput,
  ctx: SnsContext,
): ListSubscriptionsResponse {
  const { items, ...next } = page(subscriptionsOf(ctx), input.NextToken);
  return { Subscriptions: items.map(entry), ...next };
}

function* subscriptionsOf(ctx: SnsContext): Iterable<Subscription> {
  const { state: sns } = ctx;
  for (const subscription of sns.subscriptions.values()) {
    if (subscription.owner !== ctx.account || subscription.region !== ctx.region) continue;
    if (isStillVisible(sns, subscription)) yield subscription;
  }
}

/** https://docs.aws.amazon.com/sns/latest/api/API_ListSubscriptionsByTopic.html */
export function listSubscriptionsByTopic(
  input: ListSubscriptionsByTopicInput,
  ctx: SnsContext,
): ListSubscriptionsByTopicResponse {
  const topic = topicFor(ctx, input.TopicArn ?? '', 'ListSubscriptionsByTopic');
  const live = [...topic.subscriptions.values()].filter((each) => isStillVisible(ctx.state, each));
  const { items, ...next } = page(live, input.NextToken);
  return { Subscriptions: items.map(entry), ...next };
}

function entry(subscription: Subscription): SubscriptionEntry {
  const { arn, pending, owner, protocol, endpoint, topicArn } = subscription;
  return {
    SubscriptionArn: pending ? 'PendingConfirmation' : arn,
    Owner: owner,
    Protocol: protocol,
    Endpoint: shownEndpoint(endpoint),
    TopicArn: topicArn,
  };
}

/** A password in a URL isn't shown. */
function shownEndpoint(endpoint: string): string {
  return endpoint.replace(/^(https?:\/\/[^/@:]*:)[^/@]*@/, '$1****@');
}
