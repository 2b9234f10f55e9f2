import { randomBytes } from 'node:crypto';
import type { ConfirmSubscriptionInput, ConfirmSubscriptionResponse } from '@aws-sdk/client-sns';
import { parseArn } from '../../../../rules/names.ts';
import { ServiceError } from '../../../errors.ts';
import type { SnsContext } from '../context.ts';
import { isStillVisible } from '../orphans.ts';
import { invalidParameter } from '../refusals.ts';
import { keepSubscription, storeSubscription, takeWithdrawn } from '../stored.ts';
import type { Subscription } from '../topic.ts';

/** As long as AWS's tokens, which are hexadecimal as well. */
const TOKEN_BYTES = 144;

/** A secret that only the owner of an endpoint gets to know. */
export function newToken(): string {
  return randomBytes(TOKEN_BYTES).toString('hex');
}

/**
 * Confirms a subscription; again and again, with the same answer. The token is the permission: no policy is asked, and
 * an unsigned request may come, too. It also finds the subscription: of the topic only the region counts.
 * https://docs.aws.amazon.com/sns/latest/api/API_ConfirmSubscription.html
 */
export function confirmSubscription(
  { TopicArn = '', Token = '', AuthenticateOnUnsubscribe }: ConfirmSubscriptionInput,
  ctx: SnsContext,
): ConfirmSubscriptionResponse {
  const topic = parseArn(TopicArn);
  if (topic?.service !== 'sns') throw invalidParameter('Topic');
  const subscription = findByToken(ctx, Token);
  const region = ctx.accessKeyId === '' ? subscription?.region : ctx.region;
  if (region !== undefined && topic.region !== region) throw invalidParameter('Topic');
  if (!/^[0-9a-f]+$/i.test(Token)) throw new ServiceError('InvalidParameter', 'Invalid token');
  if (subscription === undefined) throw invalidParameter('Token');
  if (subscription.pending) {
    subscription.pending = false;
    subscription.authenticated = AuthenticateOnUnsubscribe === 'true';
    storeSubscription(ctx.state, subscription);
  }
  return { SubscriptionArn: subscription.arn };
}

function findByToken({ state }: SnsContext, token: string): Subscription | undefined {
  const subscription = state.tokens.get(token);
  if (subscription !== undefined) {
    return isStillVisible(state, subscription) ? subscription : undefined;
  }
  // An endpoint that was told of its end may take it back, while the topic is there.
  const restored = state.topics.has(state.withdrawn.get(token)?.topicArn ?? '')
    ? takeWithdrawn(state, token)
    : undefined;
  if (restored === undefined) return undefined;
  keepSubscription(state, restored);
  storeSubscription(state, restored);
  return restored;
}
