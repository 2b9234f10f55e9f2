import type { TargetIdentity } from '../model/target.ts';

/** One line that says where a command goes: kind, account, region, endpoint. */
export function describeTarget(identity: TargetIdentity): string {
  const { target, account, region, endpoint } = identity;
  const parts = [`account ${account ?? 'unknown'}`, region, ...(endpoint ? [endpoint] : [])];
  return `Target: ${target} (${parts.join(', ')})`;
}
