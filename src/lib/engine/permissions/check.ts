import { evaluatePolicy } from '../../rules/policy/index.ts';
import type { Identity } from '../identity.ts';
import type { EngineParts } from '../parts.ts';
import type { Route } from '../services/index.ts';
import { timeKeys } from '../time-keys.ts';
import { accessDenied } from './denied.ts';
import { neededPermission } from './needed.ts';

/** "No permissions are required", and none can be taken away (API reference, `GetCallerIdentity`). */
const ALWAYS_ALLOWED = 'sts:GetCallerIdentity';

const EXPLICIT = 'with an explicit deny in an identity-based policy';
const IMPLICIT = 'because no session policy allows the {action} action';

/**
 * Refuses a call that a `deny` fault names, or that the caller's session policy doesn't allow. Everything else is
 * allowed: the engine has no IAM.
 *
 * @throws ServiceError each service's own for denied access
 */
export function checkPermissions(
  { faults: { denies }, clock }: Pick<EngineParts, 'faults' | 'clock'>,
  identity: Identity,
  { service: { name: service }, name }: Route,
  input: Readonly<Record<string, unknown>>,
  sourceIp: string,
): void {
  const call = `${service}:${name}`;
  if (call === ALWAYS_ALLOWED) return;
  const needed = neededPermission(service, name, input, identity);
  const action = `${service}:${needed.action}`;
  if (denies?.(action) || denies?.(call)) {
    throw accessDenied(service, identity.principalArn, needed, EXPLICIT);
  }
  if (identity.policy === undefined) return;
  const { decision } = evaluatePolicy(identity.policy, {
    principal: { type: 'AWS', arn: identity.principalArn, account: identity.account },
    action,
    resource: needed.resource,
    context: {
      'aws:SourceIp': sourceIp,
      'aws:RequestedRegion': identity.region,
      'aws:SecureTransport': 'true',
      ...needed.keys,
      ...timeKeys(clock.timestamp()),
    },
  });
  if (decision === 'allow') return;
  const why = decision === 'deny' ? EXPLICIT : IMPLICIT;
  throw accessDenied(service, identity.principalArn, needed, why);
}
