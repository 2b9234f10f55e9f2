import { isDeepStrictEqual } from 'node:util';
import type { Attributes } from '../aws/topics.ts';
import type { SubscriptionSpec } from '../definition/topology.ts';
import type { Difference } from './change.ts';

/** What a filter policy looks at unless told otherwise. */
const DEFAULT_SCOPE = 'MessageAttributes';

/** The attributes that a subscription is created with; those left at their default are not named. */
export function subscriptionSettings(spec: SubscriptionSpec): Attributes {
  const { rawDelivery, filterPolicy, filterPolicyScope } = spec;
  return {
    ...(rawDelivery ? { RawMessageDelivery: 'true' } : {}),
    ...(filterPolicy === undefined || isNone(filterPolicy)
      ? {}
      : {
          FilterPolicy: filterPolicy,
          ...(filterPolicyScope === DEFAULT_SCOPE ? {} : { FilterPolicyScope: filterPolicyScope }),
        }),
  };
}

/**
 * What of a subscription's attributes differs, in the order in which SNS takes the changes: a nested filter policy is
 * refused under the scope `MessageAttributes`, so that scope comes after the policy, and the other one before it.
 *
 * An absent attribute and its default mean the same: `RawMessageDelivery` `false`, `FilterPolicy` `{}`,
 * `FilterPolicyScope` `MessageAttributes`, `RedrivePolicy` `{}` (SNS API reference, `SetSubscriptionAttributes`).
 */
export function subscriptionDifferences(spec: SubscriptionSpec, found: Attributes): Difference[] {
  const wanted = subscriptionSettings(spec);
  const raw = wanted.RawMessageDelivery ?? 'false';
  const foundRaw = found.RawMessageDelivery || 'false';
  const scope = wanted.FilterPolicyScope ?? DEFAULT_SCOPE;
  const foundScope = found.FilterPolicyScope || DEFAULT_SCOPE;
  const toScope = differenceIf(scope !== foundScope, 'FilterPolicyScope', foundScope, scope);
  const policy = wanted.FilterPolicy;
  const toPolicy = differenceIf(
    !samePolicy(policy, found.FilterPolicy),
    'FilterPolicy',
    isNone(found.FilterPolicy) ? undefined : found.FilterPolicy,
    policy,
  );
  return [
    ...differenceIf(foundRaw.toLowerCase() !== raw, 'RawMessageDelivery', foundRaw, raw),
    ...(scope === DEFAULT_SCOPE ? [...toPolicy, ...toScope] : [...toScope, ...toPolicy]),
    ...differenceIf(!isNone(found.RedrivePolicy), 'RedrivePolicy', found.RedrivePolicy, undefined),
  ];
}

function differenceIf(
  differs: boolean,
  setting: string,
  from: string | undefined,
  to: string | undefined,
): Difference[] {
  return differs ? [{ setting, from, to }] : [];
}

/** Whether two policies are the same, whatever the order of their keys; absent and `{}` mean none. */
function samePolicy(wanted: string | undefined, found: string | undefined): boolean {
  if (isNone(wanted) || isNone(found)) return isNone(wanted) && isNone(found);
  try {
    return isDeepStrictEqual(JSON.parse(wanted ?? ''), JSON.parse(found ?? ''));
  } catch {
    return false;
  }
}

/** What SNS is sent to unset an attribute ("To remove a filter policy", SNS Developer Guide). */
export function unsetValue(setting: string): string | undefined {
  return setting === 'FilterPolicy' ? '{}' : undefined;
}

function isNone(text: string | undefined): boolean {
  return !text || text.replace(/\s/g, '') === '{}';
}
