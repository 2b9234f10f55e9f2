import { randomUUID } from 'node:crypto';
import type { SubscribeInput, SubscribeResponse } from '@aws-sdk/client-sns';
import { sameJson } from '../../sqs/same-json.ts';
import { subscriptionSettings } from '../attributes.ts';
import type { SnsContext } from '../context.ts';
import { askForConfirmation } from '../delivery/confirmation.ts';
import { checkReplay, replayArchive } from '../delivery/replay.ts';
import { topicFor } from '../lookup.ts';
import { isStillVisible } from '../orphans.ts';
import { checkEndpoint } from '../protocols.ts';
import { checkFilterPolicyRoom, checkSubscriptionRoom } from '../quotas.ts';
import { invalidParameter } from '../refusals.ts';
import { keepSubscription, storeSubscription } from '../stored.ts';
import { checkedAttributes, isSettable } from '../subscription-attribute-rules.ts';
import type { Subscription, Topic } from '../topic.ts';
import { newToken } from './confirm-subscription.ts';

/** https://docs.aws.amazon.com/sns/latest/api/API_Subscribe.html */
export function subscribe(input: SubscribeInput, ctx: SnsContext): SubscribeResponse {
  const { TopicArn = '', Protocol: protocol = '', Endpoint: endpoint = '' } = input;
  const keys = { 'sns:Protocol': protocol, 'sns:Endpoint': endpoint };
  const topic = topicFor(ctx, TopicArn, 'Subscribe', keys);
  const given = new Map(Object.entries(input.Attributes ?? {}));
  const asks = checkEndpoint({ ctx, protocol, endpoint, attributes: given }, topic);
  for (const name of given.keys()) {
    if (!isSettable(name)) throw invalidParameter(`Attributes Reason: Unknown attribute: ${name}`);
  }
  const attributes = checkedAttributes(
    given,
    topic,
    { owner: ctx.account, protocol, endpoint },
    'Attributes Reason: ',
  );
  checkReplay(ctx, topic, subscriptionSettings(attributes), 'Attributes Reason: ');
  const existing = findByEndpoint(topic, protocol, endpoint);
  if (existing !== undefined && isStillVisible(ctx.state, existing)) {
    checkSame(existing, given, attributes);
    if (existing.pending && protocol !== 'sqs') askForConfirmation(ctx, topic, existing);
    return answer(existing, input.ReturnSubscriptionArn);
  }
  const { maximumMessageSize } = topic.settings;
  checkSubscriptionRoom(topic, maximumMessageSize, topic.subscriptions.size + 1);
  if (attributes.has('FilterPolicy')) checkFilterPolicyRoom(topic);
  const subscription = add(ctx, topic, {
    arn: `${topic.arn}:${randomUUID()}`,
    protocol,
    endpoint,
    attributes,
    token: asks ? newToken() : undefined,
  });
  if (asks) askForConfirmation(ctx, topic, subscription);
  replayArchive(ctx, topic, subscription);
  return answer(subscription, input.ReturnSubscriptionArn);
}

function add(
  ctx: SnsContext,
  topic: Topic,
  made: Pick<Subscription, 'arn' | 'protocol' | 'endpoint' | 'attributes' | 'token'>,
): Subscription {
  const { state: sns } = ctx;
  const subscription: Subscription = {
    ...made,
    topicArn: topic.arn,
    owner: ctx.account,
    region: topic.region,
    principal: ctx.principalArn,
    serial: sns.nextSerial,
    pending: made.token !== undefined,
    authenticated: made.token === undefined,
    created: ctx.clock.now(),
    orphaned: undefined,
    settings: subscriptionSettings(made.attributes),
  };
  sns.nextSerial += 1;
  keepSubscription(sns, subscription);
  storeSubscription(sns, subscription);
  return subscription;
}

function findByEndpoint(
  topic: Topic,
  protocol: string,
  endpoint: string,
): Subscription | undefined {
  for (const subscription of topic.subscriptions.values()) {
    if (subscription.protocol === protocol && subscription.endpoint === endpoint) {
      return subscription;
    }
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
  const shown = !subscription.pending || returnArn === true;
  return { SubscriptionArn: shown ? subscription.arn : 'pending confirmation' };
}
