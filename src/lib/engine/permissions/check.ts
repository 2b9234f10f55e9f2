import type { Identity } from '../identity.ts';
import type { EngineParts } from '../parts.ts';
import type { Route } from '../services/index.ts';
import { accessDenied, EXPLICIT_DENY } from './denied.ts';
import { neededPermission } from './needed.ts';
import { type RoleParts, roleRefusal } from './role-refusal.ts';
import { sessionRefusal } from './session-refusal.ts';

/** "No permissions are required", and none can be taken away (API reference, `GetCallerIdentity`). */
const ALWAYS_ALLOWED = 'sts:GetCallerIdentity';

/**
 * Refuses a call that a `deny` fault names, or that neither the caller's session policy nor the policies of its role
 * allow. Everything else is allowed: the engine has no IAM.
 *
 * @throws ServiceError each service's own for denied access
 */
export function checkPermissions(
  parts: RoleParts & Pick<EngineParts, 'faults'>,
  identity: Identity,
  { service: { name: service }, name }: Route,
  input: Readonly<Record<string, unknown>>,
  sourceIp: string,
): void {
  const {
    faults: { denies },
    clock,
  } = parts;
  const call = `${service}:${name}`;
  if (call === ALWAYS_ALLOWED) return;
  const needed = neededPermission(service, name, input, identity);
  const action = `${service}:${needed.action}`;
  if (denies?.(action) || denies?.(call)) {
    throw accessDenied(service, identity.principalArn, needed, EXPLICIT_DENY);
  }
  const { resource } = needed;
  const asked = { action, resource, keys: { 'aws:SourceIp': sourceIp, ...needed.keys } };
  const refusal =
    roleRefusal(parts, identity, asked) ?? sessionRefusal(identity, asked, clock.timestamp());
  if (refusal !== undefined) throw accessDenied(service, identity.principalArn, needed, refusal);
}
