import { evaluatePolicy } from '../../rules/policy/index.ts';
import type { Identity } from '../identity.ts';
import { timeKeys } from '../time-keys.ts';
import { EXPLICIT_DENY } from './denied.ts';
import type { Asked } from './role-refusal.ts';

/**
 * Why the policy of a caller's session forbids something, in the words of `roleRefusal`; undefined where it allows it, and
 * for a caller without one.
 *
 * @param now milliseconds since the epoch.
 */
export function sessionRefusal(
  { policy, principalArn: arn, account, region }: Identity,
  { action, resource, keys }: Asked,
  now: number,
): string | undefined {
  if (policy === undefined) return undefined;
  const { decision } = evaluatePolicy(policy, {
    principal: { type: 'AWS', arn, account },
    action,
    resource,
    context: {
      'aws:RequestedRegion': region,
      'aws:SecureTransport': 'true',
      ...keys,
      ...timeKeys(now),
    },
  });
  if (decision === 'allow') return undefined;
  return decision === 'deny'
    ? EXPLICIT_DENY
    : 'because no session policy allows the {action} action';
}
