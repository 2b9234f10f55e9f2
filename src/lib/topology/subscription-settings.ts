import type { Attributes } from '../aws/topics.ts';
import type { SubscriberSpec } from '../model/topology.ts';
import type { Difference } from './change.ts';

/** The attributes that a subscription is created with; those left at their default are not named. */
export function subscriptionSettings(spec: SubscriberSpec): Attributes {
  return spec.rawDelivery ? { RawMessageDelivery: 'true' } : {};
}

/**
 * What of a subscription's attributes differs, in the order in which SNS takes the changes: a nested filter policy is
 * refused under the scope `MessageAttributes`, so the policy goes before its scope does.
 *
 * An absent attribute and its default mean the same: `RawMessageDelivery` `false`, `FilterPolicy` `{}`,
 * `FilterPolicyScope` `MessageAttributes`, `RedrivePolicy` `{}` (SNS API reference, `SetSubscriptionAttributes`).
 */
export function subscriptionDifferences(spec: SubscriberSpec, found: Attributes): Difference[] {
  const differences: Difference[] = [];
  const raw = String(spec.rawDelivery);
  const foundRaw = found.RawMessageDelivery || 'false';
  if (foundRaw.toLowerCase() !== raw) {
    differences.push({ setting: 'RawMessageDelivery', from: foundRaw, to: raw });
  }
  if (!isNone(found.FilterPolicy)) {
    differences.push({ setting: 'FilterPolicy', from: found.FilterPolicy, to: undefined });
  }
  const scope = found.FilterPolicyScope || 'MessageAttributes';
  if (scope !== 'MessageAttributes') {
    differences.push({ setting: 'FilterPolicyScope', from: scope, to: 'MessageAttributes' });
  }
  if (!isNone(found.RedrivePolicy)) {
    differences.push({ setting: 'RedrivePolicy', from: found.RedrivePolicy, to: undefined });
  }
  return differences;
}

/** What SNS is sent to unset an attribute ("To remove a filter policy", SNS Developer Guide). */
export function unsetValue(setting: string): string | undefined {
  return setting === 'FilterPolicy' ? '{}' : undefined;
}

function isNone(text: string | undefined): boolean {
  return !text || text.replace(/\s/g, '') === '{}';
}
