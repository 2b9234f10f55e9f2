import type { TargetIdentity } from '../config/target.ts';

/** One line that says where a command goes: kind, account, region, endpoint. */
export function describeTarget(identity: TargetIdentity): string {
  const { target, account, region, endpoint } = identity;
  const parts = [`account ${account ?? 'unknown'}`, region, ...(endpoint ? [endpoint] : [])];
  return `Target: ${target} (${parts.join(', ')})`;
}

/** Account and region within a question, such as `account 123456789012, eu-west-1`; an unknown account is left out. */
export function accountWords({ account, region }: TargetIdentity): string {
  return account ? `account ${account}, ${region}` : region;
}

/** A target in a JSON document: the keys of `whoami`, wherever they stand; null where something is unknown. */
export function targetDocument(identity: TargetIdentity): Record<string, string | null> {
  const { target, account, arn, region, endpoint } = identity;
  return {
    target,
    account: account ?? null,
    arn: arn ?? null,
    region,
    endpoint: endpoint ?? null,
  };
}
