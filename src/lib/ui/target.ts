import type { AnyIdentity } from '../config/target.ts';

/** One line that says where a command goes: kind, account, region, endpoint. */
export function describeTarget(identity: AnyIdentity): string {
  const { target, account, region, endpoint } = identity;
  if (target === 'rabbitmq') return `Target: rabbitmq (${endpoint}, user ${identity.user})`;
  const parts = [`account ${account ?? 'unknown'}`, region, ...(endpoint ? [endpoint] : [])];
  return `Target: ${target} (${parts.join(', ')})`;
}

/** Account and region within a question, such as `account 123456789012, eu-west-1`; an unknown account is left out. */
export function accountWords({ account, region, endpoint = '' }: AnyIdentity): string {
  return account ? `account ${account}, ${region}` : (region ?? endpoint);
}

/** A target in a JSON document: the keys of `whoami`, wherever they stand; null where something is unknown. */
export function targetDocument(identity: AnyIdentity): Record<string, string | null> {
  const { target, account, arn, region, endpoint } = identity;
  return {
    target,
    account: account ?? null,
    arn: arn ?? null,
    region: region ?? null,
    endpoint: endpoint ?? null,
  };
}
