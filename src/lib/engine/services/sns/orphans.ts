import type { SnsState } from './state.ts';
import { dropSubscription, storeSubscription } from './stored.ts';
import type { Subscription, Topic } from './topic.ts';

/**
 * How long subscriptions stay visible after their topic. SNS deletes them "asynchronously" and lets customers still
 * reach them, without saying for how long ("Deleting an Amazon SNS topic and subscription"); five minutes are enough to
 * meet them and short enough not to heap up.
 */
const ORPHAN_VISIBLE_MS = 5 * 60 * 1000;
/** "Amazon SNS automatically deletes unconfirmed subscriptions after 48 hours", and tokens are good for as long. */
const CONFIRMATION_PERIOD_MS = 48 * 60 * 60 * 1000;

/** Takes the subscriptions off a topic that is deleted. They stay visible unless the engine's waiting periods are off. */
export function orphan(state: SnsState, topic: Topic): void {
  const now = state.parts.clock.now();
  for (const earlier of state.orphans) if (isStillVisible(state, earlier)) break;
  for (const subscription of topic.subscriptions.values()) {
    if (!state.parts.options.strictTimings || subscription.pending) {
      dropSubscription(state, subscription);
    } else {
      subscription.orphaned = now;
      state.orphans.add(subscription);
      storeSubscription(state, subscription);
    }
  }
  topic.subscriptions.clear();
}

/** Whether a subscription is still to be seen; forgets it when its time is over. */
export function isStillVisible(state: SnsState, subscription: Subscription): boolean {
  const now = state.parts.clock.now();
  const orphanOver =
    subscription.orphaned !== undefined && now - subscription.orphaned >= ORPHAN_VISIBLE_MS;
  const tokenOver = subscription.pending && now - subscription.created >= CONFIRMATION_PERIOD_MS;
  if (!orphanOver && !tokenOver) return true;
  dropSubscription(state, subscription);
  return false;
}
