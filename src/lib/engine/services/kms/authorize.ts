import { evaluatePolicy, type ResourcePolicy } from '../../../rules/policy/index.ts';
import { timeKeys } from '../../time-keys.ts';
import type { KmsContext } from './context.ts';
import { accessDenied } from './errors.ts';
import type { Key } from './key.ts';

/**
 * Lets the caller act on a key or not: only the key's policy counts, and not even the owner gets past it ("Key policies
 * in AWS KMS"). Identities of an account that the policy names are let in: the engine has no IAM to restrict them.
 *
 * @throws ServiceError `AccessDeniedException`
 */
export function authorize(ctx: KmsContext, key: Key, action: string): void {
  if (!allows(ctx, key.policy, key.arn, action)) {
    throw accessDenied(ctx.principalArn, action, key.arn);
  }
}

/** Whether a key policy lets the caller do `action` (without `kms:`) with the key of that ARN. */
export function allows(
  ctx: KmsContext,
  policy: ResourcePolicy,
  keyArn: string,
  action: string,
): boolean {
  const { decision } = evaluatePolicy(policy, {
    principal: { type: 'AWS', arn: ctx.principalArn, account: ctx.account },
    action: `kms:${action}`,
    resource: keyArn,
    context: {
      'aws:SourceIp': ctx.sourceIp,
      'aws:RequestedRegion': ctx.region,
      'aws:SecureTransport': 'true',
      'kms:CallerAccount': ctx.account,
      ...timeKeys(ctx.clock.timestamp()),
    },
  });
  return decision === 'allow';
}
