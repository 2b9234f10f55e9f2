import { matchFilterPolicy } from '../../../../rules/filter-policy/index.ts';
import type { SnsContext } from '../context.ts';
import { invalidParameter } from '../refusals.ts';
import type { Subscription, SubscriptionSettings, Topic } from '../topic.ts';
import { fanOut } from './fan-out.ts';

/**
 * Checks a replay against the topic's archive. `prefix` stands before `ReplayPolicy` in the error.
 *
 * @throws ServiceError `InvalidParameter`; AWS documents the rule and not the words
 */
export function checkReplay(
  { state }: SnsContext,
  topic: Topic,
  { replay }: SubscriptionSettings,
  prefix: string,
): void {
  if (replay === undefined) return;
  const beginning = state.archive.beginning(topic);
  if (beginning === undefined) {
    throw invalidParameter(`${prefix}ReplayPolicy: the topic has no ArchivePolicy`);
  }
  if (replay.start < beginning) {
    const time = new Date(beginning).toISOString();
    throw invalidParameter(
      `${prefix}ReplayPolicy: StartingPoint is earlier than the archive's beginning: ${time}`,
    );
  }
}

/**
 * Delivers the archived messages that a subscription's replay policy names, if they pass its filter policy. All of them
 * at once: what is published afterwards comes after them.
 */
export function replayArchive(ctx: SnsContext, topic: Topic, subscription: Subscription): void {
  const { replay, filter } = subscription.settings;
  if (replay === undefined || subscription.pending) return;
  const end = replay.end ?? ctx.clock.timestamp();
  for (const message of ctx.state.archive.between(topic, replay.start, end)) {
    const filterable = { attributes: message.attributes.values, body: message.body };
    const result = filter === undefined ? undefined : matchFilterPolicy(filter, filterable);
    const clause = result === undefined || result.matched ? undefined : result.clause;
    fanOut(ctx, topic, message, [{ subscription, clause }]);
  }
}
