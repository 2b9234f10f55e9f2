import type { MessageEvent } from '../../rules/message-trace.ts';

/** What a subscription did with the messages that are known, under one filter policy. */
export interface SubscriptionTraffic {
  /** Whether it delivered any. */
  delivers: boolean;
  /** How many it filtered since it delivered the last one. */
  filteredInRow: number;
  /** The clause that kept out the last one that was filtered. */
  clause: string | undefined;
}

interface Counted extends SubscriptionTraffic {
  /** Undefined until somebody asked; null for none. */
  policy: string | null | undefined;
}

/** Counts what subscriptions deliver and filter, anew whenever a filter policy is another one. */
export class TrafficCounter {
  readonly #counted = new Map<string, Counted>();

  add(event: MessageEvent): void {
    if (event.kind !== 'delivered' && event.kind !== 'filtered') return;
    const found = this.#counted.get(event.subscriptionArn);
    const traffic = found ?? { ...NOTHING, policy: undefined };
    if (found === undefined) this.#counted.set(event.subscriptionArn, traffic);
    if (event.kind === 'filtered') {
      traffic.filteredInRow += 1;
      traffic.clause = event.clause;
    } else {
      traffic.delivers = true;
      traffic.filteredInRow = 0;
    }
  }

  /** What a subscription did under the policy that it has; undefined where nothing is known of that. */
  under(subscriptionArn: string, policy: string | undefined): SubscriptionTraffic | undefined {
    const traffic = this.#counted.get(subscriptionArn);
    if (traffic === undefined) return undefined;
    const isOther = traffic.policy !== undefined && traffic.policy !== (policy ?? null);
    Object.assign(traffic, { policy: policy ?? null, ...(isOther && NOTHING) });
    return isOther ? undefined : traffic;
  }
}

const NOTHING: SubscriptionTraffic = { delivers: false, filteredInRow: 0, clause: undefined };
