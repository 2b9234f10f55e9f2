import { evaluatePolicy, type PolicyDecision } from '../../../rules/policy/index.ts';
import { ServiceError } from '../../errors.ts';
import { timeKeys } from '../../time-keys.ts';
import type { SnsContext } from './context.ts';
import type { Topic } from './topic.ts';

/** More condition keys: `sns:Protocol` and `sns:Endpoint` where the action has them. */
export type ConditionKeys = Readonly<Record<string, string>>;

/**
 * Lets the caller act on a topic or not: the topic's own account unless the topic's policy denies it, another account
 * only when the policy allows it and doesn't deny it ("Example cases for Amazon SNS access control").
 *
 * @throws ServiceError `AuthorizationError`, 403
 */
export function authorize(
  ctx: SnsContext,
  topic: Topic,
  action: string,
  keys: ConditionKeys = {},
): void {
  const owner = ctx.account === topic.account;
  const { policy } = topic.settings;
  if (policy === undefined) {
    if (!owner) throw notAuthorized(ctx, topic.arn, action);
    return;
  }
  // The owner needs no Allow.
  if (owner && policy.denies.length === 0) return;
  const { decision } = evaluatePolicy(policy, {
    principal: { type: 'AWS', arn: ctx.principalArn, account: ctx.account },
    action: `sns:${action}`,
    resource: topic.arn,
    context: { ...requestKeys(ctx), ...keys },
  });
  if (decision === 'deny') throw refusal(ctx, topic.arn, action, decision);
  if (decision !== 'allow' && !owner) throw notAuthorized(ctx, topic.arn, action);
}

function requestKeys(ctx: SnsContext): Record<string, string> {
  return {
    'aws:SourceIp': ctx.sourceIp,
    'aws:SourceOwner': ctx.account,
    'aws:RequestedRegion': ctx.region,
    'aws:SecureTransport': 'true',
    ...timeKeys(ctx.clock.timestamp()),
  };
}

/** `AuthorizationError`, 403: no policy lets the caller act on the resource. */
export function notAuthorized(ctx: SnsContext, arn: string, action: string): ServiceError {
  return refusal(ctx, arn, action, 'none');
}

function refusal(ctx: SnsContext, arn: string, action: string, decision: Refusal): ServiceError {
  const text = refusalText(`User: ${ctx.principalArn}`, arn, action, decision);
  return new ServiceError('AuthorizationError', text, { status: 403 });
}

type Refusal = Exclude<PolicyDecision['decision'], 'allow'>;

/** Why somebody may not act on a topic. @param who `User: ` and an ARN, or the principal of a service. */
export function refusalText(who: string, arn: string, action: string, decision: Refusal): string {
  const why =
    decision === 'deny'
      ? 'with an explicit deny in a resource-based policy'
      : `because no resource-based policy allows the SNS:${action} action`;
  return `${who} is not authorized to perform: SNS:${action} on resource: ${arn} ${why}`;
}
