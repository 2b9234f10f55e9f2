import type { SubscriberName } from '../../definition/orders.ts';
import type { OrderEvent } from '../../events/order-event.ts';
import { reactAsAnalytics } from './analytics.ts';
import { reactAsEmail } from './email.ts';
import { reactAsInventory } from './inventory.ts';

/** An event in, the lines that tell the reaction out. Pure. */
export type Reaction = (event: OrderEvent) => string[];

/** How each named subscriber reacts. */
export const reactions: Readonly<Record<SubscriberName, Reaction>> = {
  email: reactAsEmail,
  inventory: reactAsInventory,
  analytics: reactAsAnalytics,
};

/** The lines that tell a subscriber's reaction; none for a name that has no reaction of its own. */
export function reactionTo(subscriber: string, event: OrderEvent): string[] {
  return Object.hasOwn(reactions, subscriber) ? reactions[subscriber as SubscriberName](event) : [];
}
