import { randomBytes, randomUUID } from 'node:crypto';
import type {
  ConfirmSubscriptionInput,
  ConfirmSubscriptionResponse,
  SubscribeInput,
  SubscribeResponse,
} from '@aws-sdk/client-sns';
import { sameJson } from '../../sqs/same-json.ts';
import { subscriptionSettings } from '../attributes.ts';
import type { SnsContext } from '../context.ts';
import { askForConfirmation } from '../delivery/confirmation.ts';
import { checkEndpoint } from '../endpoint.ts';
import { topicFor } from '../lookup.ts';
import { lingers } from '../orphans.ts';
import { checkFilterPolicyRoom, checkSubscriptionRoom } from '../quotas.ts';
import { invalidParameter } from '../refusals.ts';
import { storeSubscription } from '../stored.ts';
import { checkedAttributes, isSettable } from '../subscription-attribute-rules.ts';
import type { Subscription, Topic } from '../topic.ts';

/** https://docs.aws.amazon.com/sns/latest/api/API_Subscribe.html */
export function subscribe(input: SubscribeInput, ctx: SnsContext): SubscribeResponse {
  const { TopicArn = '', Protocol: protocol = '', Endpoint: endpoint = '' } = input;
  const keys = { 'sns:Protocol': protocol, 'sns:Endpoint': endpoint };
  const topic = topicFor(ctx, TopicArn, 'Subscribe', keys);
  const queue = checkEndpoint(protocol, endpoint, topic);
  const given = new Map(Object.entries(input.Attributes ?? {}));
  for (const name of given.keys()) {
    if (!isSettable(name)) throw invalidParameter(`Attributes Reason: Unknown attribute: ${name}`);
  }
  const attributes = checkedAttributes(given, topic, ctx.account, 'Attributes Reason: ');
  const existing = findByEndpoint(topic, endpoint);
  if (existing !== undefined && lingers(ctx.state, existing)) {
    checkSame(existing, given, attributes);
    return answer(existing, input.ReturnSubscriptionArn);
  }
  const { maximumMessageSize } = topic.settings;
  checkSubscriptionRoom(topic, maximumMessageSize, topic.subscriptions.size + 1);
  if (attributes.has('FilterPolicy')) checkFilterPolicyRoom(topic);
  const confirmed = queue.account === ctx.account;
  const subscription = add(ctx, topic, {
    arn: `${topic.arn}:${randomUUID()}`,
    endpoint,
    attributes,
    token: confirmed ? undefined : randomBytes(120).toString('hex'),
  });
  if (!confirmed) askForConfirmation(ctx, topic, subscription);
  return answer(subscription, input.ReturnSubscriptionArn);
}

function add(
  ctx: SnsContext,
  topic: Topic,
  made: Pick<Subscription, 'arn' | 'endpoint' | 'attributes' | 'token'>,
): Subscription {
  const { state: sns } = ctx;
  const subscription: Subscription = {
    ...made,
    topicArn: topic.arn,
    owner: ctx.account,
    region: topic.region,
    protocol: 'sqs',
    principal: ctx.principalArn,
    serial: sns.nextSerial,
    authenticated: made.token === undefined,
    created: ctx.clock.now(),
    orphaned: undefined,
    settings: subscriptionSettings(made.attributes),
  };
  sns.nextSerial += 1;
  sns.subscriptions.set(subscription.arn, subscription);
  topic.subscriptions.set(subscription.arn, subscription);
  storeSubscription(sns, subscription);
  return subscription;
}

function findByEndpoint(topic: Topic, endpoint: string): Subscription | undefined {
  for (const subscription of topic.subscriptions.values()) {
    if (subscription.endpoint === endpoint) return subscription;
  }
  return undefined;
}

const DEFAULTS: Readonly<Record<string, string>> = {
  RawMessageDelivery: 'false',
  FilterPolicyScope: 'MessageAttributes',
};

/** `Subscribe` may be repeated as long as it asks for no other attributes than the subscription has. */
function checkSame(
  existing: Subscription,
  given: ReadonlyMap<string, string>,
  checked: ReadonlyMap<string, string>,
): void {
  for (const name of given.keys()) {
    const wanted = checked.get(name) ?? DEFAULTS[name];
    const current = existing.attributes.get(name) ?? DEFAULTS[name];
    if (wanted === current) continue;
    if (wanted === undefined || current === undefined || !sameJson(wanted, current)) {
      throw invalidParameter(
        'Attributes Reason: Subscription already exists with different attributes',
      );
    }
  }
}

function answer(subscription: Subscription, returnArn: boolean | undefined): SubscribeResponse {
  const shown = subscription.token === undefined || returnArn === true;
  return { SubscriptionArn: shown ? subscription.arn : 'pending confirmation' };
}

/** https://docs.aws.amazon.com/sns/latest/api/API_ConfirmSubscription.html */
export function confirmSubscription(
  input: ConfirmSubscriptionInput,
  ctx: SnsContext,
): ConfirmSubscriptionResponse {
  // The token is the permission: no policy is asked, and an unsigned request may come, too.
  const topic = ctx.state.topics.get(input.TopicArn ?? '');
  if (topic === undefined) throw invalidParameter('TopicArn');
  for (const subscription of topic.subscriptions.values()) {
    if (subscription.token === undefined || subscription.token !== input.Token) continue;
    if (!lingers(ctx.state, subscription)) break;
    subscription.token = undefined;
    subscription.authenticated = input.AuthenticateOnUnsubscribe === 'true';
    storeSubscription(ctx.state, subscription);
    return { SubscriptionArn: subscription.arn };
  }
  throw invalidParameter('Token');
}
